import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import pg from 'pg';
import { ConfigError, projectRoot } from '../../src/config.js';
import { findBinaries, restoreSymlinks } from '../../src/database/embedded/binaries.js';
import { startEmbedded } from '../../src/database/embedded/server.js';

/** Real processes on real folders. One database is created and handed from test to test. */
const place = mkdtempSync(join(tmpdir(), 'embedded-'));
const dataDir = join(place, 'data');
const compiled = join(projectRoot, '.cache', `embedded-${process.pid}`);
const lines: string[] = [];
const start = (folder = dataDir) => startEmbedded(folder, ({ zh, en }) => lines.push(`${zh} ${en}`));

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const refused = (url: string) => expect(ask(url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
const postmaster = () =>
  Number(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
const problem = (folder: string) =>
  start(folder).then(
    () => {
      throw new Error('it started');
    },
    (error: Error) => error,
  );

/** Another process of ours; "stop" on its input stops it in good order. */
async function another() {
  const child = spawn(process.execPath, [join(compiled, 'child.mjs'), dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { ownerUrl: string; joined: boolean }) };
}

async function end(child: ChildProcess, how: 'stop' | 'SIGKILL') {
  const exit = once(child, 'exit');
  if (how === 'stop') child.stdin!.write('stop\n');
  else child.kill(how);
  await exit;
}

beforeAll(() => {
  const embedded = 'src/database/embedded';
  const sources = ['src/config.ts', ...readdirSync(join(projectRoot, embedded)).map((name) => `${embedded}/${name}`)];
  for (const source of sources.filter((name) => name.endsWith('.ts'))) {
    const target = join(compiled, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformFileSync(join(projectRoot, source), { swcrc: true, cwd: projectRoot }).code);
  }
  const server = pathToFileURL(join(compiled, embedded, 'server.js'));
  writeFileSync(
    join(compiled, 'child.mjs'),
    `import { startEmbedded } from '${server}';
     const server = await startEmbedded(process.argv[2], () => {});
     console.log(JSON.stringify(server));
     process.stdin.once('data', () => server.stop().then(() => process.exit()));`,
  );
});

afterAll(() => {
  rmSync(place, { recursive: true, force: true });
  rmSync(compiled, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('is made once by two first starts at the same moment, and ended by the last one out', async () => {
    // A draft of somebody who was killed is in the way of nobody.
    mkdirSync(join(dataDir, 'postgres.init-4194305-00', 'data'), { recursive: true });
    const both = await Promise.all([another(), another()]);
    expect(both.map(({ joined }) => joined).sort()).toEqual([false, true]);
    expect(both[0].ownerUrl).toBe(both[1].ownerUrl);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log']);

    const starter = both.find(({ joined }) => !joined)!;
    const guest = both.find(({ joined }) => joined)!;
    await end(starter.child, 'stop');
    expect(await ask(guest.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await end(guest.child, 'stop');
    await refused(guest.ownerUrl);
  });

  it('belongs to a plain owner, sorts Chinese by ICU and keeps its secrets', async () => {
    const server = await start();
    const [facts] = await ask(
      server.ownerUrl,
      `select rolsuper, rolcreaterole, rolbypassrls, left(version(), 13) as version, datlocprovider, datlocale, datcollate,
         datctype, pg_encoding_to_char(encoding) as encoding, datdba::regrole::text as owner,
         current_setting('listen_addresses') as address, current_setting('jit') as jit, current_setting('fsync') as fsync
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    );
    expect(facts).toMatchObject({
      ...{ rolsuper: false, rolcreaterole: true, rolbypassrls: false, version: 'PostgreSQL 18', owner: 'iec_owner' },
      ...{ datlocprovider: 'i', datlocale: 'und', datcollate: 'C', encoding: 'UTF8' },
      ...{ address: '127.0.0.1', jit: 'off', fsync: 'on' },
    });
    for (const name of ['owner', 'superuser'])
      expect(statSync(join(dataDir, 'postgres', `${name}.password`)).mode & 0o777).toBe(0o600);
    await expect(ask(server.ownerUrl.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
    await ask(server.ownerUrl, `create table kept as select '长沙' as city`);
    await server.stop();
    await server.stop();
    await refused(server.ownerUrl);
  });

  it('is there again, with its rows and on its port', async () => {
    const server = await start();
    expect(server.joined).toBe(false);
    expect(await ask(server.ownerUrl, 'select city from kept')).toEqual([{ city: '长沙' }]);
    await server.stop();
  });

  it('is joined after a kill -9 of the process that started it, and then ended', async () => {
    const killed = await another();
    await end(killed.child, 'SIGKILL');
    const server = await start();
    expect(server).toMatchObject({ joined: true, ownerUrl: killed.ownerUrl });
    expect(await ask(server.ownerUrl, 'select city from kept')).toEqual([{ city: '长沙' }]);
    await server.stop();
    await refused(server.ownerUrl);
  });

  it('comes back when the server itself was killed, also while we use it', async () => {
    const server = await start();
    lines.length = 0;
    process.kill(postmaster(), 'SIGKILL');
    for (let i = 0; i < 500 && lines.length < 2; i++) await delay(20);
    expect(lines).toEqual([expect.stringContaining('broke off'), expect.stringContaining('is back')]);
    expect(await ask(server.ownerUrl, 'select city from kept')).toEqual([{ city: '长沙' }]);
    await server.stop();

    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    // As after a power cut: the number in the file belongs to some other living program, here to this one.
    writeFileSync(pidFile, `${process.pid}\n${dirname(pidFile)}\n1700000000\n1\n\n127.0.0.1\n`);
    const again = await start();
    expect(again.joined).toBe(false);
    await again.stop();
  });

  it('does not miss a start at the moment of the last stop', async () => {
    const first = await start();
    const [, second] = await Promise.all([first.stop(), start()]);
    expect(await ask(second.ownerUrl, 'select city from kept')).toEqual([{ city: '长沙' }]);
    await second.stop();
    await refused(second.ownerUrl);
  });

  it('works in a private folder, whoever we are', async () => {
    const folder = join(place, 'private');
    mkdirSync(join(folder, 'project'), { recursive: true });
    chmodSync(folder, 0o700);
    const server = await start(join(folder, 'project', '.data'));
    expect(await ask(server.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});

describe('one sentence', () => {
  it('for a folder that cannot be made', async () => {
    const file = join(place, 'file');
    writeFileSync(file, '');
    const error = await problem(join(file, 'data'));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/数据目录.*ENOTDIR.*set DATA_DIR/);
  });

  it('for a folder of a newer PostgreSQL, and for one that is no database', async () => {
    const folder = join(place, 'newer');
    mkdirSync(join(folder, 'postgres', 'data'), { recursive: true });
    expect((await problem(folder)).message).toMatch(/not a complete database folder/);
    writeFileSync(join(folder, 'postgres', 'data', 'PG_VERSION'), '99\n');
    const error = await problem(folder);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/made by PostgreSQL 99.*newer version of this program/);
  });

  it('for a machine without a package', async () => {
    const error = await findBinaries(() => Promise.reject(new Error('Cannot find package'))).catch((e: Error) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toMatch(/DATABASE_URL.*DATABASE_URL/);
  });
});

it('makes the library links that a skipped install script left out', () => {
  const folder = join(place, 'package');
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'native', 'lib', 'libpq.so.5.18'), 'x');
  writeFileSync(
    join(folder, 'native', 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
  restoreSymlinks(folder);
  restoreSymlinks(folder);
  const link = join(folder, 'native', 'lib', 'libpq.so.5');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(existsSync(link)).toBe(true);
});
