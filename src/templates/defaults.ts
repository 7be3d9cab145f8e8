import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ReportKind } from '../graph/enums.js';

/** The files themselves, from the source and from the build. */
const folder = (): URL =>
  ['../../seeds/templates/', '../../../seeds/templates/']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(fileURLToPath(new URL('README.md', url))))!;

/** What a board gets until its province has put its own in place. */
export const defaultTemplate = (kind: ReportKind): Promise<Buffer> => readFile(new URL(`${kind}.docx`, folder()));
