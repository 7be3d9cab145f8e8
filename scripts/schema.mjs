// Writes schema/schema.graphql from the code, with --publish also schema/published.graphql, which a release gives to clients;
// with --check it only compares (run `npm run build` first). What would break the clients of the published one is refused.
import { readFileSync, writeFileSync } from 'node:fs';
import { DUE_DAYS } from '../dist/src/reports/calendar.js';
import { createSchema, printed } from '../dist/src/schema.js';
import { breaking, wrongAnnouncements } from './breaking.mjs';

const at = (name) => new URL(`../schema/${name}.graphql`, import.meta.url);
const published = readFileSync(at('published'), 'utf8');
const emitted = printed(await createSchema());
const on = [new Date().toISOString().slice(0, 10), Object.values(DUE_DAYS)];
const problems = [
  ...breaking(published, emitted, ...on).map((what) => `breaks clients: ${what}`),
  ...wrongAnnouncements(published, emitted, ...on),
];
if (problems.length) {
  console.error(problems.join('\n'));
  console.error('How to remove something: CONTRIBUTING.md.');
  process.exit(1);
}
if (process.argv.includes('--check')) {
  if (readFileSync(at('schema'), 'utf8') !== emitted) {
    console.error('schema/schema.graphql differs from the code: run `npm run schema` and commit it.');
    process.exit(1);
  }
  console.log('schema: no drift, nothing broken');
} else
  for (const name of process.argv.includes('--publish') ? ['schema', 'published'] : ['schema'])
    writeFileSync(at(name), emitted);
