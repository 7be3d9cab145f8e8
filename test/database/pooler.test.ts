import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { killStarted, start } from '../support/start.js';

/** A real PgBouncer where there is one (Debian: apt-get install pgbouncer); without one these are reported as skipped. */
const PROGRAM = ['pgbouncer', '/usr/sbin/pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0);
const through = PROGRAM ? describe : describe.skip;

through('PgBouncer in transaction mode', () => {
  let folder: string;
  let bouncer: ChildProcess;
  let database: OwnedDatabase;
  let url: string;

  beforeAll(async () => {
    database = await ownedDatabase();
    const server = new URL(database.ownerUrl);
    folder = await mkdtemp(join(tmpdir(), 'consortia-pooler-'));
    const port = await new Promise<number>((done) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as { port: number };
        probe.close(() => done(port));
      });
    });
    await writeFile(join(folder, 'users.txt'), `"${server.username}" "${server.password}"\n`);
    // fewer connections than we ask for: each transaction finds another one
    const settings = `[databases]
* = host=${server.hostname} port=${server.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 4
server_round_robin = 1
`;
    await writeFile(join(folder, 'pgbouncer.ini'), settings);
    await chmod(folder, 0o755);
    // it refuses root, as PostgreSQL does
    const plain = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    bouncer = spawn(PROGRAM!, [join(folder, 'pgbouncer.ini')], { ...plain, stdio: 'ignore' });
    url = Object.assign(new URL(server), { port: String(port) }).href;
    for (let tries = 0; ; tries++) {
      const client = new Client({ connectionString: url });
      client.on('error', () => {});
      const connected = await client.connect().then(
        () => true,
        (error) => {
          if (tries === 50) throw error;
          return false;
        },
      );
      await client.end().catch(() => {});
      if (connected) return;
      await delay(100);
    }
  }, 60_000);
  afterAll(async () => {
    killStarted();
    bouncer?.kill('SIGTERM');
    await database?.drop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('carries a whole start and everybody’s requests, each in its own role', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'consortia-pooled-'));
    try {
      const service = start({ DATA_DIR: dataDir, DATABASE_URL: url, POOL_SIZE: '8' });
      const base = await service.base;
      const access: { role: string; token: string }[] = JSON.parse(
        await readFile(join(dataDir, 'demo-access.json'), 'utf8'),
      );
      const ask = async (token: string | undefined) => {
        const response = await fetch(`${base}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
          body: JSON.stringify({
            query: '{ viewer { role } reports { totalCount } consortia { totalCount nodes { name } } }',
          }),
        });
        return (await response.json()) as any;
      };
      const tokens = [
        undefined,
        ...['BOARD', 'CITY_BUREAU', 'PROVINCE', 'ANALYST'].map((r) => access.find((e) => e.role === r)!.token),
      ];
      const alone = [];
      for (const token of tokens) alone.push(await ask(token));
      for (const { errors, data } of alone) expect([errors, data.consortia.totalCount]).toEqual([undefined, 21]);
      expect(alone[0].data.reports.totalCount).toBe(0);
      expect(alone[3].data.reports.totalCount).toBeGreaterThan(alone[1].data.reports.totalCount);
      // many at once, on four connections
      const many = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(tokens[i % tokens.length])));
      for (const [i, answer] of many.entries()) expect(answer).toEqual(alone[i % tokens.length]);
      service.child.kill('SIGTERM');
      expect(await service.ended).toBe(0);
      expect(service.output()).not.toMatch(/✗|"level":/);

      // nothing of ours is left on the pooler's connections, for whoever comes next
      const next = new Client({ connectionString: url });
      next.on('error', () => {});
      await next.connect();
      for (let i = 0; i < 8; i++) {
        const { rows } = await next.query(
          "SELECT current_user AS who, current_setting('default_transaction_read_only') AS readonly, current_setting('statement_timeout') AS timeout, current_setting('app.account_id', true) AS account, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared, (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks",
        );
        expect(rows[0]).toMatchObject({
          who: new URL(url).username,
          readonly: 'off',
          timeout: '0',
          prepared: 0,
          locks: 0,
        });
        expect(rows[0].account ?? '').toBe('');
      }
      await next.end();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 240_000);
});
