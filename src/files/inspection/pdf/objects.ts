import {
  PDFArray,
  PDFContext,
  PDFDict,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFObjectParser,
  PDFRef,
} from 'pdf-lib';
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
  /** Where it ends, with its data. */
  end: number;
};

export type Stream = { start: number; end: number; number: number | null; dict: PDFDict; closed: boolean };

const OBJ = Buffer.from('obj');
const STREAM = /^(?:[\0\t\n\f\r ]|%[^\n\r]*[\n\r])*stream(?:\r\n|\n|\r)?/;
const ENDSTREAM = Buffer.from('endstream');
const ENDOBJ = Buffer.from('endobj');
const ENDS = /endstream|endobj/;
/**
 * Of objects that begin and are none, and of what was parsed before as a part of another; an honest file has a few bytes
 * of them by chance.
 */
const MOST_IN_VAIN = 4_194_304;
const MOST_IN_ONE_STREAM = 200_000;
/** So many times over may streams have the same bytes: one that is attached has streams within. */
const MOST_SHARED = 4;
/** More revisions than a file has. */
const MOST_LENGTHS = 100;
const MOST_NUMBERS = 500_000;

/** Bytes in which objects are parsed, and how many were by now: honest objects stand side by side. */
type Area = { bytes: Buffer; parsed: number };

export class Objects {
  /** Where the streams of this file have their data, in order; what stands within one is no part of this file. */
  readonly streams: Stream[] = [];
  private readonly lengths: Map<number, number[]>;
  private inVain = 0;
  private inStreams = 0;
  /** Where the last stream and the last object of all say that they end. */
  private readonly lastEnds: [number, number];
  private readonly context = PDFContext.create();

  constructor(private readonly file: Buffer) {
    this.lengths = lengthsIn(file);
    this.lastEnds = [file.lastIndexOf(ENDSTREAM), file.lastIndexOf(ENDOBJ)];
  }

  *all(): Generator<Found> {
    let dataEnd = 0;
    const area = { bytes: this.file, parsed: 0 };
    for (let at = this.file.indexOf(OBJ); at >= 0; at = this.file.indexOf(OBJ, at + OBJ.length)) {
      const number = numberBefore(this.file, at);
      if (number === undefined) continue;
      const found = this.parse(area, at + OBJ.length, number, at < dataEnd);
      yield found;
      const { value, stream } = found;
      if (!(value instanceof PDFDict) || !stream) continue;
      dataEnd = Math.max(dataEnd, stream.byteOffset - this.file.byteOffset + stream.length);
      if (nameOf(value, 'Type') === 'ObjStm') yield* this.inside(value, stream, found);
    }
  }

  /** Whether so much of it is no object that the rest was not even tried. */
  get hopeless(): boolean {
    return this.inVain > MOST_IN_VAIN || this.inStreams > MOST_SHARED * this.file.length;
  }

  /** Dictionaries behind the word trailer, where a file without cross-reference streams says how it is encrypted. */
  *trailers(): Generator<{ value: PDFDict; end: number }> {
    const area = { bytes: this.file, parsed: 0 };
    for (let at = this.file.indexOf('trailer'); at >= 0; at = this.file.indexOf('trailer', at + 7)) {
      // that of a file which is attached as it is says nothing of this one
      const around = this.streamAt(at);
      if (around) at = around.end - 1;
      else {
        const { value, end } = this.parse(area, at + 7, 0, false);
        if (value instanceof PDFDict) yield { value, end };
      }
    }
  }

  /** The stream that has this place in its data. */
  streamAt(at: number): Stream | undefined {
    let from = 0;
    for (let to = this.streams.length; from < to; ) {
      const middle = (from + to) >> 1;
      if (this.streams[middle].end <= at) from = middle + 1;
      else to = middle;
    }
    return this.streams[from]?.start <= at ? this.streams[from] : undefined;
  }

  /** The last of these words that is this file's own; -1 for none. */
  lastOwn(word: string): number {
    let at = this.file.lastIndexOf(word);
    for (let around = this.streamAt(at); at >= 0 && around; around = this.streamAt(at))
      at = around.start > 0 ? this.file.lastIndexOf(word, around.start - 1) : -1;
    return at;
  }

  private parse(area: Area, from: number, number: number | null, within: boolean): Found {
    const { bytes } = area;
    // each of them may go on to the end of the file: many of them would take the square of its length
    if (this.hopeless) {
      const raw = untilNext(bytes, from);
      return { number, value: null, stream: null, within, at: from, raw, end: from + raw.length };
    }
    const parser = new Lenient(bytes.subarray(from), this.context);
    let value: PDFObject | null = null;
    let raw: Buffer | null = null;
    let stream: Buffer | null = null;
    let end = from;
    try {
      value = parser.value();
      end = from + parser.offset;
      area.parsed += parser.offset;
      // one within another's text or comment
      if (area.parsed > bytes.length) this.inVain += parser.offset;
      if (value instanceof PDFDict && bytes === this.file) stream = this.dataOf(value, number, end, within);
      if (stream) end = stream.byteOffset - bytes.byteOffset + stream.length;
    } catch {
      raw = untilNext(bytes, from);
      end = from + raw.length;
      this.inVain += parser.offset;
    }
    return { number, value, raw, stream, within, at: from, end };
  }

  private dataOf(dict: PDFDict, number: number | null, from: number, within: boolean): Buffer | null {
    const keyword = STREAM.exec(this.file.toString('latin1', from, from + 512));
    if (!keyword) return null;
    const start = from + keyword[0].length;
    const ends = this.saidLengths(dict).map((length) => start + length);
    const said = ends.find((end) => end >= start && ENDS.test(this.file.toString('latin1', end, end + 32)));
    // of what is attached as it is, the end that it has in itself is not this one's
    const isCut =
      said === undefined && nameOf(dict, 'Type') === 'EmbeddedFile' && ends.some((e) => e > this.file.length);
    const found = said ?? (isCut ? -1 : this.endFrom(start));
    const end = found < 0 ? this.file.length : found;
    this.inStreams += end - start;
    if (!within) this.streams.push({ start, end, number, dict, closed: found >= 0 });
    return this.file.subarray(start, end);
  }

  /** By its word, or by that of the object around it where the word is missing in all that follows. */
  private endFrom(start: number): number {
    const [last, word] = start <= this.lastEnds[0] ? [this.lastEnds[0], ENDSTREAM] : [this.lastEnds[1], ENDOBJ];
    return start <= last ? this.file.indexOf(word, start) : -1;
  }

  /** The length may be an object of its own, and another one in each revision. */
  private saidLengths(dict: PDFDict): number[] {
    const length = dict.get(PDFName.of('Length'));
    if (length instanceof PDFRef) return this.lengths.get(length.objectNumber) ?? [];
    return length instanceof PDFNumber ? [length.asNumber()] : [];
  }

  private *inside(dict: PDFDict, stream: Buffer, { within, at, end }: Found): Generator<Found> {
    const data = decoded(dict, stream);
    const first = dict.get(PDFName.of('First'));
    const count = dict.get(PDFName.of('N'));
    if (!data || !(first instanceof PDFNumber) || !(count instanceof PDFNumber)) return;
    const list = data.toString('latin1', 0, first.asNumber()).match(/\d+/g) ?? [];
    const most = Math.min(count.asNumber(), list.length / 2, MOST_IN_ONE_STREAM);
    const area = { bytes: data, parsed: 0 };
    for (let i = 0; i < most && !this.hopeless; i++) {
      const from = first.asNumber() + Number(list[2 * i + 1]);
      yield { ...this.parse(area, from, Number(list[2 * i]), within), at, end };
    }
  }
}

/** The library's own parser, asked for one value without the stream behind it. */
class Lenient extends PDFObjectParser {
  constructor(
    private readonly source: Buffer,
    context: PDFContext,
  ) {
    super((PDFObjectParser.forBytes(source, context) as unknown as Lenient).bytes, context);
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

  /** At once: by the letter, as the library has it, a large signature takes a hundred times its size. */
  protected override parseHexString(): PDFHexString {
    const start = this.offset + 1;
    const end = this.source.indexOf('>', start);
    this.bytes.moveTo(end < 0 ? this.source.length : end + 1);
    if (end < 0) throw new Error('a string without end');
    return PDFHexString.of(this.source.toString('latin1', start, end));
  }

  protected override parseDictOrStream(): PDFDict {
    return this.parseDict();
  }
}

/** What objects that are nothing but a number say, for the streams that have their length from them. */
function lengthsIn(file: Buffer): Map<number, number[]> {
  const lengths = new Map<number, number[]>();
  for (let at = file.indexOf(OBJ); at >= 0; at = file.indexOf(OBJ, at + OBJ.length)) {
    const value = /^obj\s+(\d{1,9})\s+endobj/.exec(file.toString('latin1', at, at + 40))?.[1];
    const number = value && numberBefore(file, at);
    if (!number || lengths.size > MOST_NUMBERS) continue;
    const known = lengths.get(number);
    if (!known) lengths.set(number, [Number(value)]);
    else if (known.length < MOST_LENGTHS) known.push(Number(value));
  }
  return lengths;
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
