const SECTOR = 512;
const FREE = 0xffffffff;
const END = 0xfffffffe;
const FAT = 0xfffffffd;
const LARGE = 4_096;

/** The container of old Office files with these streams; each is filled up, so that none is a small one. `listed`: how often. */
export function oleOf(streams: Record<string, Buffer | string>, rootClass = Buffer.alloc(16), listed = 1): Buffer {
  const data = Object.entries(streams).map(([name, content]) => {
    const bytes = Buffer.from(content as string);
    return { name, bytes: Buffer.concat([bytes, Buffer.alloc(Math.max(0, LARGE - bytes.length))]) };
  });
  const sectors = (bytes: number) => Math.ceil(bytes / SECTOR);
  const directorySectors = sectors((data.length * listed + 1) * 128);
  let next = 1 + directorySectors;
  const fat = new Array<number>(128).fill(FREE);
  const chain = (start: number, count: number) => {
    for (let i = 0; i < count; i++) fat[start + i] = i === count - 1 ? END : start + i + 1;
  };
  fat[0] = FAT;
  chain(1, directorySectors);
  const directory = Buffer.alloc(directorySectors * SECTOR);
  const entry = (i: number, name: string, type: number, start: number, size: number) => {
    const at = i * 128;
    const wide = Buffer.from(name, 'utf16le');
    wide.copy(directory, at);
    directory.writeUInt16LE(wide.length + 2, at + 64);
    directory[at + 66] = type;
    for (const offset of [68, 72, 76]) directory.writeUInt32LE(FREE, at + offset);
    directory.writeUInt32LE(start, at + 116);
    directory.writeUInt32LE(size, at + 120);
  };
  entry(0, 'Root Entry', 5, END, 0);
  rootClass.copy(directory, 80);
  data.forEach(({ name, bytes }, i) => {
    for (let n = 0; n < listed; n++) entry(i * listed + n + 1, name, 2, next, bytes.length);
    chain(next, sectors(bytes.length));
    next += sectors(bytes.length);
  });
  if (next > 128) throw new RangeError('one table of sectors is all that this writes');
  const header = Buffer.alloc(SECTOR);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(LARGE, 56);
  header.writeUInt32LE(END, 60);
  header.writeUInt32LE(END, 68);
  for (let i = 0; i < 109; i++) header.writeUInt32LE(i === 0 ? 0 : FREE, 76 + i * 4);
  const table = Buffer.alloc(SECTOR);
  fat.forEach((value, i) => {
    table.writeUInt32LE(value, i * 4);
  });
  const padded = data.map(({ bytes }) =>
    Buffer.concat([bytes, Buffer.alloc(sectors(bytes.length) * SECTOR - bytes.length)]),
  );
  return Buffer.concat([header, table, directory, ...padded]);
}

/** A file as “Insert object → package” puts it into a document. */
export function packageOf(name: string, content: Buffer): Buffer {
  const path = Buffer.from(`C:\\Users\\x\\${name}\0`, 'latin1');
  const size = (n: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(n);
    return bytes;
  };
  const body = Buffer.concat([
    Buffer.from([2, 0]),
    Buffer.from(`${name}\0`, 'latin1'),
    path,
    Buffer.from([0, 0, 3, 0]),
    size(path.length),
    path,
    size(content.length),
    content,
  ]);
  return oleOf({ '\u0001Ole10Native': Buffer.concat([size(body.length), body]) });
}

/** The beginning of a Windows program. */
export const PROGRAM = Buffer.concat([
  Buffer.from('4d5a90000300000004000000ffff0000b800000000000000400000000000000000000000', 'hex'),
  Buffer.alloc(24),
  Buffer.from('80000000', 'hex'),
  Buffer.from('0e1fba0e00b409cd21b8014ccd21This program cannot be run in DOS mode.\r\r\n$', 'latin1'),
  Buffer.alloc(300),
]);
