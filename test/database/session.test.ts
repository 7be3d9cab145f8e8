import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { JOB, PUBLIC } from '../../src/access/actor.js';
import { Session } from '../../src/access/session.js';
import { Turns } from '../../src/access/turns.js';
import { Upload } from '../../src/reports/upload.entity.js';
import { change, obligationOf } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const list = () => s.ask(null, '{ consortia(first: 1) { totalCount } }');

describe('the session', () => {
  it('gives back no connection that broke: the next request has a good one', async () => {
    expect((await list()).data.consortia.totalCount).toBe(21);
    const actor = s.actor('BOARD', '430000-2024-06');
    const pending = s.service.door.reading(actor, ({ session }) => session.query({ text: 'SELECT pg_sleep(20)' }));
    const broken = expect(pending).rejects.toThrow();
    await delay(200);
    const admin = new Client({
      connectionString: s.owner.options.type === 'postgres' ? (s.owner.options.url as string) : '',
    });
    await admin.connect();
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    await admin.end();
    await broken;
    for (let i = 0; i < 20; i++) expect((await list()).data.consortia.totalCount).toBe(21);
  });

  it('asks once more on a fresh connection, when all had broken before anything was answered', async () => {
    const admin = new Client({ connectionString: s.owner.options.type === 'postgres' ? s.owner.options.url : '' });
    await admin.connect();
    const query = '{ a: consortia(first: 1) { totalCount } b: consortia(first: 2) { totalCount nodes { id } } }';
    for (let round = 0; round < 5; round++) {
      await Promise.all([list(), list(), list()]);
      await admin.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      const answers = await Promise.all([list(), s.ask(null, query), s.ask(s.token('PROVINCE'), query)]);
      for (const { errors } of answers) expect(errors).toBeUndefined();
    }
    await admin.end();
  });

  it('says that the database is not available, when no connection is free in time or none can be had', async () => {
    const connectionString = s.owner.options.type === 'postgres' ? (s.owner.options.url as string) : '';
    const refused = async (pool: Pool) => {
      const session = new Session(new Turns(pool), PUBLIC, 'read', () => s.clock.now);
      const first = await session.query({ text: 'SELECT 1' }).catch((error) => error);
      expect(first).toMatchObject({ code: 'UNAVAILABLE', extensions: { retryable: true } });
      // the first failure is the session's, also for whoever asks after it
      expect(await session.query({ text: 'SELECT 1' }, [], true).catch((error) => error)).toBe(first);
      expect(session.statements).toBeGreaterThan(0);
      await session.end('rollback');
    };
    const full = new Pool({ connectionString, max: 1, connectionTimeoutMillis: 100 });
    const taken = await full.connect();
    await refused(full);
    taken.release();
    await full.end();
    const nowhere = new Pool({ connectionString: 'postgres://u@127.0.0.1:1/x' });
    await refused(nowhere);
    await nowhere.end();
  });

  it('says so too when the connection breaks behind the last statement', async () => {
    const session = s.service.door.read(PUBLIC);
    const [{ pid }] = await session.query({ text: 'SELECT pg_backend_pid() AS pid' });
    await s.owner.query('SELECT pg_terminate_backend($1)', [pid]);
    await delay(100);
    await expect(session.end('commit')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await list()).data.consortia.totalCount).toBe(21);
  });

  it('lets nobody wait long for a row that somebody else holds, nor others for those who wait', async () => {
    const holder = new Client({ connectionString: s.owner.options.type === 'postgres' ? s.owner.options.url : '' });
    await holder.connect();
    const obligation = await obligationOf(s, s.token('BOARD', '430000-2024-15'), 'HALF_YEAR_SUMMARY', 2026);
    await holder.query('BEGIN');
    await holder.query('SELECT FROM report_obligation WHERE id = $1 FOR UPDATE', [obligation.id]);
    const began = performance.now();
    const waiting = Array.from({ length: 10 }, () =>
      change(s, s.token('BOARD', '430000-2024-15'), 'createReportDraft', { obligationId: obligation.id }).catch(
        ({ code }) => code,
      ),
    );
    await delay(200);
    expect((await list()).data.consortia.totalCount).toBe(21);
    // whoever waits for the row, and whoever waits for the token's share of connections
    for (const code of await Promise.all(waiting)) expect(code).toMatch(/^(UNAVAILABLE|RATE_LIMITED)$/);
    expect(performance.now() - began).toBeLessThan(25_000);
    await holder.query('ROLLBACK');
    await holder.end();
  }, 40_000);

  it('tries a deadlock again, from a new transaction, until both have written', async () => {
    const actor = s.actor('BOARD', '430000-2024-06');
    const ids = ['upl_'.padEnd(36, '1'), 'upl_'.padEnd(36, '2')];
    const { provinceId, cityId, consortiumId, tokenId } = actor as unknown as Upload;
    await s.service.door.writing(actor, async (tx) => {
      for (const id of ids)
        await tx.insert(Upload, {
          id,
          provinceId,
          cityId,
          consortiumId,
          tokenId,
          fileName: 'a',
          byteSize: 1,
          sha256: 'x',
          storageKey: `uploads/${id}`,
          createdAt: tx.now,
          expiresAt: tx.now,
        });
    });
    let attempts = 0;
    const write = (order: string[]) =>
      s.service.door.writing(JOB, async (tx) => {
        attempts++;
        for (const id of order) {
          await tx.update(Upload, { id }, { receivedAt: tx.now });
          await delay(attempts <= 2 ? 300 : 0);
        }
      });
    await Promise.all([write(ids), write([...ids].reverse())]);
    expect(attempts).toBe(3);
  });

  it('keeps nothing of a change whose transaction did not commit', async () => {
    const actor = s.actor('BOARD', '430000-2024-06');
    const before = await s.owner.query('SELECT count(*) FROM upload');
    await expect(
      s.service.door.writing(actor, async (tx) => {
        await tx
          .query(
            "INSERT INTO upload SELECT 'upl_' || md5('x'), province_id, city_id, consortium_id, token_id, file_name, byte_size, sha256, storage_key, created_at, expires_at, received_at FROM upload LIMIT 1",
          )
          .catch(() => {});
        throw new Error('the process changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(await s.owner.query('SELECT count(*) FROM upload')).toEqual(before);
  });
});
