import type { Client } from 'pg';
import type { Tokens } from '../src/access/tokens.js';
import { benchActor, tokenOf } from './actors.js';
import type { Server } from './child.js';
import { databaseCpu, median, spent } from './cpu.js';
import type { Sample } from './report.js';

const MOST = 200;
const CONCURRENT = 4;
const CHANGE = (name: string) =>
  `mutation ($input: ${name[0].toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { report { id version state } userErrors { code message } } }`;

/** Boards submit ready drafts and their bureaus approve them; each draft serves once. */
export async function submitApprovePairs(
  server: Server,
  db: Client,
  tokens: Tokens,
  cities: number,
  skip: number,
): Promise<Sample | undefined> {
  const { rows: drafts } = await db.query<{ id: string; version: number; n: number; city: number }>(
    `SELECT r.id, r.version, substr(t.label, 6)::int AS n, substr(b.label, 12)::int AS city
     FROM report r JOIN access_token t ON t.consortium_id = r.consortium_id AND t.role = 'BOARD' JOIN access_token b ON b.city_id = r.city_id AND b.role = 'CITY_BUREAU'
     WHERE r.state = 'DRAFT' AND r.province_id = $1 ORDER BY r.queued_at, r.id LIMIT $2`,
    [benchActor('PROVINCE').provinceId, Math.min(MOST, skip)],
  );
  if (!drafts.length) return undefined;
  const jobs = await Promise.all(
    drafts.map(async ({ id, version, n, city }) => ({
      id,
      version,
      board: await tokenOf(tokens, benchActor('BOARD', n, cities)),
      bureau: await tokenOf(tokens, benchActor('CITY_BUREAU', city)),
    })),
  );
  const change = async (token: string, name: string, reportId: string, expectedVersion: number) => {
    const response = await fetch(`${server.base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: CHANGE(name), variables: { input: { reportId, expectedVersion } } }),
    });
    const { data, errors } = (await response.json()) as any;
    if (errors || data[name].userErrors.length) throw new Error(`${name}: ${JSON.stringify(errors ?? data[name])}`);
    return data[name].report.version as number;
  };
  const times: number[] = [];
  const [cpu, base] = [await server.cpu(), await databaseCpu(db)];
  const began = performance.now();
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      for (const { id, version, board, bureau } of queue) {
        const start = performance.now();
        await change(bureau, 'approveReport', id, await change(board, 'submitReport', id, version));
        times.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const database = spent(base, await databaseCpu(db));
  times.sort((a, b) => a - b);
  return {
    case: 'a submit–approve pair',
    server: server.name,
    perSecond: jobs.length / seconds,
    p50: Math.round(median(times) * 10) / 10,
    p99: Math.round(times[Math.ceil(times.length * 0.99) - 1] * 10) / 10,
    serverCpu: ((await server.cpu()) - cpu) / jobs.length,
    databaseCpu: database === undefined ? undefined : database / jobs.length,
  };
}
