import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3Config } from '../../src/config.js';
import { FileLinks } from '../../src/files/links.js';
import { UrlSigner } from '../../src/files/signing.js';
import { PART_BYTES, partsOf } from '../../src/files/storage.js';
import { s3Server } from '../support/s3.js';
import { announced, folder } from './samples.js';
import { put } from './storage-fixture.js';

const SCRIPT = fileURLToPath(new URL('../support/file-server.mjs', import.meta.url));
const root = await folder();
const fresh = () => mkdtemp(join(root, 'data-'));
const secret = randomBytes(32);
const links = new FileLinks(new UrlSigner(secret));
const data = randomBytes(52_428_800);
const expected = announced(data);
const grants = { upl_1: { uploadId: 'upl_1', ...expected }, upl_2: { uploadId: 'upl_2', ...expected } };
const downloads = {
  doc_1: { key: 'documents/whole', fileName: 'a.pdf', contentType: 'application/pdf', byteSize: data.length },
};
const settled = (key: string, id = 'upl_1') => ({ id, announced: expected, key });

type Watched = {
  process: ChildProcess;
  base: string;
  ask(ask: string, rest?: object): Promise<any>;
  kill(): Promise<void>;
};
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** `limit`: the most 512-byte blocks that one file of that process may have; the kernel refuses the rest. */
async function start(dir: string, { s3, limit }: { s3?: S3Config; limit?: number } = {}): Promise<Watched> {
  const given = JSON.stringify({ dir, secret: secret.toString('hex'), grants, downloads, s3 });
  const child = limit
    ? spawn('sh', ['-c', `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, SCRIPT, given], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
    : fork(SCRIPT, [given], { execArgv: ['--expose-gc'] });
  children.add(child);
  const answered = () =>
    new Promise<any>((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error('the process ended')));
    });
  const { base } = await answered();
  return {
    process: child,
    base,
    async ask(ask, rest = {}) {
      const answer = answered();
      child.send({ ask, ...rest });
      return (await answer).answer;
    },
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      children.delete(child);
    },
  };
}

const soon = () => new Date(Date.now() + 600_000);
const wholeUrl = (base: string, id = 'upl_1') => links.upload(base, id, 'tok_1', soon());
const partUrl = (base: string, part: number, id = 'upl_1') => links.upload(base, id, 'tok_1', soon(), part);
/** The SHA-256 of what a reader downloads who takes his time to begin: who sends without looking holds it all by then. */
async function downloaded(base: string): Promise<string> {
  const answer = await fetch(links.download(base, 'documents', 'doc_1', 'tok_1', new Date()));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const hash = createHash('sha256');
  for await (const chunk of answer.body!) hash.update(chunk);
  return hash.digest('hex');
}
const partOf = (number: number) => {
  const { start, end } = partsOf(data.length)[number - 1];
  return data.subarray(start, end + 1);
};
/** Hundreds of megabytes go through each of these, on a machine that others use too. */
const SLOW = 400_000;
/** Less than half of the file. */
const MEMORY = 20 * 1_048_576;

/** Sends the head and so many bytes of the body, and waits until they are on their way. */
function begin(url: string, bytes: Buffer, sent: number): Promise<void> {
  return new Promise((resolve) => {
    const sending = request(url, { method: 'PUT', headers: { 'content-length': bytes.length } });
    sending.on('error', () => {});
    sending.write(bytes.subarray(0, sent), () => setTimeout(resolve, 100));
  });
}

describe('memory', () => {
  it(
    'stays flat while fifty megabytes arrive, whole and in parts, are settled and go out again',
    async () => {
      const server = await start(await fresh());
      const before = await server.ask('begin');
      expect(await put(wholeUrl(server.base), data)).toBe(204);
      expect(await server.ask('settle', settled('documents/whole'))).toBe('kept');
      expect(await downloaded(server.base)).toBe(expected.sha256);
      for (const { number } of partsOf(data.length))
        expect(await put(partUrl(server.base, number), partOf(number))).toBe(204);
      expect(await server.ask('settle', settled('documents/parts'))).toBe('kept');
      const growth = (await server.ask('peak')) - before;
      expect(growth).toBeLessThan(MEMORY);
      await server.kill();
    },
    SLOW,
  );

  it(
    'stays flat while fifty megabytes are settled in S3',
    async () => {
      const s3 = await s3Server();
      const server = await start(await fresh(), { s3: s3.config });
      const target = (name: string) => `${s3.config.endpoint}/${s3.config.bucket}/.incoming/upl_1/${name}`;
      expect(await put(target('whole'), data)).toBe(200);
      const before = await server.ask('begin');
      expect(await server.ask('settle', settled('documents/whole'))).toBe('kept');
      for (const { number } of partsOf(data.length))
        expect(await put(target(String(number)), partOf(number))).toBe(200);
      expect(await server.ask('settle', settled('documents/parts'))).toBe('kept');
      const growth = (await server.ask('peak')) - before;
      await server.kill();
      await s3.close();
      expect(growth).toBeLessThan(MEMORY);
    },
    SLOW,
  );
});

describe('kill -9', () => {
  it(
    'in the middle of an upload leaves nothing that counts; what had arrived stays; sending again succeeds',
    async () => {
      const dir = await fresh();
      const first = await start(dir);
      expect(await put(partUrl(first.base, 1), partOf(1))).toBe(204);
      await begin(partUrl(first.base, 2), partOf(2), PART_BYTES - 1);
      await begin(wholeUrl(first.base, 'upl_2'), data, 20_000_000);
      await first.kill();

      const second = await start(dir);
      expect(await readdir(join(dir, '.incoming', 'upl_1'))).toEqual(['1']);
      expect(await second.ask('settle', settled('documents/a'))).toBe('INCOMPLETE');
      expect(await second.ask('settle', settled('documents/b', 'upl_2'))).toBe('INCOMPLETE');
      for (const { number } of partsOf(data.length).slice(1))
        expect(await put(partUrl(second.base, number), partOf(number))).toBe(204);
      expect(await second.ask('settle', settled('documents/a'))).toBe('kept');
      expect(await put(wholeUrl(second.base, 'upl_2'), data)).toBe(204);
      expect(await second.ask('settle', settled('documents/b', 'upl_2'))).toBe('kept');
      await second.kill();
    },
    SLOW,
  );

  it(
    'in the middle of settling leaves no file under the key, and it is settled the next time',
    async () => {
      const dir = await fresh();
      const first = await start(dir);
      for (const { number } of partsOf(data.length))
        expect(await put(partUrl(first.base, number), partOf(number))).toBe(204);
      const settling = first.ask('settle', settled('documents/a')).catch(() => 'killed');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await first.kill();
      const outcome = await settling;
      const kept = await readdir(join(dir, 'documents')).catch(() => []);
      if (outcome === 'killed') expect([[], ['a']]).toContainEqual(kept);
      const second = await start(dir);
      expect(await second.ask('settle', settled('documents/a'))).toBe('kept');
      await second.kill();
    },
    SLOW,
  );
});

const mount = (dir: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', dir], { stdio: 'ignore' });
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
/** Root of a container may not; where nobody may, the limit below is a full disk too. */
const mayMount = isRoot && (await mountable());
async function mountable(): Promise<boolean> {
  const dir = await fresh();
  try {
    mount(dir);
  } catch {
    return false;
  }
  execFileSync('umount', [dir]);
  return true;
}

describe('a full disk', () => {
  it(
    'is said while a file arrives and while it is settled; nothing of it remains',
    async () => {
      const dir = await fresh();
      // 10 MiB: a part goes in, the file does not
      const server = await start(dir, { limit: 20_480 });
      const whole = await fetch(wholeUrl(server.base), { method: 'PUT', body: new Uint8Array(data) });
      expect([whole.status, ((await whole.json()) as any).errors[0].extensions.code]).toEqual([507, 'STORAGE_FULL']);
      for (const { number } of partsOf(data.length))
        expect(await put(partUrl(server.base, number), partOf(number))).toBe(204);
      expect(await server.ask('settle', settled('documents/a'))).toBe('NO_SPACE');
      expect(await readdir(join(dir, '.incoming'))).toEqual(['upl_1']);
      await server.kill();
      const roomy = await start(dir);
      expect(await roomy.ask('settle', settled('documents/a'))).toBe('kept');
      await roomy.kill();
    },
    SLOW,
  );

  (mayMount ? it : it.skip)(
    'is a real one',
    async () => {
      const dir = await fresh();
      mount(dir);
      try {
        const server = await start(dir);
        const whole = await fetch(wholeUrl(server.base), { method: 'PUT', body: new Uint8Array(data) });
        expect([whole.status, ((await whole.json()) as any).errors[0].extensions.code]).toEqual([507, 'STORAGE_FULL']);
        expect(await readdir(join(dir, '.incoming'))).toEqual([]);
        for (const number of [1, 2]) expect(await put(partUrl(server.base, number), partOf(number))).toBe(204);
        expect(await put(partUrl(server.base, 3), partOf(3))).toBe(507);
        expect((await readdir(join(dir, '.incoming', 'upl_1'))).sort()).toEqual(['1', '2']);
        await server.kill();
      } finally {
        execFileSync('umount', [dir]);
      }
    },
    SLOW,
  );
});
