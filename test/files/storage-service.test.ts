import { randomBytes } from 'node:crypto';
import { ConfigError, readConfig } from '../../src/config.js';
import { FileLinks } from '../../src/files/links.js';
import { openStorage } from '../../src/files/open-storage.js';
import { UrlSigner } from '../../src/files/signing.js';
import { sha256 } from '../support/files.js';
import { change, obligationOf } from '../support/reports.js';
import { s3Server } from '../support/s3.js';
import { type TestService, testService } from '../support/service.js';
import { folder, wordParts, zipOf } from './samples.js';
import { put } from './storage-fixture.js';

const CODE = '430000-2024-06';
const PAGE = 'https://page.example.cn';
const LIMIT = 30_000_000;
/** A picture makes it large: two parts. */
const large = await zipOf({ ...wordParts(), 'word/media/image1.png': randomBytes(9_000_000) }, false);
const s3 = await s3Server();
const data = await folder();
afterAll(() => s3.close());

const UPLOAD = 'id url headers { name value } parts { number start end url } expiresAt';
type Ticket = { id: string; url: string; parts: { number: number; start: number; end: number; url: string }[] };

describe.each(['local', 's3'] as const)('the whole service: %s', (kind) => {
  let s: TestService;
  let board: string;
  let report: { id: string; version: number };
  beforeAll(async () => {
    const env = { ALLOWED_ORIGINS: PAGE, MAX_UPLOAD_BYTES: String(LIMIT), ...(kind === 's3' && s3.env) };
    s = await testService({ now: new Date(), env });
    board = s.token('BOARD', CODE);
    const year = new Date().getFullYear();
    const obligation = await obligationOf(s, board, 'ANNUAL_WORK_PLAN', year);
    ({ report } = await change(s, board, 'createReportDraft', { obligationId: obligation.id }));
  });
  afterAll(() => s.close());

  const announce = async (bytes: Buffer): Promise<Ticket> => {
    const input = { fileName: '计划.docx', byteSize: bytes.length, sha256: sha256(bytes) };
    const { upload } = await change(s, board, 'createUpload', input, `upload { ${UPLOAD} } userErrors { code }`);
    return upload;
  };
  const sendParts = async ({ parts }: Ticket, bytes: Buffer, left: number[] = []) => {
    for (const { number, start, end, url } of parts)
      if (!left.includes(number)) expect(await put(url, bytes.subarray(start, end + 1))).toBeLessThan(300);
  };
  const attach = async (uploadId: string) => {
    const answer = await change(
      s,
      board,
      'attachReportDocument',
      { reportId: report.id, expectedVersion: report.version, kind: 'WORD', uploadId },
      'report { id version } document { byteSize sha256 downloadUrl } userErrors { code path }',
    );
    report = answer.report;
    return answer;
  };

  it('takes a file in parts from the announcement to the download', async () => {
    const ticket = await announce(large);
    expect(ticket.parts.map(({ number }) => number)).toEqual([1, 2]);
    for (const { url } of [ticket, ...ticket.parts])
      expect(new URL(url).origin).toBe(kind === 's3' ? s3.config.endpoint : s.base);
    await sendParts(ticket, large, [2]);
    expect((await attach(ticket.id)).userErrors).toEqual([{ code: 'UPLOAD_INCOMPLETE', path: ['uploadId'] }]);
    await sendParts(ticket, large, [1]);
    const { userErrors, document } = await attach(ticket.id);
    expect([userErrors, document.byteSize, document.sha256]).toEqual([[], large.length, sha256(large)]);
    const whole = await fetch(document.downloadUrl);
    expect(Buffer.from(await whole.arrayBuffer()).equals(large)).toBe(true);
    const range = { range: 'bytes=8388600-8388615' };
    const part = await fetch(document.downloadUrl, { headers: range });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(large.subarray(8_388_600, 8_388_616))).toBe(true);
  });

  it('says when the bytes are others, and when there is too much of them', async () => {
    const ticket = await announce(large);
    await sendParts(ticket, randomBytes(large.length));
    expect((await attach(ticket.id)).userErrors).toEqual([{ code: 'UPLOAD_MISMATCH', path: ['uploadId'] }]);
    const input = { fileName: 'a.docx', byteSize: LIMIT + 1, sha256: sha256(large) };
    const fields = 'upload { id } userErrors { code path params { name value } }';
    const { userErrors } = await change(s, board, 'createUpload', input, fields);
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['byteSize'] }]);
    expect(userErrors[0].params).toContainEqual({ name: 'max', value: String(LIMIT) });
  });

  it('attaches nothing that may be swept at any moment', async () => {
    const ticket = await announce(large);
    await sendParts(ticket, large);
    const { now } = s.clock;
    s.clock.now = new Date(now.getTime() + 23 * 3_600_000 + 1_000);
    const { userErrors } = await attach(ticket.id);
    s.clock.now = now;
    expect(userErrors).toEqual([{ code: 'UPLOAD_INCOMPLETE', path: ['uploadId'] }]);
    expect((await attach(ticket.id)).userErrors).toEqual([]);
  });

  it('lets pages of the allowed origins send and fetch', async () => {
    for (const [origin, allowed] of [
      [PAGE, PAGE],
      ['https://other.example.cn', null],
    ] as const) {
      const headers = {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      };
      const preflight = await fetch(`${s.base}/files/uploads/upl_1`, { method: 'OPTIONS', headers });
      expect(preflight.status === 204).toBe(allowed !== null);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed);
      if (allowed) expect(preflight.headers.get('access-control-allow-methods')).toMatch(/GET.*PUT/);
      const answer = await fetch(`${s.base}/files/documents/doc_1`, { headers: { origin } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, allowed]);
    }
  });

  if (kind === 's3') {
    it('has no route of its own for uploads', async () => {
      expect(await put(`${s.base}/files/uploads/upl_1?token=x`, large)).toBe(404);
    });

    it('is unavailable within seconds while the store is stopped, and works again after', async () => {
      const ticket = await announce(large);
      await sendParts(ticket, large);
      const attached = await attach(ticket.id);
      const next = await announce(large);
      await sendParts(next, large);
      await s3.stop();
      const started = Date.now();
      const input = { reportId: report.id, expectedVersion: report.version, kind: 'WORD', uploadId: next.id };
      const query =
        'mutation ($input: AttachReportDocumentInput!) { attachReportDocument(input: $input) { userErrors { code } } }';
      const { data: nothing, errors } = await s.ask(board, query, { input });
      expect(nothing).toEqual({ attachReportDocument: null });
      expect(errors?.[0].message).toBe('文件存储暂时不可用，请稍后重试。');
      expect(errors?.[0].extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      const download = await fetch(attached.document.downloadUrl);
      expect([download.status, download.headers.get('retry-after')]).toEqual([503, '30']);
      expect(((await download.json()) as any).errors[0].extensions.code).toBe('STORAGE_UNAVAILABLE');
      expect(Date.now() - started).toBeLessThan(8_000);
      await s3.start();
      expect((await attach(next.id)).userErrors).toEqual([]);
    });
  }
});

describe('the configuration', () => {
  const at = (env: Record<string, string>) => readConfig({ ...env });

  it('is local unless a bucket is named, and needs all that belongs to one', () => {
    expect(at({}).s3).toBeNull();
    expect(at({}).maxUploadBytes).toBe(52_428_800);
    expect(at(s3.env).s3).toEqual(s3.config);
    const outside = at({ ...s3.env, S3_PUBLIC_ENDPOINT: 'https://files.example.cn/', S3_REGION: 'cn-south-1' });
    expect(outside.s3).toMatchObject({ publicEndpoint: 'https://files.example.cn', region: 'cn-south-1' });
    expect(at({ ALLOWED_ORIGINS: ' https://a.cn , http://b.cn:8080' }).allowedOrigins).toEqual([
      'https://a.cn',
      'http://b.cn:8080',
    ]);
  });

  it.each([
    [{ S3_BUCKET: 'consortia' }, 'S3_ENDPOINT'],
    [{ S3_ENDPOINT: 'http://127.0.0.1:9000' }, 'S3_BUCKET'],
    [{ ...s3.env, S3_ENDPOINT: 'ftp://x' }, 'S3_ENDPOINT'],
    [{ ...s3.env, S3_PUBLIC_ENDPOINT: 'x' }, 'S3_PUBLIC_ENDPOINT'],
    [{ ...s3.env, S3_BUCKET: 'No Bucket' }, 'S3_BUCKET'],
    [{ MAX_UPLOAD_BYTES: '0' }, 'MAX_UPLOAD_BYTES'],
    [{ MAX_UPLOAD_BYTES: '52428801' }, 'MAX_UPLOAD_BYTES'],
    [{ ALLOWED_ORIGINS: 'https://a.cn/' }, 'ALLOWED_ORIGINS'],
    [{ ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS'],
  ])('refuses %j in one sentence', (env, name) => {
    expect(() => at(env)).toThrow(ConfigError);
    expect(() => at(env)).toThrow(new RegExp(`${name}.*[。].* ${name}|${name}.*。.*`));
  });

  it('is refused at the start when the bucket can not be used, with what to do', async () => {
    const links = new FileLinks(new UrlSigner(randomBytes(32)));
    const open = async (env: Record<string, string>) =>
      openStorage({ ...at(env), dataDir: data }, links, () => new Date());
    await expect(open({ ...s3.env, S3_BUCKET: 'another' })).rejects.toThrow(/存储桶 another.*S3_BUCKET.*create it/);
    await expect(open({ ...s3.env, S3_ENDPOINT: 'http://127.0.0.1:9' })).rejects.toThrow(/无法连接.*S3_ENDPOINT/);
    await expect(open({ ...s3.env, S3_ACCESS_KEY_ID: 'nobody' })).rejects.toThrow(/拒绝访问.*S3_ACCESS_KEY_ID/);
    (await open(s3.env)).close();
  });
});
