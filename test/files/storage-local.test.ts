import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MAX_UPLOAD_BYTES } from '../../src/config.js';
import { localStorage } from '../../src/files/local-storage.js';
import { FileMissing, partsOf } from '../../src/files/storage.js';
import { announced, folder } from './samples.js';
import { codeOf } from './storage-fixture.js';

const dir = await folder();
const links = { upload: () => '' };
const storage = localStorage(dir, { links });
const data = randomBytes(300_000);
const chunks = (bytes: Buffer, size = 70_000) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
const incoming = (...path: string[]) => join(dir, '.incoming', ...path);
const loose = async () =>
  (await readdir(incoming(), { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);

describe('local storage', () => {
  it('gives every file and folder to its owner alone, and leaves nothing behind', async () => {
    await storage.receive('upl_1', chunks(data), announced(data));
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modeOf(incoming('upl_1', 'whole'))).toBe('600');
    await storage.settle('upl_1', announced(data), 'documents/upl_1');
    await storage.put('receipts/2027/r1', data);
    for (const path of ['documents/upl_1', 'receipts/2027/r1']) expect(await modeOf(join(dir, path))).toBe('600');
    for (const path of ['documents', 'receipts', 'receipts/2027', '.incoming'])
      expect(await modeOf(join(dir, path))).toBe('700');
    expect(await readdir(incoming())).toEqual([]);
  });

  it('refuses another size and another content, and leaves what had arrived', async () => {
    await storage.receive('upl_2', chunks(data), announced(data));
    const other = randomBytes(data.length);
    expect(await codeOf(storage.receive('upl_2', chunks(other), announced(data)))).toBe('HASH_MISMATCH');
    expect(await codeOf(storage.receive('upl_2', chunks(data.subarray(1)), announced(data)))).toBe('SIZE_MISMATCH');
    expect(await codeOf(storage.receive('upl_2', chunks(data), announced(data.subarray(1))))).toBe('SIZE_MISMATCH');
    const huge = { ...announced(data), byteSize: MAX_UPLOAD_BYTES + 1 };
    expect(await codeOf(storage.receive('upl_2', chunks(data), huge))).toBe('TOO_LARGE');
    expect((await readFile(incoming('upl_2', 'whole'))).equals(data)).toBe(true);
    expect(await loose()).toEqual([]);
  });

  it('has a limit of its own choosing', async () => {
    const tiny = localStorage(dir, { links, maxUploadBytes: 1_000 });
    expect(await codeOf(tiny.receive('upl_3', chunks(data), announced(data)))).toBe('TOO_LARGE');
  });

  it('stops an endless body at the announced size and leaves it readable by its owner', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    expect(await codeOf(storage.receive('upl_4', endless, { byteSize: 100_000, sha256: '' }))).toBe('SIZE_MISMATCH');
    expect(sent).toBeLessThan(1_000_000);
    expect(endless.destroyed).toBe(false);
    endless.destroy();
    expect(await loose()).toEqual([]);
  });

  it('forgets a body that breaks off, whole or part', async () => {
    const broken = () =>
      new Readable({
        read() {
          this.push(data.subarray(0, 1_000));
          this.destroy(new Error('gone'));
        },
      });
    expect(await codeOf(storage.receive('upl_5', broken(), announced(data)))).toBe('ABORTED');
    const sizes = { byteSize: 20_000_000, sha256: '' };
    expect(await codeOf(storage.receive('upl_5', broken(), sizes, partsOf(sizes.byteSize)[0]))).toBe('ABORTED');
    const gone = Readable.from([data]);
    gone.destroy();
    expect(await codeOf(storage.receive('upl_5', gone, announced(data)))).toBe('ABORTED');
    expect(await codeOf(storage.settle('upl_5', announced(data), 'documents/upl_5'))).toBe('INCOMPLETE');
    expect(await loose()).toEqual([]);
  });

  it('lets many send the same file at once', async () => {
    await Promise.all([1, 2, 3].map(() => storage.receive('upl_6', chunks(data), announced(data))));
    await storage.settle('upl_6', announced(data), 'documents/upl_6');
    expect(await storage.sizeOf('documents/upl_6')).toBe(data.length);
  });

  it('does not take a file for a folder', async () => {
    await expect(storage.open('documents/upl_6/below')).rejects.toBeInstanceOf(FileMissing);
    await expect(storage.local('documents')).rejects.toBeInstanceOf(FileMissing);
    expect(await storage.sizeOf('documents')).toBeUndefined();
  });

  it('clears away what a killed process left a day ago', async () => {
    await mkdir(incoming('upl_old'), { recursive: true });
    for (const name of ['old', 'new', 'upl_old/1']) await writeFile(incoming(name), 'x');
    const before = new Date(Date.now() - 25 * 3_600_000);
    for (const name of ['old', 'upl_old/1', 'upl_old']) await utimes(incoming(name), before, before);
    expect(await storage.abandon(new Date(Date.now() - 24 * 3_600_000))).toBe(2);
    expect((await readdir(incoming())).sort()).toEqual(['new', 'upl_2']);
  });
});
