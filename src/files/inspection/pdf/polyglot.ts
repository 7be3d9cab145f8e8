import { isForeign } from '../content/foreign.js';
import { zipsIn } from '../content/zip.js';
import { nameOf, type Objects } from './objects.js';

const HEADER = '%PDF-';
const END = '%%EOF';
const LOOK_AT_START = 1_024;
/** Formats whose mark stands somewhere within. */
const MARKS_WITHIN: [number, string][] = [
  [257, 'ustar'],
  [32_769, 'CD001'],
  [128, 'DICM'],
];
/** What a printer driver puts before the document. */
const PRINTER_JOB = '\x1b%-12345X@PJL';
const MARKUP = /<(?:!doctype\s+html|html|head|body|script|iframe|\?php)\b/i;

/** Whether the file is a PDF and something else, according to who reads it. */
export async function isPolyglot(file: Buffer, objects: Objects): Promise<boolean> {
  const header = file.indexOf(HEADER);
  const before = file.subarray(0, header);
  if (before.length && before.indexOf(PRINTER_JOB) !== 0 && (await isForeign(before))) return true;
  if (MARKUP.test(file.toString('latin1', 0, LOOK_AT_START))) return true;
  if (MARKS_WITHIN.some(([at, mark]) => file.toString('latin1', at, at + mark.length) === mark)) return true;
  const end = file.lastIndexOf(END);
  if (end >= 0 && (await isForeign(file.subarray(end + END.length)))) return true;
  for (const zip of zipsIn(file)) {
    // an archive that is attached is an attachment, unless programs that look from the end find it first
    const attached = objects.streams.some(
      (s) => nameOf(s.dict, 'Type') === 'EmbeddedFile' && s.start <= zip.start && zip.end <= s.end,
    );
    if (!attached || zip.end === file.length) return true;
  }
  return false;
}
