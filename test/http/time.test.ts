import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { JOB, PUBLIC } from '../../src/access/actor.js';
import { Turns } from '../../src/access/turns.js';
import { Call } from '../../src/graph/call.js';
import { obligationOf } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';
import { portOf } from './raw.js';

/** Whoever asks for parks waits as long as the test holds their table. */
const PARKS = '{ consortia(first: 1) { nodes { name parks { name } } } }';
const NAMES = '{ consortia(first: 1) { nodes { name } } }';
const BUREAU = ['CITY_BUREAU', '430400'] as const;
const BOARD = ['BOARD', '430000-2024-15'] as const;

let s: TestService;
let holder: Client;
const begin = async (options: Parameters<typeof testService>[0] = {}) => {
  s = await testService(options);
  holder = new Client({ connectionString: (s.owner.options as { url: string }).url });
  await holder.connect();
  await holder.query('BEGIN');
};
afterEach(async () => {
  await holder?.end();
  await s?.close();
});
const holdParks = () => holder.query('LOCK TABLE park IN ACCESS EXCLUSIVE MODE');

/** How many of the service's statements wait for the table or the row that the test holds. */
const waiting = async (): Promise<number> => {
  const [{ n }] = await s.owner.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return n;
};
const until = async (holds: () => Promise<boolean>, ms = 20_000) => {
  for (const end = performance.now() + ms; !(await holds()); await delay(20))
    if (performance.now() > end) throw new Error('it did not come to that');
};
const post = (token: string | null, query: string, variables = {}) =>
  fetch(`${s.base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
/** Sent and left alone: what is returned hangs up. */
const send = (token: string | null, query: string, variables = {}) => {
  const body = JSON.stringify({ query, variables });
  const socket = connect(portOf(s.base), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return () => socket.destroy();
};
const code = async (answer: Promise<Response>) => {
  const response = await answer;
  return [response.status, ((await response.json()) as any).errors?.[0].extensions.code];
};

describe('the time of a request', () => {
  it('is one for all its roots: what runs is cut off, what comes after is not begun', async () => {
    await begin({ patience: { request: 3_000 } });
    await holder.query('LOCK TABLE city IN ACCESS EXCLUSIVE MODE');
    const roots = Array.from({ length: 200 }, (_, n) => `a${n}: city(code: "430100") { name }`);
    const answer = post(s.token(...BUREAU), `{ ${roots.join(' ')} }`);
    await until(async () => (await waiting()) === 1);
    expect(await code(answer)).toEqual([200, 'QUERY_TOO_COSTLY']);
    expect(await waiting()).toBe(0);
    // the connection is as clean as any
    const pool = (s.service.source.driver as any).master;
    expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
    await holder.query('ROLLBACK');
    for (let n = 0; n < 20; n++)
      expect((await s.ask(n % 2 ? null : s.token(...BUREAU), NAMES)).data.consortia.nodes).toHaveLength(1);
  }, 60_000);

  it('ends for a change too: it is undone, and may be tried again', async () => {
    await begin({ patience: { request: 1_000 } });
    const obligation = await obligationOf(s, s.token(...BOARD), 'HALF_YEAR_SUMMARY', 2026);
    await holder.query('SELECT FROM report_obligation WHERE id = $1 FOR UPDATE', [obligation.id]);
    const mutation = `mutation ($id: ID!) { createReportDraft(input: { obligationId: $id }) { report { id } userErrors { code } } }`;
    expect(await code(post(s.token(...BOARD), mutation, { id: obligation.id }))).toEqual([200, 'UNAVAILABLE']);
    expect(await s.owner.query('SELECT id FROM report WHERE obligation_id = $1', [obligation.id])).toEqual([]);
    await holder.query('ROLLBACK');
    const again = await s.ask(s.token(...BOARD), mutation, { id: obligation.id });
    expect(again.data.createReportDraft.report.id).toBeTruthy();
  }, 60_000);
});

describe('a client that leaves', () => {
  it('leaves no query behind in the database, running or waiting for its turn', async () => {
    await begin();
    await holdParks();
    const leave = Array.from({ length: 10 }, () => send(null, PARKS));
    // the strangers' half of eight
    await until(async () => (await waiting()) === 4);
    for (const hangUp of leave) hangUp();
    await until(async () => (await waiting()) === 0);
    const pool = (s.service.source.driver as any).master;
    await until(async () => pool.totalCount === pool.idleCount);
    await holder.query('ROLLBACK');
    for (let n = 0; n < 20; n++) expect((await s.ask(null, PARKS)).errors).toBeUndefined();
  }, 60_000);

  it('has its change made to the end', async () => {
    await begin();
    const obligation = await obligationOf(s, s.token(...BOARD), 'HALF_YEAR_SUMMARY', 2026);
    await holder.query('SELECT FROM report_obligation WHERE id = $1 FOR UPDATE', [obligation.id]);
    const hangUp = send(
      s.token(...BOARD),
      `mutation ($id: ID!) { createReportDraft(input: { obligationId: $id }) { report { id } } }`,
      { id: obligation.id },
    );
    await until(async () => (await waiting()) === 1);
    hangUp();
    await delay(300);
    expect(await waiting()).toBe(1);
    // nor does a stop leave it half way
    const stopped = s.service.app.close();
    await delay(300);
    expect(await waiting()).toBe(1);
    await holder.query('ROLLBACK');
    const written = () => s.owner.query('SELECT id FROM report WHERE obligation_id = $1', [obligation.id]);
    await stopped;
    expect(await written()).toHaveLength(1);
  }, 60_000);
});

describe('shares of the connections', () => {
  it('strangers leave room for those who are signed in, and one token for the others', async () => {
    await begin();
    await holdParks();
    const strangers = Array.from({ length: 12 }, () => send(null, PARKS));
    await until(async () => (await waiting()) === 4);
    // who is signed in does not wait
    for (let n = 0; n < 5; n++) expect((await s.ask(s.token(...BUREAU), NAMES)).data.consortia).toBeTruthy();
    expect(await waiting()).toBe(4);
    for (const hangUp of strangers) hangUp();
    await until(async () => (await waiting()) === 0);
    const others = Array.from({ length: 12 }, () => send(s.token(...BUREAU), PARKS));
    await until(async () => (await waiting()) === 4);
    for (const token of [null, s.token(...BOARD)])
      for (let n = 0; n < 5; n++) expect((await s.ask(token, NAMES)).data.consortia).toBeTruthy();
    for (const hangUp of others) hangUp();
  }, 60_000);

  it('bounds what waits, prefers what is light, and asks nobody to wait who has left', async () => {
    await begin();
    const pool = new Pool({ connectionString: (s.owner.options as { url: string }).url, max: 8 });
    const turns = new Turns(pool);
    const heavy = await Promise.all([1, 2].map(() => turns.take(PUBLIC, new Call(true))));
    const order: string[] = [];
    const take = (name: string, call: Call) =>
      turns.take(PUBLIC, call).then(
        (turn) => {
          order.push(name);
          return turn;
        },
        (error) => {
          order.push(`${name} ${error.code}`);
          return undefined;
        },
      );
    const left = new Call(true);
    const [waits, leaves] = [take('heavy', new Call(true)), take('left', left)];
    // a quarter is for heavy ones, half for all
    const light = await Promise.all([1, 2].map(() => take('light', new Call())));
    left.end();
    await leaves;
    expect(order).toEqual(['light', 'light', 'left RATE_LIMITED']);
    const queue = Array.from({ length: 99 }, (_, n) => take(`${n}`, new Call()));
    await expect(turns.take(PUBLIC)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      extensions: { retryable: true, params: { retryAfter: 5 } },
    });
    // the service's own work waits for nobody's share
    (await turns.take(JOB)).give();
    order.length = 0;
    light[0]!.give();
    (await queue[0])!.give();
    heavy[0].give();
    (await waits)!.give();
    for (const turn of queue.slice(1)) (await turn)!.give();
    expect(order.slice(0, 2)).toEqual(['0', '1']);
    expect(order).toHaveLength(100);
    for (const turn of [light[1]!, heavy[1]]) turn.give();
    const all = await Promise.all([1, 2, 3, 4].map(() => turns.take(PUBLIC)));
    for (const turn of all) turn.give();
    await pool.end();
  }, 60_000);
});

describe('points a minute', () => {
  it('are counted to the token in the header, or in the link of a file', async () => {
    await begin({ env: { RATE_LIMIT_TOKEN: '40', RATE_LIMIT_ADDRESS: '3' } });
    const ask = async (token: string | null) => (await post(token, '{ __typename }')).status;
    expect([await ask(null), await ask('nonsense'), await ask(null), await ask(null)]).toEqual([200, 401, 200, 429]);
    expect(await ask(s.token(...BUREAU))).toBe(200);
    const templates = '{ reportObligations(first: 1) { nodes { templateUrl } } }';
    const { data } = (await (await post(s.token(...BOARD), templates)).json()) as any;
    const [{ templateUrl }] = data.reportObligations.nodes;
    const statuses: number[] = [];
    for (let n = 0; n < 60; n++) {
      const response = await fetch(templateUrl);
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect([statuses[0], statuses.at(-1)]).toEqual([200, 429]);
    expect((await fetch(`${templateUrl}x`)).status).toBe(429);
    expect(await ask(s.token(...BOARD))).toBe(429);
    expect(await ask(s.token(...BUREAU))).toBe(200);
  }, 60_000);
});
