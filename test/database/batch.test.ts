import pg from 'pg';
import { ask, Batch, type Statement } from '../../src/access/batch.js';
import { named, Session } from '../../src/access/session.js';
import { Turns } from '../../src/access/turns.js';
import { servingDataSource } from '../../src/database/data-source.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
let client: pg.Client;
let answers = 0;
beforeAll(async () => {
  s = await testService();
  client = new pg.Client({ connectionString: url() });
  await client.connect();
  (client as any).connection.on('readyForQuery', () => answers++);
});
afterAll(async () => {
  await client?.end();
  await s?.close();
});

const url = () => (s.owner.options as { url: string }).url;
const run = async (...statements: [Statement, ...unknown[]][]) => {
  const batch = new Batch(statements.map(([statement, ...values]) => ask(statement, values)));
  answers = 0;
  client.query(batch);
  const failure = await batch.done.then(
    () => undefined,
    (error) => error as pg.DatabaseError,
  );
  return { results: batch.results, failure };
};

describe('a batch', () => {
  it('answers all its statements at once, typed or plain', async () => {
    const typed = named('SELECT $1::int AS n, NULL AS nothing, \'{"a":1}\'::jsonb AS j, generate_series(1, 2) AS i');
    const plain: Statement = { ...named('SELECT $1::text'), plain: true };
    const empty = named('SELECT 1 WHERE FALSE');
    for (let use = 0; use < 2; use++) {
      const { results, failure } = await run([typed, 7], [empty], [plain, '长沙 "\\'], [plain, null]);
      expect(failure).toBeUndefined();
      const row = { n: 7, nothing: null, j: { a: 1 } };
      expect(results).toEqual([
        [
          { ...row, i: 1 },
          { ...row, i: 2 },
        ],
        [],
        [{ r: '长沙 "\\' }],
        [{ r: null }],
      ]);
      expect(answers).toBe(1);
    }
  });

  it('is one transaction: what went before a failure is undone, what stands behind it is not run', async () => {
    await client.query('CREATE TEMPORARY TABLE batched (n int)');
    const insert = named('INSERT INTO batched VALUES ($1)');
    const { results, failure } = await run([insert, 1], [named('SELECT 1 / $1::int'), 0], [insert, 2]);
    expect(failure?.code).toBe('22012');
    expect(results).toEqual([[]]);
    expect((await client.query('SELECT n FROM batched')).rows).toEqual([]);
    await run([insert, 3], [insert, 4]);
    expect((await client.query('SELECT n FROM batched')).rows).toEqual([{ n: 3 }, { n: 4 }]);
  });

  it('knows after a failure which of its statements PostgreSQL has prepared', async () => {
    const [before, wrong, after] = [named('SELECT 11 AS n'), named('SELECT nothing'), named('SELECT 12 AS n')];
    for (let use = 0; use < 2; use++) expect((await run([before], [wrong], [after])).failure?.code).toBe('42703');
    expect((await run([before], [after])).results).toEqual([[{ n: 11 }], [{ n: 12 }]]);
    const { rows } = await client.query('SELECT name FROM pg_prepared_statements');
    const prepared = rows.map(({ name }) => name);
    expect(prepared).toEqual(expect.arrayContaining([before.name, after.name]));
    expect(prepared).not.toContain(wrong.name);
  });

  it('keeps so many statements prepared on a connection, the latest ones', async () => {
    const statements = Array.from({ length: 600 }, (_, n) => named(`SELECT ${n} AS n`));
    for (const [n, statement] of statements.entries())
      expect((await run([statements[0]], [statement])).results).toEqual([[{ n: 0 }], [{ n }]]);
    const { rows } = await client.query('SELECT name FROM pg_prepared_statements');
    expect(rows.length).toBeLessThanOrEqual(502);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([0, 101, 599].map((n) => statements[n].name)));
    expect((await run([statements[50]])).results).toEqual([[{ n: 50 }]]);
  });
});

describe('a connection of requests', () => {
  it('begins as a role that sees nothing, and reads only, whatever options its address has', async () => {
    const address = new URL(url());
    address.searchParams.set('options', '-c default_transaction_read_only=off -c statement_timeout=0');
    const source = await servingDataSource({ url: address.href, entities: [], poolSize: 1 }).initialize();
    const [found] = await source.query(
      `SELECT current_user AS role, current_setting('transaction_read_only') AS reads, current_setting('transaction_isolation') AS sees, current_setting('statement_timeout') AS within`,
    );
    await source.destroy();
    expect(found).toEqual({ role: 'iec_login', reads: 'on', sees: 'repeatable read', within: '30s' });
  });
});

describe('a session', () => {
  const actor = () => s.actor('BOARD', '430000-2024-06');
  const wrong = { text: 'SELECT 1 / 0' };

  it('takes nothing more behind its last statement, where no role is set any more', async () => {
    const session = s.service.door.read(actor());
    await session.query({ text: 'SELECT 1' }, [], true);
    await expect(session.query({ text: 'SELECT current_user' })).rejects.toThrow('ended');
    await session.end('commit');
  });

  it('says to all that follow what went wrong first', async () => {
    const session = s.service.door.read(actor());
    const answers = await Promise.allSettled([wrong, { text: 'SELECT 1' }].map((text) => session.query(text)));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { extensions: { code: 'BAD_USER_INPUT' } } });
    await session.end('commit');
  });

  it('commits no write of which a part failed, whoever looked away', async () => {
    const { committed } = s.service.door;
    const writing = s.service.door.writing(actor(), async (tx) => {
      await tx.query('SELECT 1');
      await tx.query(wrong.text).catch(() => {});
    });
    await expect(writing).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(s.service.door.committed).toBe(committed);
  });

  it('commits no write of a token that does not hold', async () => {
    const gone = { ...actor(), tokenId: 'tok_'.padEnd(36, '0') };
    const writing = s.service.door.writing(gone, async (tx) => {
      await tx.query('SELECT 1').catch(() => {});
    });
    await expect(writing).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });

  it('runs what is asked at once in line, as one picture', async () => {
    const session = s.service.door.read(s.actor('PROVINCE'));
    const picture = { text: 'SELECT pg_sleep(0.02), $1::int AS n, pg_current_snapshot()::text AS seen' };
    const rows = (await Promise.all([1, 2, 3, 4].map((n) => session.query(picture, [n])))).flat();
    expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    expect(new Set(rows.map(({ seen }) => seen)).size).toBe(1);
    await session.end('commit');
    await expect(session.query(picture, [5])).rejects.toThrow('ended');
  });
});

describe('a session of one statement', () => {
  const AS = { text: "SELECT current_user AS role, current_setting('app.city_id', true) AS city" };

  it.each([
    ['answers', AS],
    ['fails', { text: 'SELECT 1 / 0' }],
  ])('leaves nothing of its actor on the connection when it %s', async (_, statement) => {
    const source = await servingDataSource({ url: url(), entities: [], poolSize: 1 }).initialize();
    const { master } = source.driver as any;
    const actor = s.actor('CITY_BUREAU', '430400');
    const session = new Session(new Turns(master), actor, 'read', () => s.clock.now);
    const answer = session.query(statement, [], true);
    if (statement === AS) expect(await answer).toEqual([{ role: 'iec_bureau', city: actor.cityId }]);
    else await expect(answer).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    await session.end('commit');
    expect((await source.query(AS.text))[0]).toEqual({ role: 'iec_login', city: '' });
    await source.destroy();
  });

  it.each([true, false])('reads, and writes nothing (last: %s)', async (last) => {
    const actor = s.actor('BOARD', '430000-2024-06');
    const insert = {
      text: "INSERT INTO upload SELECT 'upl_' || md5('x'), province_id, city_id, consortium_id, token_id, file_name, byte_size, sha256, storage_key, created_at, expires_at, received_at FROM upload",
    };
    await s.service.door.writing(actor, (tx) => tx.query(insert.text));
    const reading = s.service.door.reading(actor, ({ session }) => session.query(insert, [], last));
    // read_only_sql_transaction
    await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
