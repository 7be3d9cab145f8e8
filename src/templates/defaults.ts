import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../config.js';
import type { ReportKind } from '../graph/enums.js';

/** What a board gets until its province has put its own in place. */
export const defaultTemplate = (kind: ReportKind): Promise<Buffer> =>
  readFile(join(projectRoot, 'seeds', 'templates', `${kind}.docx`));
