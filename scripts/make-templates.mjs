// Writes the default Word templates, seeds/templates/<kind>.docx, from the outlines in scripts/templates/.
import { writeFileSync } from 'node:fs';
import { outlines } from './templates/outlines.mjs';
import { wordFile } from './templates/word.mjs';

for (const [kind, { title, blocks }] of Object.entries(outlines))
  writeFileSync(new URL(`../seeds/templates/${kind}.docx`, import.meta.url), wordFile(title, blocks));
