import { PDFArray, PDFContext, PDFDict, PDFName, PDFNumber, type PDFObject, PDFObjectParser } from 'pdf-lib';
import { decoded } from './streams.js';

/**
 * One object, as it stands in the file. Not those that the cross-reference table lists: readers repair tables, each in
 * its own way, so whatever looks like an object is one, in older revisions and in object streams too.
 */
export type Found = {
  /** Null for one within an object stream whose list can't be read. */
  number: number | null;
  value: PDFObject | null;
  /** The bytes, when they can't be parsed: still good enough to be searched. */
  raw: Buffer | null;
  /** The data, when it is a stream: a view of the file. */
  stream: Buffer | null;
  /** Stands within the data of a stream, so it belongs to another file that is attached to this one. */
  within: boolean;
  /** Where it stands in the file; of one in an object stream, where that stands. */
  at: number;
};

export type Range = { start: number; end: number };

const OBJ = Buffer.from('obj');
const STREAM = /^(?:[\0\t\n\f\r ]|%[^\n\r]*[\n\r])*stream(?:\r\n|\n|\r)?/;
const ENDSTREAM = Buffer.from('endstream');
/** Of objects that begin and are none; an honest file has a few bytes of them by chance. */
const MOST_IN_VAIN = 8_388_608;
const MOST_IN_ONE_STREAM = 200_000;

export class Objects {
  /** Where streams have their data, and which of them say that they are attached files. */
  readonly streams: (Range & { attached: boolean })[] = [];
  /** Whether an object stream could not be opened: then absence proves nothing. */
  incomplete = false;
  private inVain = 0;
  private readonly context = PDFContext.create();

  constructor(private readonly file: Buffer) {}

  *all(): Generator<Found> {
    let dataEnd = 0;
    for (let at = this.file.indexOf(OBJ); at >= 0; at = this.file.indexOf(OBJ, at + OBJ.length)) {
      const number = numberBefore(this.file, at);
      if (number === undefined) continue;
      const found = this.parse(this.file, at + OBJ.length, number, at < dataEnd);
      yield found;
      const { value, stream } = found;
      if (!(value instanceof PDFDict) || !stream) continue;
      dataEnd = Math.max(dataEnd, stream.byteOffset - this.file.byteOffset + stream.length);
      if (nameOf(value, 'Type') === 'ObjStm') yield* this.inside(value, stream, found);
    }
  }

  /** Whether so much of it is no object that the rest was not even tried. */
  get hopeless(): boolean {
    return this.inVain > MOST_IN_VAIN;
  }

  /** Dictionaries behind the word trailer, where a file without cross-reference streams says how it is encrypted. */
  *trailers(): Generator<PDFDict> {
    for (let at = this.file.indexOf('trailer'); at >= 0; at = this.file.indexOf('trailer', at + 7)) {
      // that of a file which is attached as it is says nothing of this one
      if (this.streams.some((s) => s.start <= at && at < s.end)) continue;
      const { value } = this.parse(this.file, at + 7, 0, false);
      if (value instanceof PDFDict) yield value;
    }
  }

  private parse(bytes: Buffer, from: number, number: number | null, within: boolean): Found {
    const nothing = { number, value: null, stream: null, within, at: from };
    // each of them may go on to the end of the file: many of them would take the square of its length
    if (this.inVain > MOST_IN_VAIN) return { ...nothing, raw: untilNext(bytes, from) };
    const parser = new Lenient(bytes.subarray(from), this.context);
    let value: PDFObject | null = null;
    let raw: Buffer | null = null;
    let stream: Buffer | null = null;
    try {
      value = parser.value();
      if (value instanceof PDFDict && bytes === this.file) stream = this.dataOf(value, from + parser.offset);
    } catch {
      raw = untilNext(bytes, from);
      this.inVain += parser.offset;
    }
    return { number, value, raw, stream, within, at: from };
  }

  private dataOf(dict: PDFDict, from: number): Buffer | null {
    const keyword = STREAM.exec(this.file.toString('latin1', from, from + 512));
    if (!keyword) return null;
    const start = from + keyword[0].length;
    const length = dict.get(PDFName.of('Length'));
    let end = length instanceof PDFNumber ? start + length.asNumber() : -1;
    const said = end >= start && this.file.subarray(end, end + 32).indexOf(ENDSTREAM) >= 0;
    if (!said) end = this.file.indexOf(ENDSTREAM, start);
    if (end < 0) end = this.file.length;
    this.streams.push({ start, end, attached: nameOf(dict, 'Type') === 'EmbeddedFile' });
    return this.file.subarray(start, end);
  }

  private *inside(dict: PDFDict, stream: Buffer, { within, at }: Found): Generator<Found> {
    const data = decoded(dict, stream);
    const first = dict.get(PDFName.of('First'));
    const count = dict.get(PDFName.of('N'));
    if (!data || !(first instanceof PDFNumber) || !(count instanceof PDFNumber)) {
      this.incomplete = true;
      return;
    }
    const list = data.toString('latin1', 0, first.asNumber()).match(/\d+/g) ?? [];
    const most = Math.min(count.asNumber(), list.length / 2, MOST_IN_ONE_STREAM);
    for (let i = 0; i < most; i++)
      yield { ...this.parse(data, first.asNumber() + Number(list[2 * i + 1]), Number(list[2 * i]), within), at };
  }
}

/** The library's own parser, asked for one value without the stream behind it. */
class Lenient extends PDFObjectParser {
  constructor(bytes: Uint8Array, context: PDFContext) {
    super((PDFObjectParser.forBytes(bytes, context) as unknown as Lenient).bytes, context);
  }

  value(): PDFObject {
    return this.parseObject();
  }

  get offset(): number {
    return this.bytes.offset();
  }

  /** Names may be written with escapes in lower case too, which the library leaves as they are. */
  protected override parseName(): PDFName {
    const name = super.parseName();
    if (!name.asString().includes('#')) return name;
    return PDFName.of(
      name.decodeText().replace(/#([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  }

  protected override parseDictOrStream(): PDFDict {
    return this.parseDict();
  }
}

/** `12 0 obj`; undefined where it is the end of a word. Comments may stand between, and then the number is not known. */
function numberBefore(file: Buffer, at: number): number | null | undefined {
  const before = file.toString('latin1', Math.max(0, at - 40), at);
  const found = /(\d+)[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]*$/.exec(before);
  if (found) return Number(found[1]);
  return /(?:\d|[\n\r])[\0\t\n\f\r ]*$/.test(before) && /\d/.test(before) ? null : undefined;
}

/** Up to the end of the object, or to where the next one begins, which is looked at by itself. */
function untilNext(bytes: Buffer, from: number): Buffer {
  for (let at = bytes.indexOf(OBJ, from); at >= 0; at = bytes.indexOf(OBJ, at + OBJ.length))
    if (numberBefore(bytes, at) !== undefined || bytes.toString('latin1', at - 3, at) === 'end')
      return bytes.subarray(from, at);
  return bytes.subarray(from);
}

export const nameOf = (dict: PDFDict, key: string): string | undefined => {
  const value = dict.get(PDFName.of(key));
  return value instanceof PDFName ? value.decodeText() : undefined;
};

/** Every dictionary in a value, not beyond its references; by a list, since a value may be nested deeply. */
export function* dictsIn(value: PDFObject): Generator<PDFDict> {
  const waiting: PDFObject[] = [value];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next instanceof PDFDict) {
      yield next;
      waiting.push(...next.values().filter(isNested));
    } else if (next instanceof PDFArray) {
      for (let i = 0; i < next.size(); i++) {
        const item = next.get(i);
        if (isNested(item)) waiting.push(item);
      }
    }
  }
}

const isNested = (value: PDFObject) => value instanceof PDFDict || value instanceof PDFArray;
