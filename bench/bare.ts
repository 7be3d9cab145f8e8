import { createServer } from 'node:http';
import pg from 'pg';
import type { Actor } from '../src/access/actor.js';
import type { ReadCase } from './cases.js';
import { serveParent } from './child.js';

type Start = { url: string; poolSize: number; cases: ReadCase[]; actors: Partial<Record<Actor['role'], Actor>> };
const ROLES: Partial<Record<Actor['role'], string>> = { PUBLIC: 'iec_public', CITY_BUREAU: 'iec_bureau' };

/** The yardstick: node:http, pg, one hand-written statement per case, in the same transaction under the same policies. */
serveParent<Start>(async ({ url, poolSize, cases, actors }) => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    options: '-c role=iec_login -c timezone=UTC -c statement_timeout=30000 -c jit=off',
    pipeline: true,
    // the text goes out as it came in
    types: { getTypeParser: () => (text: string) => text },
  } as pg.PoolConfig);
  const settings = ['account_id', 'token_id', 'province_id', 'city_id', 'department', 'consortium_id'];
  const set = `SELECT ${settings.map((name, i) => `set_config('app.${name}', $${i + 1}, true)`).join(', ')}`;

  const answer = async (n: number): Promise<string> => {
    const { role, sql, values } = cases[n];
    const actor = actors[role];
    const scope = [
      actor?.accountId,
      actor?.tokenId,
      actor?.provinceId,
      actor?.cityId,
      actor?.department,
      actor?.consortiumId,
    ];
    const client = await pool.connect();
    const { stream } = (client as any).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    try {
      const [, , result] = await Promise.all([
        client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE ${ROLES[role]}`),
        client.query({ name: 'settings', text: set, values: scope.map((v) => v ?? '') }),
        client.query<{ r: string }>({ name: `case${n}`, text: sql, values }),
        client.query('COMMIT'),
      ]);
      return `{"data":${result.rows[0].r}}`;
    } finally {
      client.release();
    }
  };

  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      answer(Number(request.url!.slice(1))).then(
        (text) => {
          response.writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(text),
          });
          response.end(text);
        },
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    base: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
});
