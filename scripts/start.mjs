// npm start: compiles when a source has changed, and starts the service in the same process.
process.argv.push('--if-changed');
await import('./build.mjs');
await import('../dist/start/main.js');
