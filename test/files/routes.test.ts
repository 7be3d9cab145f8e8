import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fastify from 'fastify';
import { downloadPath, FileLinks, uploadPath } from '../../src/files/links.js';
import { localStorage } from '../../src/files/local-storage.js';
import { type DownloadGrant, fileRoutes, type UploadGrant } from '../../src/files/routes.js';
import { UrlSigner } from '../../src/files/signing.js';
import { PART_BYTES, type Receiver, StorageUnavailable, UploadError } from '../../src/files/storage.js';
import { announced, folder } from './samples.js';

const dir = await folder();
const signer = new UrlSigner(randomBytes(32));
const links = new FileLinks(signer);
const storage = localStorage(dir, { links });
const data = randomBytes(2_000_000);
const uploads = new Map<string, UploadGrant>();
const downloads = new Map<string, DownloadGrant>();
const asked: { claims: Record<string, string>; authorization?: string }[] = [];
let clock = new Date('2027-03-01T00:00:00Z');
let receive: Receiver['receive'] = storage.receive;

const app = fastify({ bodyLimit: 1_000, forceCloseConnections: true });
app.post('/graphql', async (request) => request.body);
await app.register((scope) =>
  fileRoutes(scope, {
    storage,
    receiver: { receive: (...all) => receive(...all) },
    signer,
    now: () => clock,
    async onUpload(claims, authorization) {
      asked.push({ claims, authorization });
      return uploads.get(claims.id) ?? null;
    },
    onDownload: {
      async documents(claims, authorization) {
        asked.push({ claims, authorization });
        if (claims.id === 'doc_breaks') throw new Error('secret of the database');
        return authorization === 'Bearer other' ? null : (downloads.get(claims.id) ?? null);
      },
    },
  }),
);
const base = await app.listen({ port: 0 });
const { port } = app.server.address() as AddressInfo;
afterAll(() => app.close());

const soon = () => new Date(clock.getTime() + 300_000);
const linkOf = (path: string) => base + signer.sign(path, { token: 'tok_1' }, soon());
const put = (url: string, body: Buffer | undefined, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body: body && new Uint8Array(body), headers });
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0].extensions.code,
];

/** An upload that was announced with the size and hash of these bytes. */
function upload(id: string, expected: Buffer = data): string {
  uploads.set(id, { uploadId: id, ...announced(expected) });
  return linkOf(uploadPath(id));
}
const stored = (id: string) => readFile(join(dir, '.incoming', id, 'whole'));
const arrived = (id: string) => stored(id).then(Boolean, () => false);

describe('PUT', () => {
  it('keeps the announced bytes, of whatever type they call themselves, as often as they are sent', async () => {
    const url = upload('upl_1');
    for (const type of ['application/pdf', 'application/json', 'text/plain', 'nonsense', '']) {
      const answer = await put(url, data, { 'content-type': type });
      expect([answer.status, await answer.text()]).toEqual([204, '']);
    }
    expect((await stored('upl_1')).equals(data)).toBe(true);
    expect(asked.at(-1)?.claims).toEqual({ token: 'tok_1', id: 'upl_1' });
    expect((await put(url, data, { authorization: 'Bearer x' })).status).toBe(204);
    expect(asked.at(-1)?.authorization).toBe('Bearer x');
  });

  it('keeps an empty file too', async () => {
    const answer = await put(upload('upl_empty', Buffer.alloc(0)), Buffer.alloc(0), { 'content-length': '0' });
    expect(answer.status).toBe(204);
  });

  it('refuses another size, another content and no size at all', async () => {
    const url = upload('upl_2');
    expect(await codeOf(await put(url, data.subarray(1)))).toEqual([400, 'UPLOAD_MISMATCH']);
    expect(await codeOf(await put(url, Buffer.concat([data, data])))).toEqual([400, 'UPLOAD_MISMATCH']);
    expect(await codeOf(await put(url, randomBytes(data.length)))).toEqual([400, 'UPLOAD_MISMATCH']);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(data));
        controller.close();
      },
    });
    const answer = await fetch(url, { method: 'PUT', body: chunked, duplex: 'half' } as RequestInit);
    expect(await codeOf(answer)).toEqual([411, 'UPLOAD_MISMATCH']);
    expect(await arrived('upl_2')).toBe(false);
    expect((await put(url, data)).status).toBe(204);
    expect(await codeOf(await put(url, randomBytes(data.length)))).toEqual([400, 'UPLOAD_MISMATCH']);
    expect((await stored('upl_2')).equals(data)).toBe(true);
  });

  it('keeps nothing of an upload that breaks off, and takes it the next time', async () => {
    const url = new URL(upload('upl_3'));
    await new Promise<void>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${data.length}\r\n\r\n`);
        socket.write(data.subarray(0, 500_000), () => setTimeout(() => socket.destroy(), 50));
      });
      socket.on('close', () => setTimeout(done, 200));
    });
    expect(await arrived('upl_3')).toBe(false);
    expect((await put(url.href, data)).status).toBe(204);
  });

  it('takes a part by the link of that part alone, and exactly its length', async () => {
    const large = randomBytes(PART_BYTES + 10);
    uploads.set('upl_parts', { uploadId: 'upl_parts', ...announced(large) });
    const url = (part?: number) => links.upload(base, 'upl_parts', 'tok_1', soon(), part);
    const last = large.subarray(PART_BYTES);
    expect((await put(url(2), last)).status).toBe(204);
    expect((await put(url(2), last)).status).toBe(204);
    expect(asked.at(-1)?.claims).toEqual({ token: 'tok_1', part: '2', id: 'upl_parts' });
    for (const wrong of [last.subarray(1), large]) {
      expect(await codeOf(await put(url(2), wrong))).toEqual([400, 'UPLOAD_MISMATCH']);
    }
    expect(await codeOf(await put(url(1), last))).toEqual([400, 'UPLOAD_MISMATCH']);
    for (const number of [0, 3, -1, 1.5])
      expect(await codeOf(await put(url(number), last))).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf(await put(url(2).replace('part=2', 'part=1'), last))).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf(await put(url(2).replace('&part=2', ''), large))).toEqual([404, 'NOT_FOUND']);
  });

  it('says when the storage is full, and the connection lives on', async () => {
    receive = async () => {
      throw new UploadError('NO_SPACE');
    };
    expect(await codeOf(await put(upload('upl_4'), data))).toEqual([507, 'STORAGE_FULL']);
    receive = async () => {
      throw new StorageUnavailable(new Error('a secret address'));
    };
    const unavailable = await put(upload('upl_4'), data);
    expect(unavailable.headers.get('retry-after')).toBe('30');
    expect(await codeOf(unavailable)).toEqual([503, 'STORAGE_UNAVAILABLE']);
    receive = async () => {
      throw new Error('a secret path');
    };
    expect(await codeOf(await put(upload('upl_4'), data))).toEqual([500, 'INTERNAL']);
    receive = storage.receive;
    expect((await put(upload('upl_4'), data)).status).toBe(204);
  });
});

const name = '2027-衡阳市域产教联合体-年度工作计划 (1) "a"/..\\\r\nX-Evil: 1\u202efdp.docx';

describe('GET', () => {
  beforeAll(async () => {
    await storage.put('doc_1', data);
    const contentType = 'application/pdf';
    downloads.set('doc_1', { key: 'doc_1', fileName: name, contentType, ...announced(data) });
    downloads.set('doc_plain', { key: 'doc_1', fileName: 'plan.pdf', contentType, byteSize: data.length });
    downloads.set('doc_lost', { key: 'lost', fileName: 'a', contentType, byteSize: 5 });
    await writeFile(join(dir, 'short'), 'abc');
    downloads.set('doc_short', { key: 'short', fileName: 'a', contentType, byteSize: 5 });
    downloads.set('doc_breaks', downloads.get('doc_1')!);
  });
  const get = (id: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(linkOf(downloadPath('documents', id)), { method, headers });

  it('sends the file so that no browser runs it and no cache keeps it', async () => {
    const answer = await get('doc_1');
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(data)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(data.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      etag: `"${announced(data).sha256}"`,
    });
    const disposition = answer.headers.get('content-disposition')!;
    expect(disposition).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''[\w%.~!-]+$/);
    expect(decodeURIComponent(disposition.split("''")[1])).toBe(
      '2027-衡阳市域产教联合体-年度工作计划 (1) _a__..___X-Evil_ 1_fdp.docx',
    );
    expect(disposition).toContain('filename="2027-_-_ (1) _a__..___X-Evil_ 1_fdp.docx"');
  });

  it('answers HEAD with the same headers', async () => {
    const [full, head] = [await get('doc_1'), await get('doc_1', {}, 'HEAD')];
    // fetch closes the connection after a HEAD
    const headers = (r: Response) => ({ ...Object.fromEntries(r.headers), date: '', connection: '', 'keep-alive': '' });
    expect(headers(head)).toEqual(headers(full));
    expect(await head.text()).toBe('');
    await full.arrayBuffer();
    expect((await get('doc_lost', {}, 'HEAD')).status).toBe(503);
    expect((await get('doc_none', {}, 'HEAD')).status).toBe(404);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100-199', 100, 200],
    ['bytes=1999990-', 1_999_990, 2_000_000],
    ['bytes=1999990-9999999', 1_999_990, 2_000_000],
    ['bytes=-10', 1_999_990, 2_000_000],
    ['bytes=-9999999', 0, 2_000_000],
  ])('sends a part: %s', async (range, start, end) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await get('doc_1', { range }, method);
      expect(answer.status).toBe(206);
      expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${data.length}`);
      expect(answer.headers.get('content-length')).toBe(String(end - start));
      const body = Buffer.from(await answer.arrayBuffer());
      if (method === 'GET') expect(body.equals(data.subarray(start, end))).toBe(true);
    }
  });

  it('sends no part outside the file, and the whole where a range means nothing', async () => {
    for (const range of ['bytes=2000000-', 'bytes=-0', 'bytes=2000000-2000005']) {
      const answer = await get('doc_1', { range });
      expect(answer.headers.get('content-range')).toBe('bytes */2000000');
      expect(await codeOf(answer)).toEqual([416, 'RANGE_NOT_SATISFIABLE']);
    }
    for (const range of [
      'bytes=5-1',
      'bytes=0-1,5-6',
      'lines=0-1',
      'bytes=-',
      'bytes=a-b',
      'bytes=99999999999999999999-',
    ]) {
      const answer = await get('doc_1', { range });
      expect([range, answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([range, 200, data.length]);
    }
    const same = await get('doc_1', { range: 'bytes=0-9', 'if-range': `"${announced(data).sha256}"` });
    expect(same.status).toBe(206);
    const other = await get('doc_1', { range: 'bytes=0-9', 'if-range': '"other"' });
    expect(other.status).toBe(200);
    expect((await get('doc_plain', { range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
  });

  it('tells nothing of what went wrong inside', async () => {
    for (const [id, status, code] of [
      ['doc_lost', 503, 'STORAGE_UNAVAILABLE'],
      ['doc_short', 503, 'STORAGE_UNAVAILABLE'],
      ['doc_breaks', 500, 'INTERNAL'],
    ] as const) {
      const answer = await get(id);
      expect(answer.headers.get('content-disposition')).toBeNull();
      expect(await codeOf(answer)).toEqual([status, code]);
    }
  });

  it('lets a client leave in the middle', async () => {
    const answer = await new Promise<IncomingMessage>((done) =>
      send(linkOf(downloadPath('documents', 'doc_1')), done).end(),
    );
    answer.once('data', () => answer.destroy());
    await buffer(answer).catch(() => undefined);
    expect((await get('doc_1')).status).toBe(200);
  });
});

describe('a link that does not hold', () => {
  it('gets the same bytes for every reason, in both directions', async () => {
    const down = linkOf(downloadPath('documents', 'doc_1'));
    const up = upload('upl_5');
    const expired = linkOf(downloadPath('documents', 'doc_1'));
    clock = new Date(clock.getTime() + 300_000);
    const answers = [
      await fetch(expired),
      await fetch(`${linkOf(downloadPath('documents', 'doc_1'))}&a=1`),
      await fetch(linkOf(downloadPath('documents', 'doc_1')).replace('doc_1', 'doc_2')),
      await fetch(linkOf(downloadPath('documents', 'doc_1')).replace('tok_1', 'tok_2')),
      await fetch(linkOf(downloadPath('documents', 'doc_never'))),
      await fetch(linkOf(downloadPath('documents', 'doc_1')), { headers: { authorization: 'Bearer other' } }),
      await fetch(base + downloadPath('documents', 'doc_1')),
      await fetch(down.replace(/signature=.*/, 'signature=')),
      await put(up, data),
      await put(linkOf(uploadPath('upl_never')), data),
      await put(base + uploadPath('upl_5'), data, { 'content-type': 'nonsense' }),
      await put(linkOf(downloadPath('documents', 'upl_5')).replace('documents', 'uploads'), data),
    ];
    const seen = await Promise.all(
      answers.map(async (a) =>
        JSON.stringify([
          a.status,
          { ...Object.fromEntries(a.headers), date: '', 'content-length': '' },
          (await a.text()).replace(/,"requestId":"[^"]*"/, ''),
        ]),
      ),
    );
    expect(new Set(seen).size).toBe(1);
    expect(JSON.parse(seen[0])[0]).toBe(404);
    expect(JSON.parse(JSON.parse(seen[0])[2]).errors[0].extensions.code).toBe('NOT_FOUND');
    expect(await arrived('upl_5')).toBe(false);
    // in the words of every other error
    const english = await put(base + uploadPath('upl_5'), data, { 'accept-language': 'en' });
    expect(await english.json()).toEqual({
      errors: [
        {
          message: 'The link is not valid or has expired; ask for a new one.',
          extensions: { code: 'NOT_FOUND', retryable: false, requestId: expect.any(String) },
        },
      ],
    });
  });
});

it('leaves the rest of the server as it was', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${base}/graphql`, { method: 'POST', body: '{"a":1}', headers });
  expect(await answer.json()).toEqual({ a: 1 });
  expect((await fetch(`${base}/graphql`, { method: 'POST', body: ' '.repeat(2_000), headers })).status).toBe(413);
});
