const END = Buffer.from('PK\x05\x06', 'latin1');
const END_SIZE = 22;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const RECORD_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
/** The two records of zip64 that stand between the directory and its end. */
const RECORDS_64 = 56 + 20;
const UNSAID = 0xffffffff;

export type ZipEnd = {
  /** Where the archive begins: what stands before belongs to something else. */
  start: number;
  /** Where its end record stands, and where its comment ends. */
  at: number;
  end: number;
  entries: number;
};

/** The archive whose directory really stands before this end record. */
export function zipEndAt(file: Buffer, at: number): ZipEnd | undefined {
  if (at + END_SIZE > file.length) return undefined;
  const entries = file.readUInt16LE(at + 10);
  const size = file.readUInt32LE(at + 12);
  const offset = file.readUInt32LE(at + 16);
  const end = at + END_SIZE + file.readUInt16LE(at + 20);
  if (at >= 20 && file.readUInt32LE(at - 20) === LOCATOR_64) {
    const said = offset === UNSAID || size === UNSAID || entries === 0xffff;
    if (!said && !central(file, at - RECORDS_64 - size)) return undefined;
    // the longer record says where the directory should be, and stands right behind it
    const record = at - RECORDS_64;
    const known = record >= 0 && file.readUInt32LE(record) === RECORD_64;
    const start = known
      ? record - Number(file.readBigUInt64LE(record + 40)) - Number(file.readBigUInt64LE(record + 48))
      : 0;
    return { start: Math.max(0, start), at, end, entries };
  }
  const start = at - size - offset;
  if (start < 0 || (entries > 0 && !central(file, at - size))) return undefined;
  return { start, at, end, entries };
}

/** The last archive in the file, wherever it ends. */
export function lastZip(file: Buffer): ZipEnd | undefined {
  for (let at = file.lastIndexOf(END); at >= 0; at = at === 0 ? -1 : file.lastIndexOf(END, at - 1)) {
    const found = zipEndAt(file, at);
    if (found) return found;
  }
  return undefined;
}

/** Every archive with something in it. */
export function* zipsIn(file: Buffer): Generator<ZipEnd> {
  for (let at = file.indexOf(END); at >= 0; at = file.indexOf(END, at + 4)) {
    const found = zipEndAt(file, at);
    if (found && found.entries > 0) yield found;
  }
}

export type LocalEntry = { end: number; name: Buffer; hasDescriptor: boolean };

/** What stands before an entry's data; undefined when nothing like it does. */
export function localEntry(file: Buffer, at: number, compressedSize: number): LocalEntry | undefined {
  if (at < 0 || at + 30 > file.length || file.readUInt32LE(at) !== LOCAL) return undefined;
  const nameEnd = at + 30 + file.readUInt16LE(at + 26);
  return {
    end: nameEnd + file.readUInt16LE(at + 28) + compressedSize,
    name: file.subarray(at + 30, nameEnd),
    hasDescriptor: (file.readUInt16LE(at + 6) & 8) !== 0,
  };
}

const central = (file: Buffer, at: number) => at >= 0 && at + 4 <= file.length && file.readUInt32LE(at) === CENTRAL;
