import { typeOf } from '../content/executables.js';
import { isBlank, isForeign, isMarkup } from '../content/foreign.js';
import { zipsIn } from '../content/zip.js';
import type { Found, Objects, Stream } from './objects.js';

const HEADER = '%PDF-';
const END = '%%EOF';
const TABLE = 'startxref';
/** Formats whose mark stands somewhere within. */
const MARKS_WITHIN: [number, string][] = [
  [257, 'ustar'],
  [32_769, 'CD001'],
  [128, 'DICM'],
];
/** Archives that unpackers look for within whatever they are given, zips apart, which have a directory to go by. */
const ARCHIVES = ['Rar!\x1a\x07', "7z\xbc\xaf'\x1c\0", 'MSCF\0\0\0\0'];
const LOOK_AT = 65_536;
const SECTOR = 512;
const PARTITIONS = [446, 462, 478, 494];
/** What a printer driver puts before the document. */
const PRINTER_JOB = '\x1b%-12345X@PJL';
/** A text that the document would stand within: a comment or a string that is left open, for a script or a page. */
const LEFT_OPEN = /^\s*(?:\/\/|<)|(?<!\*)\/\*(?![\s\S]*\*\/)|[`=(]\s*$/;
const MOST_HEADERS = 1_000_000;

/** Whether the file is a PDF and something else, as a browser, an unpacker or a system would take it: not by its words. */
export class Polyglot {
  private readonly headers: number[] = [];
  private next = 0;
  private firstObject = Number.POSITIVE_INFINITY;
  private lastEnd = 0;
  private hasSecond = false;

  constructor(
    private readonly file: Buffer,
    private readonly objects: Objects,
  ) {
    for (
      let at = file.indexOf(HEADER);
      at >= 0 && this.headers.length < MOST_HEADERS;
      at = file.indexOf(HEADER, at + 1)
    )
      this.headers.push(at);
    this.seeEnd(this.headers[0] + HEADER.length);
  }

  see({ at, end, within, raw }: Found): void {
    if (within) return;
    this.seeGapUntil(at);
    this.firstObject = Math.min(this.firstObject, at);
    this.seeEnd(end);
    // what stands within an object is a part of it, unless it was cut there
    while (!raw && this.headers[this.next] < end) this.next += 1;
  }

  seeEnd(end: number): void {
    this.lastEnd = Math.max(this.lastEnd, end);
  }

  async isOne(isAttached: (stream: Stream) => boolean): Promise<boolean> {
    this.seeGapUntil(this.file.length);
    return (
      this.hasSecond ||
      (await this.beginsAsAnother()) ||
      (await isForeign(this.file.subarray(this.documentEnd()))) ||
      this.hasArchive(isAttached)
    );
  }

  /** A document behind another, or between its objects. */
  private seeGapUntil(at: number): void {
    for (; this.headers[this.next] < at; this.next += 1)
      if (this.firstObject < at && !this.hasSecond) this.hasSecond = !this.isUpdate(this.headers[this.next]);
  }

  /** Some programs write a header before an update too; its table is then told by its place in the whole file. */
  private isUpdate(header: number): boolean {
    const at = this.file.indexOf(TABLE, header);
    const said = at < 0 ? undefined : /^startxref\s+(\d{1,10})/.exec(this.file.toString('latin1', at, at + 32))?.[1];
    if (!said || Number(said) < header) return false;
    return /^\s*(?:xref|\d+\s+\d+\s+obj)/.test(this.file.toString('latin1', Number(said), Number(said) + 32));
  }

  private async beginsAsAnother(): Promise<boolean> {
    const { file } = this;
    const header = file.indexOf(HEADER);
    const before = file.subarray(0, header);
    if (before.length && !isBlank(before) && before.indexOf(PRINTER_JOB) !== 0) {
      if (LEFT_OPEN.test(before.toString('latin1')) || (await isForeign(before))) return true;
      const type = await typeOf(file.subarray(0, LOOK_AT));
      if (type && type !== 'pdf') return true;
    }
    // a page that begins with the file, or in the comments before its first object
    const front = file.toString('latin1', 0, Math.min(this.firstObject, LOOK_AT));
    return isMarkup(front) || MARKS_WITHIN.some(([at, mark]) => this.says(at, mark)) || this.isBootSector();
  }

  private isBootSector(): boolean {
    const sector = this.file.subarray(0, SECTOR);
    if (sector.length < SECTOR || sector.readUInt16BE(SECTOR - 2) !== 0x55aa) return false;
    return PARTITIONS.every((at) => sector[at] === 0 || sector[at] === 0x80);
  }

  /** Behind the last object and the last lines after it. */
  private documentEnd(): number {
    const end = this.file.indexOf(END, this.lastEnd);
    if (end >= 0) return end + END.length;
    const last = /startxref\s+\d+/.exec(this.file.toString('latin1', this.lastEnd, this.lastEnd + LOOK_AT));
    return this.lastEnd + (last ? last.index + last[0].length : 0);
  }

  /** One that is attached is an attachment, unless programs that look from the end find it first. */
  private hasArchive(isAttached: (stream: Stream) => boolean): boolean {
    const attachedAt = (at: number) => {
      const stream = this.objects.streamAt(at);
      return stream && isAttached(stream) ? stream : undefined;
    };
    for (const zip of zipsIn(this.file)) {
      const stream = attachedAt(zip.at);
      if (!stream || zip.start < stream.start || zip.end > stream.end || zip.end === this.file.length) return true;
    }
    return ARCHIVES.some((mark) => {
      let at = this.file.indexOf(mark, 0, 'latin1');
      // once for each attachment, however often it says so
      for (let stream = attachedAt(at); at >= 0 && stream; stream = attachedAt(at))
        at = this.file.indexOf(mark, stream.end, 'latin1');
      return at >= 0;
    });
  }

  private says(at: number, mark: string): boolean {
    return this.file.toString('latin1', at, at + mark.length) === mark;
  }
}
