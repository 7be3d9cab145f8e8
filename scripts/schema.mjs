// Writes schema/schema.graphql from the code, unless that would break clients; with --check it only compares (run `npm run build` first).
import { readFileSync, writeFileSync } from 'node:fs';
import { DUE_DAYS } from '../dist/src/reports/calendar.js';
import { createSchema, printed } from '../dist/src/schema.js';
import { breaking, wrongAnnouncements } from './breaking.mjs';

const path = new URL('../schema/schema.graphql', import.meta.url);
const committed = readFileSync(path, 'utf8');
const emitted = printed(await createSchema());
const problems = [
  ...breaking(committed, emitted, new Date().toISOString().slice(0, 10)).map((what) => `breaks clients: ${what}`),
  ...wrongAnnouncements(emitted, Object.values(DUE_DAYS)).map((what) => `not announced well: ${what}`),
];
if (problems.length) {
  console.error(problems.join('\n'));
  console.error(
    'Deprecate what is to go, with a day and a replacement (deprecationReason: "2028-03-01: use `other`"), and remove it after that day.',
  );
  process.exit(1);
}
if (process.argv.includes('--check')) {
  if (committed !== emitted) {
    console.error('schema/schema.graphql differs from the code: run `npm run schema` and commit it.');
    process.exit(1);
  }
  console.log('schema: no drift, nothing broken');
} else writeFileSync(path, emitted);
