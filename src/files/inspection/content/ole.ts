/** The container of .doc, .xls, .msi, embedded objects and of a .docx with a password (MS-CFB). */
export const OLE_MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const MAX_REGULAR = 0xfffffffa;
const MINI_STREAM_BELOW = 4_096;
const ENTRY = 128;
const MAX_ENTRIES = 65_536;
const STREAM = 2;
const STORAGE = 1;
const ROOT = 5;
const FATS_IN_HEADER = 109;

export type OleEntry = { name: string; kind: 'stream' | 'storage' | 'root'; classId: string; size: number };

export const isOle = (file: Buffer): boolean => file.subarray(0, OLE_MAGIC.length).equals(OLE_MAGIC);

/**
 * A reader of just what a check needs: which entries there are, and what a stream holds. It follows chains of sectors
 * no further than the file is long, and takes what it can of a broken one, so it neither loops nor throws.
 */
export class OleFile {
  readonly entries: readonly OleEntry[];
  private readonly sectorSize: number;
  private readonly miniSize: number;
  private readonly fat: number[] = [];
  private readonly raw: { start: number; size: number }[] = [];
  private mini?: { fat: Buffer; data: Buffer };

  constructor(private readonly file: Buffer) {
    this.sectorSize = 1 << Math.min(12, Math.max(7, u16(file, 30)));
    this.miniSize = 1 << Math.min(9, Math.max(4, u16(file, 32)));
    this.readFat();
    this.entries = this.readDirectory();
  }

  has(...names: string[]): boolean {
    return this.entries.some((e) => names.includes(e.name.toLowerCase()));
  }

  /** Not more than `most` bytes of the streams of this name together: entries may claim the same sectors, each anew. */
  streams(test: (entry: OleEntry) => boolean, most: number): Buffer[] {
    const found: Buffer[] = [];
    let left = most;
    this.entries.forEach((entry, i) => {
      if (entry.kind !== 'stream' || left <= 0 || !test(entry)) return;
      found.push(this.content(this.raw[i], left));
      left -= found.at(-1)!.length;
    });
    return found;
  }

  private content({ start, size }: { start: number; size: number }, most: number): Buffer {
    const wanted = Math.min(size, most, this.file.length);
    if (size >= MINI_STREAM_BELOW) return this.chain(start, wanted).subarray(0, wanted);
    this.mini ??= {
      fat: this.chain(u32(this.file, 60), this.file.length),
      data: this.chain(this.raw[0]?.start ?? MAX_REGULAR, this.file.length),
    };
    const pieces: Buffer[] = [];
    const seen = new Set<number>();
    for (let at = start, got = 0; at < MAX_REGULAR && got < wanted && !seen.has(at); at = u32(this.mini.fat, at * 4)) {
      seen.add(at);
      pieces.push(this.mini.data.subarray(at * this.miniSize, (at + 1) * this.miniSize));
      got += this.miniSize;
    }
    return Buffer.concat(pieces).subarray(0, wanted);
  }

  private sector(index: number): Buffer {
    const at = (index + 1) * this.sectorSize;
    return this.file.subarray(at, at + this.sectorSize);
  }

  private chain(start: number, most: number): Buffer {
    const pieces: Buffer[] = [];
    const seen = new Set<number>();
    for (let at = start, got = 0; at < MAX_REGULAR && got < most && !seen.has(at); at = this.fat[at] ?? MAX_REGULAR) {
      seen.add(at);
      const piece = this.sector(at);
      if (!piece.length) break;
      pieces.push(piece);
      got += piece.length;
    }
    return Buffer.concat(pieces);
  }

  private readFat(): void {
    const most = Math.ceil(this.file.length / this.sectorSize);
    const sectors: number[] = [];
    for (let i = 0; i < FATS_IN_HEADER; i++) sectors.push(u32(this.file, 76 + i * 4));
    const perSector = this.sectorSize / 4 - 1;
    const seen = new Set<number>();
    for (let at = u32(this.file, 68); at < MAX_REGULAR && !seen.has(at) && at < most; ) {
      seen.add(at);
      const list = this.sector(at);
      for (let i = 0; i < perSector; i++) sectors.push(u32(list, i * 4));
      at = u32(list, perSector * 4);
    }
    for (const at of sectors) {
      if (at >= most || this.fat.length > most) continue;
      const table = this.sector(at);
      for (let i = 0; i + 4 <= table.length; i += 4) this.fat.push(table.readUInt32LE(i));
    }
  }

  private readDirectory(): OleEntry[] {
    const directory = this.chain(u32(this.file, 48), MAX_ENTRIES * ENTRY);
    const entries: OleEntry[] = [];
    for (let at = 0; at + ENTRY <= directory.length; at += ENTRY) {
      const type = directory[at + 66];
      if (type !== STREAM && type !== STORAGE && type !== ROOT) continue;
      const length = Math.min(64, Math.max(2, directory.readUInt16LE(at + 64)));
      const size = directory.readUInt32LE(at + 120);
      this.raw.push({ start: directory.readUInt32LE(at + 116), size });
      entries.push({
        name: directory.toString('utf16le', at, at + length - 2),
        kind: type === STREAM ? 'stream' : type === ROOT ? 'root' : 'storage',
        classId: classAt(directory, at + 80),
        size,
      });
    }
    return entries;
  }
}

/** In its usual spelling: the first three numbers are stored the other way round. */
function classAt(b: Buffer, at: number): string {
  const first = b.readUInt32LE(at).toString(16).padStart(8, '0');
  const short = (from: number) => b.readUInt16LE(from).toString(16).padStart(4, '0');
  return [
    first,
    short(at + 4),
    short(at + 6),
    b.toString('hex', at + 8, at + 10),
    b.toString('hex', at + 10, at + 16),
  ].join('-');
}

const u16 = (b: Buffer, at: number): number => (at + 2 <= b.length ? b.readUInt16LE(at) : 0);
const u32 = (b: Buffer, at: number): number => (at + 4 <= b.length ? b.readUInt32LE(at) : MAX_REGULAR);
