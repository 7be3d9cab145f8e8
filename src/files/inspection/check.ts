import { Stop } from './findings.js';
import type { Report } from './report.js';

export type DocumentKind = 'WORD' | 'STAMPED_PDF';
export type Job = { kind: DocumentKind; fileName: string };

/** Looks at one file, in this process. */
export async function check(file: Buffer, kind: DocumentKind, fileName: string, report: Report): Promise<void> {
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
