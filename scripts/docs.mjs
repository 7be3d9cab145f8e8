// Writes the generated pages under docs/ from the code; with --check it only compares (run `npm run build` first).
import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as actor from '../dist/src/access/actor.js';
import * as policy from '../dist/src/access/policy.js';
import * as config from '../dist/src/config.js';
import '../dist/src/graph/enums.js';
import * as registered from '../dist/src/database/registered.js';
import * as labels from '../dist/src/graph/labels.js';
import '../dist/src/features.js';
import * as workflow from '../dist/src/reports/workflow.js';
import { pages } from './docs/pages.mjs';

const file = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => (existsSync(file(path)) ? readFileSync(file(path), 'utf8') : '');
const stale = Object.entries(pages({ actor, policy, config, labels, workflow, registered }, read)).filter(
  ([path, text]) => read(path) !== text,
);
if (!process.argv.includes('--check')) for (const [path, text] of stale) writeFileSync(file(path), text);
else if (stale.length) {
  console.error(`${stale.map(([path]) => path).join(', ')}: not what the code says. Run \`npm run docs\` and commit.`);
  process.exit(1);
} else console.log('docs: no drift');
