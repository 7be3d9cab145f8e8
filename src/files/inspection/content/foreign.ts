import { typeOf } from './executables.js';

/** What no honest program leaves before, between or behind the parts of a document. */
const MARKS = [
  '%PDF-',
  'PK\x05\x06',
  'PK\x03\x04',
  'Rar!\x1a\x07',
  "7z\xbc\xaf'\x1c",
  'This program cannot be run in DOS mode',
];
const MARKUP = /<(?:!doctype\s+html|html|head|body|script|iframe|svg|hta:|\?php)\b/i;
/** By a bit or two, as noise has them. */
const GUESSED = new Set(['mp1', 'mp2', 'mp3', 'aac']);
const SHEBANG = /^\s*(?:#!\s*\/|@echo off)/i;

/** Nothing but spaces, ends of lines and NULs. */
export const isBlank = (bytes: Buffer): boolean => bytes.every((b) => [0, 9, 10, 12, 13, 32].includes(b));

/** Whether a browser that looks for tags would show it as a page. */
export const isMarkup = (text: string): boolean => MARKUP.test(text);

/**
 * Whether foreign bytes are another format's. What is unknown is not: printers, mail gateways and old exporters leave
 * a few bytes here and there, and refusing those would refuse honest files.
 */
export async function isForeign(bytes: Buffer): Promise<boolean> {
  if (isBlank(bytes)) return false;
  if (MARKS.some((mark) => bytes.includes(mark, 0, 'latin1'))) return true;
  const text = bytes.toString('latin1');
  if (isMarkup(text) || SHEBANG.test(text)) return true;
  const start = bytes.subarray(bytes.findIndex((b) => b > 32));
  if (start.subarray(0, 2).toString('latin1') === 'MZ') return true;
  const type = await typeOf(start);
  return type !== undefined && !GUESSED.has(type);
}
