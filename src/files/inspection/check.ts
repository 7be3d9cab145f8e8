import { readFile } from 'node:fs/promises';
import { Stop } from './findings.js';
import type { DocumentKind } from './process/messages.js';
import type { Report } from './report.js';

/** Looks at one file, in this process. Rejects only when it can't be read. */
export async function check(path: string, kind: DocumentKind, fileName: string, report: Report): Promise<void> {
  const file = await readFile(path);
  if (!file.length) return report.add('EMPTY');
  try {
    // each brings its own libraries, half a second of them: only when there is such a file
    if (kind === 'WORD') await (await import('./word/check-word.js')).checkWord(file, fileName, report);
    else await (await import('./pdf/check-pdf.js')).checkPdf(file, report);
  } catch (error) {
    // a parser that gives up, or that went too deep for its stack
    report.add(error instanceof Stop ? error.finding : 'DAMAGED');
  }
}
