import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { dropDatabase } from '../support/owned-database.js';
import { s3Server } from '../support/s3.js';
import { killStarted, start } from '../support/start.js';

const listCommand = fileURLToPath(new URL('../../dist/src/list.js', import.meta.url));
const folders: string[] = [];
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'consortia-start-'));
  folders.push(path);
  return path;
};
afterAll(async () => {
  killStarted();
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

/** `npm run list`, to its end. */
function list(env: Record<string, string>, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const { DATABASE_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, [listCommand, ...args], { env: { ...rest, ...env } as NodeJS.ProcessEnv });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
const ask = async (base: string, query: string, token?: string): Promise<any> => {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as any;
  expect(errors).toBeUndefined();
  return data;
};
const count = async (base: string) => (await ask(base, '{ consortia { totalCount } }')).consortia.totalCount;
const accessIn = async (dataDir: string): Promise<{ role: string; token: string }[]> =>
  JSON.parse(await readFile(join(dataDir, 'demo-access.json'), 'utf8'));
/** The first bytes of what a link leads to. */
const beginning = async (url: string) =>
  Buffer.from(await (await fetch(url)).arrayBuffer())
    .subarray(0, 4)
    .toString('latin1');
/** With a database of its own on the run's server. */
async function scratch(
  work: (url: string, superuser: boolean) => Promise<void>,
  server = process.env.TEST_DATABASE_URL!,
): Promise<void> {
  const name = `start_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  try {
    const { rows } = await admin.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
    await work(Object.assign(new URL(server), { pathname: `/${name}` }).href, rows[0].rolsuper);
  } finally {
    await dropDatabase(admin, name);
    await admin.end();
  }
}
const FILES = `{ reports(first: 20) { nodes {
  obligation { deadline { dueOn } templateUrl }
  currentRevision { documents { kind check { state } downloadUrl } receipts { downloadUrl } }
} } }`;
const ARCHIVE = 'mutation { requestReportArchive(input: { year: 2026 }) { url } }';
const LINE = /^✗ .+[。：，].+[a-z]/m;

describe('the start command', () => {
  it('makes everything at first, finds it at the second start, survives kill -9, and stops clean', async () => {
    const dataDir = await folder();
    const first = start({ DATA_DIR: dataDir });
    expect(await count(await first.base)).toBe(21);
    expect(first.output()).toMatch(/Preparing the database/);
    const access = await accessIn(dataDir);
    expect((await stat(join(dataDir, 'demo-access.json'))).mode & 0o777).toBe(0o600);
    const of = (role: string) => access.filter((e) => e.role === role).length;
    expect(['BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'ANALYST', 'ADMINISTRATOR'].map(of)).toEqual([
      21, 14, 5, 1, 1, 1,
    ]);
    expect(await list({ DATA_DIR: dataDir })).toMatchObject({
      code: 0,
      output: expect.stringMatching(/0 to apply, 0 kept/),
    });
    expect(await count(await first.base)).toBe(21);
    first.child.kill('SIGKILL');
    await first.ended;

    const [second, third] = [start({ DATA_DIR: dataDir }), start({ DATA_DIR: dataDir })];
    expect(await Promise.all([count(await second.base), count(await third.base)])).toEqual([21, 21]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await count(await third.base)).toBe(21);
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);

    const production = start({ DATA_DIR: dataDir, NODE_ENV: 'production' });
    expect(await production.ended).toBe(1);
    expect(production.output()).toMatch(/holds demo accounts/);
    await scratch(async (url, superuser) => {
      const key = start({ DATA_DIR: dataDir, DATABASE_URL: url, NODE_ENV: 'production' });
      expect(await key.ended).toBe(1);
      expect(key.output()).toMatch(superuser ? /is a superuser/ : /demo key/);
    });
  }, 180_000);

  it('keeps what the list has become: npm run list shows it, --apply corrects what was published, a start neither', async () => {
    await scratch(async (url) => {
      const env = { DATA_DIR: await folder(), DATABASE_URL: url };
      expect(await list(env)).toMatchObject({ code: 1, output: expect.stringMatching(/run npm start once/) });
      const first = start(env);
      await first.base;
      first.child.kill('SIGTERM');
      await first.ended;
      const db = new Client({ connectionString: url });
      await db.connect();
      try {
        // one that was renamed since, and one that earlier files spelt otherwise
        await db.query(`UPDATE city SET name = '新衡阳' WHERE code = '430400';
          UPDATE city SET name = '娄氐市' WHERE code = '431300';
          UPDATE published_row SET said = said || '{"name": "娄氐市"}' WHERE row_id = (SELECT id FROM city WHERE code = '431300')`);
        const service = start(env);
        const names = async () => {
          const { consortia } = await ask(
            await service.base,
            '{ consortia(first: 100) { nodes { city { code name } } } }',
          );
          const cities = new Map(consortia.nodes.map(({ city }: any) => [city.code, city.name]));
          return [cities.get('430400'), cities.get('431300')];
        };
        expect(await names()).toEqual(['新衡阳', '娄氐市']);
        const shown = await list(env);
        expect(shown.code).toBe(0);
        expect(shown.output).toMatch(/娄氐市\n.+ to be corrected/);
        expect(shown.output).toMatch(/新衡阳\n.+ kept: changed in the database since/);
        expect(await names()).toEqual(['新衡阳', '娄氐市']);
        expect(await list(env, '--aply')).toMatchObject({ code: 1, output: expect.stringMatching(LINE) });
        expect((await list(env, '--apply')).output).toMatch(/1 applied, 1 kept/);
        expect(await names()).toEqual(['新衡阳', '娄底市']);
        service.child.kill('SIGTERM');
        expect(await service.ended).toBe(0);
      } finally {
        await db.end();
      }
    });
  }, 90_000);

  it('reads and writes papers, in S3 as well: what no start loads is there when it is needed', async () => {
    const s3 = await s3Server();
    try {
      await scratch(async (url) => {
        const dataDir = await folder();
        const service = start({ DATA_DIR: dataDir, DATABASE_URL: url, ...s3.env });
        const base = await service.base;
        const access = await accessIn(dataDir);
        const tokens = (role: string) => access.filter((entry) => entry.role === role).map(({ token }) => token);
        const found = { documents: 0, receipts: 0, templates: 0 };
        for (const board of tokens('BOARD')) {
          const { reports } = await ask(base, FILES, board);
          for (const { obligation, currentRevision } of reports.nodes) {
            expect(obligation.deadline.dueOn).toMatch(/^20\d\d-\d\d-\d\d$/);
            if (!found.templates++) expect(await beginning(obligation.templateUrl)).toBe('PK\x03\x04');
            for (const { kind, check, downloadUrl } of currentRevision?.documents ?? []) {
              expect(check.state).toBe('PASSED');
              if (found.documents++ < 2)
                expect(await beginning(downloadUrl)).toBe(kind === 'WORD' ? 'PK\x03\x04' : '%PDF');
            }
            for (const { downloadUrl } of currentRevision?.receipts ?? [])
              if (!found.receipts++) expect(await beginning(downloadUrl)).toBe('%PDF');
          }
        }
        expect(Math.min(...Object.values(found))).toBeGreaterThan(1);
        const { requestReportArchive: archive } = await ask(base, ARCHIVE, tokens('PROVINCE')[0]);
        expect(await beginning(archive.url)).toBe('PK\x03\x04');
        expect(await (await fetch(`${base}/graphiql`)).text()).toMatch(/graphiql/i);
        service.child.kill('SIGTERM');
        expect(await service.ended).toBe(0);
        expect(await readdir(dataDir)).not.toContain('postgres');
      });
    } finally {
      await s3.close();
    }
  }, 120_000);

  it('just stops when Ctrl-C comes while the database is created', async () => {
    const dataDir = await folder();
    // a process group of its own, as a terminal's
    const first = start({ DATA_DIR: dataDir }, { detached: true });
    await new Promise<void>((resolve) =>
      first.child.stdout!.on('data', () => /creating the embedded database/.test(first.output()) && resolve()),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(-first.child.pid!, 'SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).not.toMatch(/✗|could not be created/);
    // it was cut off and left nothing, or was just made and has stopped
    const left = (await readdir(dataDir)).includes('postgres') ? await readdir(join(dataDir, 'postgres', 'data')) : [];
    expect(left).not.toContain('postmaster.pid');
  }, 90_000);

  it('says why a database does not do, and nothing else', async () => {
    const superuser = process.env.TEST_SUPERUSER_URL;
    if (superuser)
      await scratch(async (url) => {
        const refused = start({ DATA_DIR: await folder(), DATABASE_URL: url, NODE_ENV: 'production' });
        expect(await refused.ended).toBe(1);
        expect(refused.output()).toMatch(/is a superuser/);
      }, superuser);
    // a user without CREATEROLE, who is no member of the roles
    await scratch(async (url) => {
      const admin = new Client({ connectionString: process.env.TEST_DATABASE_URL });
      await admin.connect();
      const name = `iec_plain_${process.pid}`;
      try {
        await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'tests-only'`);
        await admin.query(`GRANT ${name} TO CURRENT_USER`);
        await admin.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ${name}`);
        const plain = Object.assign(new URL(url), { username: name, password: 'tests-only' });
        const refused = start({ DATA_DIR: await folder(), DATABASE_URL: plain.href });
        expect(await refused.ended).toBe(1);
        expect(refused.output()).toMatch(/CREATEROLE/);
        expect(refused.output()).not.toMatch(/Migration .* failed/);
        await admin.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO CURRENT_USER`);
      } finally {
        await admin.query(`DROP ROLE IF EXISTS ${name}`).catch(() => {});
        await admin.end();
      }
    });
  }, 90_000);

  it('says in one sentence what to do', async () => {
    const server = createServer((socket) => socket.end('no')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const cases: [Record<string, string>, RegExp][] = [
      [{ PORT: 'x' }, /PORT must be a whole number/],
      [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must start with/],
      [{ DATABASE_URL: 'postgres://u@127.0.0.1:1/x', DATA_DIR: await folder() }, /Can't connect to the database/],
      [{ PORT: String(port), DATA_DIR: await folder() }, /is in use/],
      [{ DATA_DIR: '/dev/null/x' }, LINE],
      [{ DATABASE_URL: 'postgres://u:p%ZZ@127.0.0.1:1/x' }, /write it as %25/],
      [{ DATABASE_URL: 'postgres://u@127.0.0.1:1/x', DATA_DIR: '/proc/nowhere' }, /create the data folder/],
      [{ DATABASE_URL: `postgres://u@127.0.0.1:${port}/x`, DATA_DIR: await folder() }, /is no PostgreSQL/],
    ];
    for (const [env, sentence] of cases) {
      const refused = start(env);
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toMatch(sentence);
      // nothing is prepared for nobody
      if (env.PORT) expect(refused.output()).not.toMatch(/embedded|Preparing/);
      expect(refused.output()).not.toMatch(/^ +at /m);
    }
    server.close();
  }, 90_000);

  it('refuses a database that a newer version made', async () => {
    const dataDir = await folder();
    const name = `newer_${process.pid}`;
    const admin = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    try {
      const newer = new Client({ connectionString: url.href });
      await newer.connect();
      await newer.query('CREATE TABLE migrations (id serial, timestamp bigint, name text)');
      await newer.query(
        "INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')",
      );
      await newer.end();
      const refused = start({ DATA_DIR: dataDir, DATABASE_URL: url.href });
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toMatch(/made by a newer version/);
    } finally {
      await dropDatabase(admin, name);
      await admin.end();
    }
  });
});
