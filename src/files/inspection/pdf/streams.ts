import { constants, inflateSync } from 'node:zlib';
import { decodePDFRawStream, PDFArray, type PDFDict, PDFName, PDFRawStream } from 'pdf-lib';
import { BOUNDS } from '../bounds.js';
import { Stop } from '../findings.js';

/** One stream; a hundred times what any object stream holds. */
const MOST = 134_217_728;
const MOST_FILTERS = 8;

let spent = 0;
/** Counted over one file. */
export const resetSpent = () => {
  spent = 0;
};

/** The data of a stream without its filters; null when it can't be had. Stops the check when it is far too much. */
export function decoded(dict: PDFDict, data: Buffer): Buffer | null {
  const filters = filtersOf(dict);
  if (filters.length > MOST_FILTERS) return null;
  const plain = filters.every((name) => name === 'FlateDecode' || name === 'Fl');
  try {
    const result = plain ? filters.reduce((bytes) => inflated(bytes), data) : byLibrary(dict, data);
    spent += result.length;
    if (spent > BOUNDS.unpackedBytes) throw new Stop('UNPACKS_TOO_LARGE');
    return result;
  } catch (error) {
    if (error instanceof Stop) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Stop('UNPACKS_TOO_LARGE');
    return null;
  }
}

function inflated(bytes: Buffer): Buffer {
  const options = { maxOutputLength: MOST, finishFlush: constants.Z_SYNC_FLUSH };
  return inflateSync(bytes, options);
}

function byLibrary(dict: PDFDict, data: Buffer): Buffer {
  return Buffer.from(decodePDFRawStream(PDFRawStream.of(dict, data)).decode());
}

function filtersOf(dict: PDFDict): string[] {
  const filter = dict.get(PDFName.of('Filter')) ?? dict.get(PDFName.of('F'));
  if (filter instanceof PDFName) return [filter.decodeText()];
  if (filter instanceof PDFArray)
    return filter.asArray().map((name) => (name instanceof PDFName ? name.decodeText() : '?'));
  return [];
}
