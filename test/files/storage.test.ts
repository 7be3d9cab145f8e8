import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FileMissing, localStorage, MAX_UPLOAD_BYTES, UploadError } from '../../src/files/storage.js';
import { announced, folder } from './samples.js';

const dir = await folder();
const second = await folder();
const storage = localStorage(dir);
const data = randomBytes(300_000);
const chunks = (bytes: Buffer, size = 70_000) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'kept',
    (error) => (error instanceof UploadError ? error.code : `other: ${error}`),
  );
const left = () => readdir(join(dir, '.incoming'));

describe('local storage', () => {
  it('keeps exactly what was announced, and gives it back whole and in part', async () => {
    await storage.receive('uploads/upl_1', chunks(data), announced(data));
    expect(await storage.exists('uploads/upl_1')).toBe(true);
    const whole = await storage.open('uploads/upl_1');
    expect(whole.byteSize).toBe(data.length);
    expect((await buffer(whole.stream)).equals(data)).toBe(true);
    const part = await storage.open('uploads/upl_1', { start: 10, end: 19 });
    expect(part.byteSize).toBe(data.length);
    expect((await buffer(part.stream)).equals(data.subarray(10, 20))).toBe(true);
    expect(await left()).toEqual([]);
  });

  it('takes an empty file as one', async () => {
    await storage.receive('empty', Readable.from([]), announced(Buffer.alloc(0)));
    expect((await buffer((await storage.open('empty')).stream)).length).toBe(0);
  });

  it('refuses another size and another content, and leaves what was there', async () => {
    const key = 'uploads/upl_2';
    await storage.receive(key, chunks(data), announced(data));
    const other = randomBytes(data.length);
    expect(await codeOf(storage.receive(key, chunks(other), announced(data)))).toBe('HASH_MISMATCH');
    expect(await codeOf(storage.receive(key, chunks(data.subarray(1)), announced(data)))).toBe('SIZE_MISMATCH');
    expect(await codeOf(storage.receive(key, chunks(data), announced(data.subarray(1))))).toBe('SIZE_MISMATCH');
    const huge = { ...announced(data), byteSize: MAX_UPLOAD_BYTES + 1 };
    expect(await codeOf(storage.receive(key, chunks(data), huge))).toBe('TOO_LARGE');
    expect((await readFile(join(dir, key))).equals(data)).toBe(true);
    expect(await left()).toEqual([]);
  });

  it('stops an endless body at the announced size and leaves it readable by its owner', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    expect(await codeOf(storage.receive('endless', endless, { byteSize: 100_000, sha256: '' }))).toBe('SIZE_MISMATCH');
    expect(sent).toBeLessThan(1_000_000);
    expect(endless.destroyed).toBe(false);
    endless.destroy();
    expect(await storage.exists('endless')).toBe(false);
  });

  it('forgets a body that breaks off', async () => {
    const broken = new Readable({
      read() {
        this.push(data.subarray(0, 1_000));
        this.destroy(new Error('gone'));
      },
    });
    expect(await codeOf(storage.receive('broken', broken, announced(data)))).toBe('ABORTED');
    const gone = Readable.from([data]);
    gone.destroy();
    expect(await codeOf(storage.receive('broken', gone, announced(data)))).toBe('ABORTED');
    expect(await storage.exists('broken')).toBe(false);
    expect(await left()).toEqual([]);
  });

  it('lets two send the same file at once', async () => {
    await Promise.all([1, 2, 3].map(() => storage.receive('same', chunks(data), announced(data))));
    expect((await buffer((await storage.open('same')).stream)).equals(data)).toBe(true);
  });

  it('removes, and says what is missing', async () => {
    await storage.remove('uploads/upl_1');
    await storage.remove('uploads/upl_1');
    expect(await storage.exists('uploads/upl_1')).toBe(false);
    await expect(storage.open('uploads/upl_1')).rejects.toBeInstanceOf(FileMissing);
    await expect(storage.open('same/below')).rejects.toBeInstanceOf(FileMissing);
    expect(await storage.exists('same/below')).toBe(false);
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    '.incoming/x',
    'a/.hidden',
    'a\\b',
    'a\0',
    'A',
    'a\n',
    '计划',
    'c:x',
    'a'.repeat(201),
  ])('knows no key %j', async (key) => {
    await expect(storage.receive(key, Readable.from([data]), announced(data))).rejects.toThrow(TypeError);
    await expect(storage.open(key)).rejects.toThrow(TypeError);
    await expect(storage.remove(key)).rejects.toThrow(TypeError);
    await expect(storage.exists(key)).rejects.toThrow(TypeError);
  });

  it('clears away what a killed process left a day ago', async () => {
    await mkdir(join(second, '.incoming'), { recursive: true });
    for (const name of ['old', 'new']) await writeFile(join(second, '.incoming', name), 'x');
    const before = new Date(Date.now() - 25 * 3_600_000);
    await utimes(join(second, '.incoming', 'old'), before, before);
    await localStorage(second).receive('a', Readable.from([data]), announced(data));
    expect(await readdir(join(second, '.incoming'))).toEqual(['new']);
  });
});
