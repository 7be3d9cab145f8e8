import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from './storage.js';

export type { ByteRange };

/**
 * One range of bytes, as RFC 9110 has it. Several at once and what is no range at all are left aside: the whole file is
 * a correct answer to them. A range for another version of the file is left aside too.
 */
export function rangeOf(
  { range, 'if-range': version }: IncomingHttpHeaders,
  byteSize: number,
  etag: string | undefined,
): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(range ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return undefined;
  if (version !== undefined && version !== etag) return undefined;
  if (from === '') {
    const length = Math.min(Number(to), byteSize);
    return length === 0 ? 'unsatisfiable' : { start: byteSize - length, end: byteSize - 1 };
  }
  const start = Number(from);
  const end = to === '' ? byteSize - 1 : Math.min(Number(to), byteSize - 1);
  if (to !== '' && Number(to) < start) return undefined;
  return start >= byteSize ? 'unsatisfiable' : { start, end };
}

/** To be saved, never shown: the name in full by RFC 5987, and in ASCII for who can't read that. */
export function dispositionOf(fileName: string): string {
  // what names no file, and what would turn the direction of its letters to hide the ending
  const name = fileName.replace(/[\p{Cc}\p{Surrogate}\p{Bidi_Control}\\/:*?"<>|]/gu, '_');
  const ascii = name.replace(/[^ -~]+/gu, '_').replace(/%/g, '_');
  const full = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
