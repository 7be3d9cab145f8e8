// Writes schema/schema.graphql from the code; with --check it only compares (run `npm run build` first).
import { readFileSync, writeFileSync } from 'node:fs';
import { createSchema, printed } from '../dist/src/schema.js';

const path = new URL('../schema/schema.graphql', import.meta.url);
const emitted = printed(await createSchema());
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== emitted) {
    console.error('schema/schema.graphql differs from the code: run `npm run schema` and commit it.');
    process.exit(1);
  }
  console.log('schema: no drift');
} else writeFileSync(path, emitted);
