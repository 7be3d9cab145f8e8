import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { ApiError } from '../../src/graph/errors.js';
import { upload } from '../support/files.js';
import { change, readyDraft } from '../support/reports.js';
import { s3Server } from '../support/s3.js';
import { type TestService, testService } from '../support/service.js';
import { wordParts, zipOf } from './samples.js';

const YEAR = new Date().getFullYear();
/** Many chunks, so that its middle is a place. */
const large = await zipOf({ ...wordParts(), 'word/media/image1.png': randomBytes(9_000_000) }, false);
const s3 = await s3Server();
afterAll(() => s3.close());

type Heard = { status: number; retryAfter?: string; type?: string; bytes: number; whole: boolean; code?: string };

/** What a client hears that reads to the end; `meanwhile` happens once the first bytes are there, while it does not read on. */
const hear = (url: string, meanwhile?: () => Promise<unknown>): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const hearing = get(url, (answer: IncomingMessage) => {
      const pieces: Buffer[] = [];
      let begun = false;
      answer.on('data', (piece) => {
        pieces.push(piece);
        if (begun || !meanwhile) return;
        begun = true;
        answer.pause();
        meanwhile().then(() => answer.resume(), reject);
      });
      answer.on('error', () => {});
      answer.on('close', () => {
        const body = Buffer.concat(pieces);
        const type = answer.headers['content-type'];
        resolve({
          status: answer.statusCode!,
          retryAfter: answer.headers['retry-after'],
          type,
          bytes: body.length,
          whole: answer.complete,
          code: type?.includes('json') ? JSON.parse(body.toString()).errors[0].extensions.code : undefined,
        });
      });
    });
    hearing.on('error', reject);
  });

const SAID = {
  status: 503,
  retryAfter: '30',
  whole: true,
  code: 'STORAGE_UNAVAILABLE',
  type: 'application/json; charset=utf-8',
};

describe.each(['local', 's3'] as const)('an outage of the store: %s', (kind) => {
  let s: TestService;
  /** Storage keys in the order of the archive; the third is the large one. */
  let keys: string[];
  const kept = new Map<string, Buffer>();

  beforeAll(async () => {
    s = await testService({ now: new Date(), env: kind === 's3' ? s3.env : {} });
    for (const [code, city] of [
      ['430000-2024-01', '430100'],
      ['430000-2024-06', '430400'],
    ]) {
      const board = s.token('BOARD', code);
      let report = await readyDraft(s, code, 'ANNUAL_WORK_PLAN', YEAR);
      const on = () => ({ reportId: report.id, expectedVersion: report.version });
      const step = async (token: string, name: string, more: object = {}) => {
        const { userErrors, report: next } = await change(s, token, name, { ...on(), ...more });
        expect(userErrors).toEqual([]);
        report = next ?? { ...report, version: report.version + 1 };
      };
      if (city === '430400')
        await step(board, 'attachReportDocument', {
          kind: 'WORD',
          uploadId: await upload(s, board, '计划.docx', large),
        });
      await step(board, 'submitReport');
      await step(s.token('CITY_BUREAU', city), 'approveReport');
      await step(s.token('PROVINCE'), 'acceptReport');
    }
    const rows = await s.owner.query(
      'SELECT d.storage_key k FROM report_document d JOIN report_revision r ON r.id = d.revision_id JOIN city c ON c.id = d.city_id WHERE r.number = 1 ORDER BY c.code, d.kind DESC',
    );
    keys = rows.map(({ k }: { k: string }) => k);
    for (const key of keys) {
      const { stream } = await s.service.storage.open(key);
      kept.set(key, Buffer.concat(await stream.toArray()));
    }
    expect(kept.get(keys[2])!.equals(large)).toBe(true);
  }, 120_000);
  afterAll(() => s.close());
  afterEach(async () => {
    for (const [key, bytes] of kept) await s.service.storage.put(key, bytes);
  });

  const archive = async () =>
    (await change(s, s.token('PROVINCE'), 'requestReportArchive', { year: YEAR }, 'url userErrors { code }')).url;
  const document = async (n: number) => {
    const { data } = await s.ask(
      s.token('PROVINCE'),
      'query { reports(first: 100) { nodes { currentRevision { documents { sha256 downloadUrl } } } } }',
    );
    const [{ sha256 }] = await s.owner.query('SELECT sha256 FROM report_document WHERE storage_key = $1', [keys[n]]);
    return data.reports.nodes
      .flatMap((report: any) => report.currentRevision?.documents ?? [])
      .find((one: any) => one.sha256 === sha256).downloadUrl as string;
  };
  const damages: [string, (key: string) => Promise<void>][] = [
    ['deleted', (key) => s.service.storage.remove(key)],
    ['truncated', (key) => s.service.storage.put(key, kept.get(key)!.subarray(0, -100))],
    ['longer', (key) => s.service.storage.put(key, Buffer.concat([kept.get(key)!, Buffer.alloc(100)]))],
    ['another of the same size', (key) => s.service.storage.put(key, randomBytes(kept.get(key)!.length))],
  ];

  it('is none: everything comes as it was', async () => {
    for (const n of keys.keys()) {
      const heard = await hear(await document(n));
      expect(heard).toMatchObject({ status: 200, whole: true, bytes: kept.get(keys[n])!.length });
    }
    expect(await hear(await archive())).toMatchObject({ status: 200, whole: true, type: 'application/zip' });
  });

  it.each(damages)('a file that is %s is no answer that looks whole', async (_, damage) => {
    await damage(keys[0]);
    const [single, zip] = [await hear(await document(0)), await hear(await archive())];
    // nothing was sent yet: in words
    expect(single).toMatchObject(SAID);
    expect(zip).toMatchObject(SAID);
    await s.service.storage.put(keys[0], kept.get(keys[0])!);
    // in the middle of an archive, and the last of it
    for (const n of [1, 3]) {
      await damage(keys[n]);
      expect(await hear(await archive())).toMatchObject({ status: 200, whole: false, type: 'application/zip' });
      await s.service.storage.put(keys[n], kept.get(keys[n])!);
    }
    await damage(keys[2]);
    const heard = await hear(await document(2));
    if (heard.status === 200) expect(heard.whole).toBe(false);
    else expect(heard).toMatchObject(SAID);
    expect(await hear(await archive())).toMatchObject({ status: 200, whole: false });
  });

  it('that begins in the middle of a download breaks it off', async () => {
    const outage = async () => {
      if (kind === 's3') return s3.stop();
      // as a disk does that goes: what is open is cut short
      const { truncate } = await import('node:fs/promises');
      const { path } = await s.service.storage.local(keys[2]);
      await truncate(path, 100_000);
    };
    const back = async () => {
      if (kind === 's3') await s3.stop().then(s3.start);
      else await s.service.storage.put(keys[2], large);
    };
    for (const url of [await document(2), await archive()]) {
      await back();
      const heard = await hear(url, outage);
      expect(heard).toMatchObject({ status: 200, whole: false });
      expect(heard.bytes).toBeLessThan(large.length);
      await back();
    }
    expect(await hear(await document(2))).toMatchObject({ status: 200, whole: true });
  });

  it('is told to whoever knows no chunks: the connection is reset, not ended', async () => {
    await s.service.storage.remove(keys[3]);
    const url = new URL(await archive());
    const end = await new Promise<string>((resolve) => {
      const socket = connect(Number(url.port), url.hostname, () =>
        socket.write(`GET ${url.pathname}${url.search} HTTP/1.0\r\nHost: ${url.host}\r\n\r\n`),
      );
      socket.resume();
      socket.on('end', () => resolve('ended'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!));
    });
    expect(end).toBe('ECONNRESET');
  });

  if (kind === 's3')
    it('of all of it is said in words, for a file, a part of it and an archive', async () => {
      const urls = [await document(2), await archive()];
      await s3.stop();
      for (const url of urls) expect(await hear(url)).toMatchObject(SAID);
      const part = await fetch(urls[0], { headers: { range: 'bytes=0-9' } });
      expect([part.status, part.headers.get('content-range')]).toEqual([503, null]);
      await s3.start();
    });
  else {
    it('of a folder that can not be read is one too, and told as UNAVAILABLE in GraphQL', async () => {
      const board = s.token('BOARD', '430000-2024-07');
      const draft = await readyDraft(s, '430000-2024-07', 'ANNUAL_WORK_PLAN', YEAR);
      const uploadId = await upload(s, board, '计划.docx', large);
      const { rename, writeFile, rm } = await import('node:fs/promises');
      const files = `${s.dataDir}/files`;
      const url = await document(0);
      await rename(files, `${files}-gone`);
      await writeFile(files, '');
      try {
        expect(await hear(url)).toMatchObject(SAID);
        const announced = await s.ask(
          board,
          'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { url } } }',
          { input: { fileName: 'a.docx', byteSize: 3, sha256: '0'.repeat(64) } },
        );
        const sent = await fetch(announced.data.createUpload.upload.url, { method: 'PUT', body: 'abc' });
        expect([sent.status, ((await sent.json()) as any).errors[0].extensions.code]).toEqual([
          503,
          'STORAGE_UNAVAILABLE',
        ]);
      } finally {
        await rm(files);
        await rename(`${files}-gone`, files);
      }
      const input = { reportId: draft.id, expectedVersion: draft.version, kind: 'WORD', uploadId };
      expect((await change(s, board, 'attachReportDocument', input)).userErrors).toEqual([]);
    });

    it('whose token ends between two looks at a link is the link’s 404', async () => {
      const board = s.token('BOARD', '430000-2024-06');
      const { door } = s.service;
      const { reading } = door;
      const ticket = await change(
        s,
        board,
        'createUpload',
        { fileName: 'a.pdf', byteSize: 3, sha256: '0'.repeat(64) },
        'upload { id url }',
      );
      const { data } = await s.ask(
        board,
        'query { reports { nodes { currentRevision { receipts { downloadUrl } documents { downloadUrl } } } } reportObligations { nodes { templateUrl } } }',
      );
      const [{ currentRevision }] = data.reports.nodes;
      const [obligation] = data.reportObligations.nodes;
      const links: [string, string, string][] = [
        ['BOARD', ticket.upload.url, 'PUT'],
        ['BOARD', currentRevision.receipts[0].downloadUrl, 'GET'],
        ['BOARD', currentRevision.documents[0].downloadUrl, 'GET'],
        ['BOARD', obligation.templateUrl, 'GET'],
        ['PROVINCE', await archive(), 'GET'],
        ['PROVINCE', await document(0), 'GET'],
      ];
      const ends: [string, (id: string) => Promise<() => Promise<unknown>>][] = [
        [
          'revoked',
          async (id) => {
            await s.owner.query('UPDATE access_token SET revoked_at = now() WHERE id = $1', [id]);
            return async () => {
              await s.owner.query('ALTER TABLE access_token DISABLE TRIGGER guard_token');
              await s.owner.query('UPDATE access_token SET revoked_at = NULL WHERE id = $1', [id]);
              await s.owner.query('ALTER TABLE access_token ENABLE ALWAYS TRIGGER guard_token');
            };
          },
        ],
        [
          'expired',
          async (id) => {
            const [{ expires_at: before }] = await s.owner.query('SELECT expires_at FROM access_token WHERE id = $1', [
              id,
            ]);
            await s.owner.query('UPDATE access_token SET expires_at = created_at WHERE id = $1', [id]);
            return () => s.owner.query('UPDATE access_token SET expires_at = $2 WHERE id = $1', [id, before]);
          },
        ],
      ];
      for (const [role, url, method] of links)
        for (const [how, end] of ends) {
          const id = s.actor(role, role === 'BOARD' ? '430000-2024-06' : undefined).tokenId!;
          let undo: (() => Promise<unknown>) | undefined;
          door.reading = async (actor, work) => {
            const seen = await reading.call(door, actor, work);
            undo ??= await end(id);
            return seen as never;
          };
          const answer = await fetch(url, { method, ...(method === 'PUT' && { body: 'abc' }) });
          door.reading = reading;
          await undo!();
          const said = (await answer.json()) as any;
          expect([url, how, answer.status, said.errors[0].extensions.code]).toEqual([url, how, 404, 'NOT_FOUND']);
        }
    });

    it('of the database, while a link is looked at, is a 503 and no 500', async () => {
      const { door } = s.service;
      const { reading } = door;
      const url = await document(0);
      for (const code of ['UNAVAILABLE', 'QUERY_TOO_COSTLY'] as const) {
        door.reading = async () => {
          throw new ApiError(code);
        };
        const heard = await hear(url);
        door.reading = reading;
        expect(heard).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      }
    });
  }
});
