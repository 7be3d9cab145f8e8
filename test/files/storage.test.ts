import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileMissing, PART_BYTES } from '../../src/files/storage.js';
import { sweep } from '../../src/files/sweep.js';
import { announced } from './samples.js';
import { codeOf, fixture, put } from './storage-fixture.js';

const small = randomBytes(300_000);
/** Two parts and a bit. */
const large = randomBytes(2 * PART_BYTES + 12_345);
const ok = (status: number) => status === 200 || status === 204;
const DAY = 24 * 3_600_000;
const later = (ms: number) => new Date(Date.now() + ms);

const fixtures = { local: await fixture('local'), s3: await fixture('s3') };

/** The same cases, whatever keeps the files. */
describe.each(['local', 's3'] as const)('storage: %s', (kind) => {
  const f = fixtures[kind];
  const pieces = (ticket: { parts: { start: number; end: number; url: string }[] }, bytes: Buffer) =>
    ticket.parts.map(({ start, end, url }) => ({ url, bytes: bytes.subarray(start, end + 1) }));
  const kept = async (key: string) => buffer((await f.storage.open(key)).stream);
  const keysOf = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of f.storage.list(prefix)) keys.push(key);
    return keys.sort();
  };

  it('takes a whole file, once and again', async () => {
    const ticket = await f.announce(small);
    expect(ticket.parts).toEqual([]);
    expect(ticket.headers).toEqual([{ name: 'Content-Type', value: 'application/octet-stream' }]);
    const key = `documents/${ticket.id}`;
    expect(await codeOf(f.storage.settle(ticket.id, announced(small), key))).toBe('INCOMPLETE');
    expect(ok(await put(ticket.url, small))).toBe(true);
    expect(ok(await put(ticket.url, small))).toBe(true);
    expect(await f.storage.sizeOf(key)).toBeUndefined();
    await f.storage.settle(ticket.id, announced(small), key);
    await f.storage.settle(ticket.id, announced(small), key);
    expect((await kept(key)).equals(small)).toBe(true);
  });

  it('takes parts in any order, one of them twice, and a large file whole', async () => {
    const ticket = await f.announce(large);
    expect(ticket.parts.map(({ number, start, end }) => [number, start, end])).toEqual([
      [1, 0, PART_BYTES - 1],
      [2, PART_BYTES, 2 * PART_BYTES - 1],
      [3, 2 * PART_BYTES, large.length - 1],
    ]);
    const [one, two, three] = pieces(ticket, large);
    for (const { url, bytes } of [three, one, three, two]) expect(ok(await put(url, bytes))).toBe(true);
    await f.storage.settle(ticket.id, announced(large), `documents/${ticket.id}`);
    expect((await kept(`documents/${ticket.id}`)).equals(large)).toBe(true);

    const whole = await f.announce(large);
    expect(ok(await put(whole.url, large))).toBe(true);
    await f.storage.settle(whole.id, announced(large), `documents/${whole.id}`);
    expect((await kept(`documents/${whole.id}`)).equals(large)).toBe(true);
  });

  it('lets two settle the same upload at once', async () => {
    const ticket = await f.announce(large);
    for (const { url, bytes } of pieces(ticket, large)) await put(url, bytes);
    const both = [1, 2, 3].map(() => codeOf(f.storage.settle(ticket.id, announced(large), `documents/${ticket.id}`)));
    expect(await Promise.all(both)).toEqual(['kept', 'kept', 'kept']);
    expect((await kept(`documents/${ticket.id}`)).equals(large)).toBe(true);
  });

  it('misses a part, and takes it when it comes', async () => {
    const ticket = await f.announce(large);
    const [one, two, three] = pieces(ticket, large);
    await put(one.url, one.bytes);
    await put(three.url, three.bytes);
    const settle = () => codeOf(f.storage.settle(ticket.id, announced(large), `documents/${ticket.id}`));
    expect(await settle()).toBe('INCOMPLETE');
    expect(await f.storage.sizeOf(`documents/${ticket.id}`)).toBeUndefined();
    await put(two.url, two.bytes);
    expect(await settle()).toBe('kept');
  });

  it('refuses wrong bytes, and takes the right ones after them', async () => {
    const ticket = await f.announce(small);
    const settle = () => codeOf(f.storage.settle(ticket.id, announced(small), `documents/${ticket.id}`));
    const refused = !ok(await put(ticket.url, randomBytes(small.length)));
    // our own routes refuse at once, an S3 server can't know better until it is settled
    expect([refused, await settle()]).toEqual(kind === 'local' ? [true, 'INCOMPLETE'] : [false, 'HASH_MISMATCH']);
    expect(await f.storage.sizeOf(`documents/${ticket.id}`)).toBeUndefined();
    expect(ok(await put(ticket.url, small))).toBe(true);
    expect(await settle()).toBe('kept');

    const parted = await f.announce(large);
    const [one, two, three] = pieces(parted, large);
    await put(one.url, randomBytes(PART_BYTES));
    for (const { url, bytes } of [two, three]) await put(url, bytes);
    const again = () => codeOf(f.storage.settle(parted.id, announced(large), `documents/${parted.id}`));
    expect(await again()).toBe('HASH_MISMATCH');
    expect(await f.storage.sizeOf(`documents/${parted.id}`)).toBeUndefined();
    await put(one.url, one.bytes);
    expect(await again()).toBe('kept');
  });

  it('refuses another length, at once or when it is settled', async () => {
    const ticket = await f.announce(small);
    const refused = !ok(await put(ticket.url, small.subarray(1)));
    const code = await codeOf(f.storage.settle(ticket.id, announced(small), `documents/${ticket.id}`));
    expect([refused, code]).toEqual(kind === 'local' ? [true, 'INCOMPLETE'] : [false, 'SIZE_MISMATCH']);

    const parted = await f.announce(large);
    const [one, two, three] = pieces(parted, large);
    await put(one.url, one.bytes);
    const short = !ok(await put(two.url, two.bytes.subarray(1)));
    await put(three.url, three.bytes);
    const last = await codeOf(f.storage.settle(parted.id, announced(large), `documents/${parted.id}`));
    expect([short, last]).toEqual(kind === 'local' ? [true, 'INCOMPLETE'] : [false, 'SIZE_MISMATCH']);
  });

  it('keeps what was settled, whatever is sent later', async () => {
    const ticket = await f.announce(small);
    await put(ticket.url, small);
    await f.storage.settle(ticket.id, announced(small), `documents/${ticket.id}`);
    await put(ticket.url, randomBytes(small.length));
    await f.storage.settle(ticket.id, announced(small), `documents/${ticket.id}`);
    expect((await kept(`documents/${ticket.id}`)).equals(small)).toBe(true);
  });

  it('refuses a link that has expired', async () => {
    const ticket = await f.announce(small, 1_000);
    await sleep(2_100);
    expect(ok(await put(ticket.url, small))).toBe(false);
    expect(await codeOf(f.storage.settle(ticket.id, announced(small), `documents/${ticket.id}`))).toBe('INCOMPLETE');
  });

  it('opens whole and in part, lends a local copy, removes, and says what is missing', async () => {
    await f.storage.put('receipts/r1', small);
    const part = await f.storage.open('receipts/r1', { start: 10, end: 19 });
    expect(part.byteSize).toBe(small.length);
    expect((await buffer(part.stream)).equals(small.subarray(10, 20))).toBe(true);
    const { path, release } = await f.storage.local('receipts/r1');
    expect((await readFile(path)).equals(small)).toBe(true);
    await release();
    expect((await kept('receipts/r1')).equals(small)).toBe(true);
    if (kind === 's3') expect(await readdir(join(f.dir, 'copies'))).toEqual([]);
    await f.storage.put('receipts/r1', small.subarray(1));
    const first = await f.storage.open('receipts/r1', { start: 1, end: 1 });
    expect(first.byteSize).toBe(small.length - 1);
    expect((await buffer(first.stream)).equals(small.subarray(2, 3))).toBe(true);
    await f.storage.remove('receipts/r1');
    await f.storage.remove('receipts/r1');
    expect(await f.storage.sizeOf('receipts/r1')).toBeUndefined();
    await expect(f.storage.open('receipts/r1')).rejects.toBeInstanceOf(FileMissing);
    await expect(f.storage.local('receipts/r1')).rejects.toBeInstanceOf(FileMissing);
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a//b',
    'a/',
    './a',
    '.incoming/x',
    '.settling/x',
    'a/.hidden',
    'a\\b',
    'a\0',
    'A',
    '计划',
    'a'.repeat(201),
  ])('knows no key %j', async (key) => {
    for (const use of [f.storage.open, f.storage.local, f.storage.sizeOf, f.storage.remove])
      await expect((async () => use(key))()).rejects.toThrow(TypeError);
    await expect((async () => f.storage.put(key, small))()).rejects.toThrow(TypeError);
    await expect(f.storage.settle('upl_x', announced(small), key)).rejects.toThrow(TypeError);
    if (key !== 'a/b') await expect(f.storage.settle(`${key}/`, announced(small), 'x')).rejects.toThrow(TypeError);
  });

  it('lists what is kept by prefix, and nothing that is on its way', async () => {
    const ticket = await f.announce(small);
    await put(ticket.url, small);
    for (const key of ['lists/a', 'lists/b/c', 'lists-b', 'other/a']) await f.storage.put(key, small);
    expect(await keysOf('lists/')).toEqual(['lists/a', 'lists/b/c']);
    expect(await keysOf('lists')).toEqual(['lists-b', 'lists/a', 'lists/b/c']);
    expect(await keysOf('none/')).toEqual([]);
    expect((await keysOf('')).filter((key) => key.startsWith('.'))).toEqual([]);
    for await (const { modifiedAt } of f.storage.list('lists/'))
      expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('abandons what was left, whole or in parts, and nothing younger', async () => {
    const whole = await f.announce(small);
    await put(whole.url, small);
    const parted = await f.announce(large);
    await put(parted.parts[0].url, large.subarray(0, PART_BYTES));
    await f.storage.abandon(later(-DAY));
    expect(await codeOf(f.storage.settle(whole.id, announced(small), 'documents/young'))).toBe('kept');
    expect(await f.storage.abandon(later(5_000))).toBeGreaterThanOrEqual(1);
    expect(await codeOf(f.storage.settle(parted.id, announced(large), 'documents/gone'))).toBe('INCOMPLETE');
    expect(await f.storage.abandon(later(5_000))).toBe(0);
    expect(await f.storage.sizeOf('documents/young')).toBe(small.length);
  });

  it('sweeps what nobody uses after a day, and nothing when it can not ask', async () => {
    for (const key of ['documents/used', 'documents/orphan', 'templates/t1']) await f.storage.put(key, small);
    const left = await f.announce(small);
    await put(left.url, small);
    const before = await keysOf('documents/');
    const used = (keys: string[]) => Promise.resolve(new Set(keys.filter((key) => key !== 'documents/orphan')));
    expect(await sweep(f.storage, used, later(0))).toEqual({ uploads: 0, files: 0 });
    const broken = () => Promise.reject(new Error('no database'));
    await expect(sweep(f.storage, broken, later(DAY + 5_000))).rejects.toThrow('no database');
    expect(await keysOf('documents/')).toEqual(before);
    expect(await sweep(f.storage, used, later(DAY + 5_000))).toEqual({ uploads: 1, files: 1 });
    expect(await keysOf('documents/')).toEqual(before.filter((key) => key !== 'documents/orphan'));
    expect(await f.storage.sizeOf('templates/t1')).toBe(small.length);
  });
});
