import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { BOUNDS } from '../bounds.js';
import type { Budget } from '../content/budget.js';
import { isBlank, isForeign } from '../content/foreign.js';
import { lastZip, localEntry } from '../content/zip.js';
import { type FindingCode, Stop } from '../findings.js';

/** After the data of an entry whose sizes were not known before it. */
const DESCRIPTOR = 24;
const HEADER_OF_PDF_WITHIN = 1_024;
const LOOK_AT = 4_100;
const STORED = 0;
const DEFLATED = 8;

export type Part = { name: string; entry: Entry };

/** The parts of a .docx, seen by the zip's directory, and bounded before a byte of them is unpacked. */
export class Package {
  readonly found = new Set<FindingCode>();
  /** By name in lower case, as Word compares them. */
  readonly parts = new Map<string, Part>();
  private zip: ZipFile;
  private readonly entries: Entry[] = [];

  private constructor(private readonly budget: Budget) {}

  static async open(file: Buffer, budget: Budget): Promise<Package> {
    const opened = new Package(budget);
    const zip = lastZip(file);
    if (!zip) throw new Stop('DAMAGED');
    // a mail gateway may fill a file up; anything else behind it is not the document's
    if (zip.start > 0 || !isBlank(file.subarray(zip.end))) opened.found.add('POLYGLOT');
    if (zip.end > file.length) throw new Stop('DAMAGED');
    try {
      await opened.readDirectory(file.subarray(zip.start, zip.end), zip.entries);
    } catch (error) {
      throw error instanceof Stop ? error : new Stop('DAMAGED', { cause: error });
    }
    await opened.lookBetween(file.subarray(zip.start, zip.end), zip.at - zip.start);
    return opened;
  }

  private async readDirectory(archive: Buffer, entries: number): Promise<void> {
    if (entries > BOUNDS.zipEntries && entries !== 0xffff) throw new Stop('UNPACKS_TOO_LARGE');
    // sizes are compared while unpacking, where it is known which of the two is the larger
    this.zip = await fromBufferPromise(archive, { validateEntrySizes: false });
    let declared = 0;
    for await (const entry of this.zip.eachEntry()) {
      declared += entry.uncompressedSize;
      if (this.entries.length >= BOUNDS.zipEntries || declared > BOUNDS.unpackedBytes)
        throw new Stop('UNPACKS_TOO_LARGE');
      this.budget.open();
      if (entry.isEncrypted()) throw new Stop('ENCRYPTED');
      this.entries.push(entry);
      if (entry.fileName.endsWith('/')) continue;
      if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) this.found.add('DAMAGED');
      const name = entry.fileName.toLowerCase();
      // two parts of one name: which of them is read would be the reader's choice
      if (this.parts.has(name)) this.found.add('DAMAGED');
      this.parts.set(name, { name: entry.fileName, entry });
    }
  }

  /** The directory is not all: other readers go by what stands at the beginning, at the end, or between the parts. */
  private async lookBetween(archive: Buffer, end: number): Promise<void> {
    if (archive.subarray(0, HEADER_OF_PDF_WITHIN).includes('%PDF-')) this.found.add('POLYGLOT');
    if (archive.length > end + 22 && (await isForeign(archive.subarray(end + 22)))) this.found.add('POLYGLOT');
    this.entries.sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
    let at = 0;
    for (const entry of this.entries) {
      const start = entry.relativeOffsetOfLocalHeader;
      const local = localEntry(archive, start, entry.compressedSize);
      if (!local || local.end > end || !local.name.equals(entry.fileNameRaw)) throw new Stop('DAMAGED');
      // entries that share their bytes are how a small zip unpacks to a very large one
      if (start < at) throw new Stop('UNPACKS_TOO_LARGE');
      await this.lookAtGap(archive.subarray(at, start), at === 0);
      at = local.end;
    }
    const directory = archive.indexOf('PK\x01\x02', at, 'latin1');
    await this.lookAtGap(archive.subarray(at, directory < 0 ? end : directory), false);
  }

  private async lookAtGap(gap: Buffer, atStart: boolean): Promise<void> {
    if (gap.length > (atStart ? 0 : DESCRIPTOR) && (await isForeign(gap))) this.found.add('POLYGLOT');
  }

  /** Unpacks in pieces, of which the first is large enough to tell what it is; never more than the directory declared. */
  async read({ entry }: Part, take: (chunk: Buffer) => void): Promise<void> {
    const stream = await this.zip.openReadStreamPromise(entry);
    let size = 0;
    let check = 0;
    let first: Buffer[] | undefined = [];
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > entry.uncompressedSize) throw new Stop('UNPACKS_TOO_LARGE');
      this.budget.unpack(chunk.length);
      check = crc32(chunk, check);
      first?.push(chunk);
      if (first && size < LOOK_AT) continue;
      take(first ? Buffer.concat(first) : chunk);
      first = undefined;
    }
    if (size !== entry.uncompressedSize || check !== entry.crc32) throw new Stop('DAMAGED');
    if (first) take(Buffer.concat(first));
  }

  /** All of a part is unpacked, and its beginning kept: `most` bytes, or its first piece where `few` says so of it. */
  async start(part: Part, most: number, few: (first: Buffer) => boolean = () => false): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    let keep = most;
    await this.read(part, (chunk) => {
      if (size === 0 && few(chunk)) keep = 1;
      if (size < keep) chunks.push(chunk);
      size += chunk.length;
    });
    return Buffer.concat(chunks);
  }

  /** A part that only lists others; undefined when there is none of this name. */
  async list(name: string): Promise<Buffer | undefined> {
    const part = this.parts.get(name);
    if (!part) return undefined;
    if (part.entry.uncompressedSize > BOUNDS.listBytes) throw new Stop('DAMAGED');
    const chunks: Buffer[] = [];
    await this.read(part, (chunk) => chunks.push(chunk));
    return Buffer.concat(chunks);
  }

  /** The name in lower case of what a relation points at, seen from the folder of its part. */
  static target(folder: string, to: string): string {
    const target = to.replaceAll('\\', '/');
    return posix
      .join('/', target.startsWith('/') ? '' : folder, target)
      .slice(1)
      .toLowerCase();
  }
}
