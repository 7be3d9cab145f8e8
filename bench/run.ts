import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { Client } from 'pg';
import { Tokens } from '../src/access/tokens.js';
import { projectRoot } from '../src/config.js';
import { startEmbedded } from '../src/database/embedded/server.js';
import { ownedDatabase } from '../test/support/owned-database.js';
import { benchActor, tokenOf } from './actors.js';
import { type ReadCase, readCases } from './cases.js';
import { type Server, startChild } from './child.js';
import { databaseCpu, spent } from './cpu.js';
import { generate, SIZES, type Size } from './generate.js';
import { benchId } from './ids.js';
import { submitApprovePairs } from './pairs.js';
import { type Sample, summarize, table, writeReport } from './report.js';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '2100' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    /** graphql-js instead of the compiling executor, as a third server. */
    interpret: { type: 'boolean', default: false },
    /** Only the reads whose name contains this. */
    only: { type: 'string', default: '' },
    /** Folder for a processor profile of each server. */
    profile: { type: 'string' },
    /** bench/results.md, or with the size in its name where that is another. */
    out: { type: 'string' },
  },
});
const size = Number(options.size) as Size;
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
if (!SIZES.includes(size) || !(seconds >= 1 && seconds <= 60) || !(rounds >= 1 && rounds <= 20))
  throw new Error(`--size ${SIZES.join('|')} --seconds 1–60 --rounds 1–20`);
const CONNECTIONS = 8;
const POOL = 8;
const BUREAU = benchActor('CITY_BUREAU', 0);

const undo: (() => Promise<unknown>)[] = [];
try {
  await main();
} finally {
  for (let last = undo.pop(); last; last = undo.pop()) await last();
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'consortia-bench-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  let url = process.env.DATABASE_URL;
  if (!url) {
    const server = await startEmbedded(folder, () => {});
    undo.push(() => server.stop());
    url = server.ownerUrl;
  }
  process.env.TEST_DATABASE_URL = url;
  const database = await ownedDatabase();
  undo.push(() => database.drop());
  const began = performance.now();
  await generate(database.ownerUrl, size);
  console.log(`· ${size} consortia generated in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const db = new Client({ connectionString: database.ownerUrl });
  await db.connect();
  undo.push(() => db.end());

  const tokens = await Tokens.open(folder, false, () => new Date());
  const common = { url: database.ownerUrl, poolSize: POOL, dataDir: folder };
  const profile = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
  const start = async (name: string, file: string, more: object) => {
    const server = await startChild(name, file, { ...common, ...more }, profile);
    undo.push(() => server.stop());
    return server;
  };
  const ours = await start('ours', './ours.js', { interpret: false });
  const cases = (await casesOn(db, ours)).filter((c) => c.name.includes(options.only));
  const bare = await start('bare', './bare.js', { cases, actors: { CITY_BUREAU: BUREAU } });
  const others = options.interpret ? [await start('ours, interpreted', './ours.js', { interpret: true })] : [];
  const servers = [bare, ours, ...others];
  const token = await tokenOf(tokens, BUREAU);
  const requests = (server: Server, c: ReadCase, n: number) =>
    server === bare
      ? { url: `${bare.base}/${n}` }
      : {
          url: `${server.base}/graphql`,
          method: 'POST' as const,
          headers: {
            'content-type': 'application/json',
            ...(c.role === 'PUBLIC' ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({ query: c.query, variables: c.variables }),
        };

  const assertAllSame = async () => {
    // a document's second use may go another way than its first
    for (let use = 0; use < 3; use++)
      for (const [n, c] of cases.entries())
        await assertSame(
          c,
          servers.map((server) => requests(server, c, n)),
        );
  };
  await assertAllSame();
  console.log('· the servers give the same data');

  const samples: Sample[] = [];
  for (let round = 0; round <= rounds; round++)
    for (const [n, c] of cases.entries())
      for (const server of round % 2 ? [...servers].reverse() : servers) {
        const [cpu, database] = [await server.cpu(), await databaseCpu(db)];
        // the first round warms up
        const result = await autocannon({
          ...requests(server, c, n),
          connections: CONNECTIONS,
          duration: round ? seconds : Math.min(seconds, 2),
        });
        assert.equal(result.non2xx + result.errors, 0, `${server.name}: ${c.name}`);
        const total = result.requests.total;
        const databaseTime = spent(database, await databaseCpu(db));
        if (round)
          samples.push({
            case: c.name,
            server: server.name,
            perSecond: total / result.duration,
            p50: result.latency.p50,
            p99: result.latency.p99,
            serverCpu: ((await server.cpu()) - cpu) / total,
            databaseCpu: databaseTime === undefined ? undefined : databaseTime / total,
          });
      }
  await assertAllSame();
  const cities = Number((await db.query('SELECT count(*) AS n FROM city')).rows[0].n);
  // the first few warm up
  for (const most of [10, 200]) {
    const pairs = await submitApprovePairs(ours, db, tokens, cities, most);
    if (pairs && (most > 10 || size === 21)) samples.push(pairs);
  }
  const rows = summarize(samples);
  console.log(table(rows));
  const postgres = (await db.query('SHOW server_version')).rows[0].server_version;
  const out = options.out ?? join(projectRoot, `bench/results${size === 2100 ? '' : `-${size}`}.md`);
  writeReport(resolve(out), { size, seconds, postgres }, rows);
}

/** The deep page begins behind the row in the middle of the list; its cursor is fetched as a client would. */
async function casesOn(db: Client, ours: Server): Promise<ReadCase[]> {
  const steps = Math.max(1, Math.floor(size / 2 / 100));
  const first = Math.min(100, Math.ceil(size / 2));
  let cursor: string | null = null;
  for (let i = 0; i < steps; i++) {
    const response = await fetch(`${ours.base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'query ($first: Int, $after: String) { consortia(first: $first, after: $after) { pageInfo { endCursor } } }',
        variables: { first, after: cursor },
      }),
    });
    const { data, errors } = (await response.json()) as any;
    if (errors) throw new Error(JSON.stringify(errors));
    cursor = data.consortia.pageInfo.endCursor;
  }
  const { rows } = await db.query('SELECT id, list_number FROM consortium ORDER BY list_number, id OFFSET $1 LIMIT 1', [
    steps * first - 1,
  ]);
  return readCases({ cursor: cursor!, listNumber: rows[0].list_number, id: rows[0].id }, benchId('con', 7));
}

async function assertSame(c: ReadCase, requests: { url: string; [key: string]: unknown }[]): Promise<void> {
  const answers = await Promise.all(
    requests.map(async ({ url, ...init }) => (await (await fetch(url, init as RequestInit)).json()) as any),
  );
  assert(JSON.stringify(answers[0].data).length > 100, `${c.name}: an empty answer`);
  for (const { data } of answers) assert.deepEqual(data, answers[0].data, c.name);
}
