// Sums jest's own result files; the last line of .ci/run.
import { readFileSync } from 'node:fs';

const results = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
console.log(`tests: ${sum('numPassedTests')} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
