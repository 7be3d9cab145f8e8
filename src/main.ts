import './environment.js';

// loaded afterwards: what it loads reads the environment
await import('./run.js');
