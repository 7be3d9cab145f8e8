import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownedDatabase } from '../support/owned-database.js';
import { s3Server } from '../support/s3.js';
import { killStarted, main, start } from '../support/start.js';

const folders: string[] = [];
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'consortia-odd-'));
  folders.push(path);
  return path;
};
afterAll(async () => {
  killStarted();
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

/** What operators and platforms set for other programs, each of which a library of ours would listen to. */
const OTHERS = {
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGPASSWORD: 'else',
  PGDATABASE: 'elsewhere',
  PGSSLMODE: 'verify-full',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c no_such_setting=1',
  PGAPPNAME: 'other',
  PGCONNECT_TIMEOUT: '0',
  PGCLIENT_ENCODING: 'GBK',
  PGSERVICE: 'none',
  PGPASSFILE: '/nowhere/pgpass',
  PGREPLICATION: 'true',
  PGDATA: '/nowhere/data',
  PGTZ: 'Mars/Olympus',
  NODE_PG_FORCE_NATIVE: '1',
  AWS_ENDPOINT_URL: 'http://192.0.2.1:1',
  AWS_ENDPOINT_URL_S3: 'http://192.0.2.1:1',
  AWS_PROFILE: 'nobody',
  AWS_REGION: 'nowhere-1',
  AWS_ACCESS_KEY_ID: 'other',
  AWS_SECRET_ACCESS_KEY: 'other',
  AWS_SESSION_TOKEN: 'other',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_MAX_ATTEMPTS: 'many',
  AWS_RETRY_MODE: 'other',
  AWS_DEFAULTS_MODE: 'other',
  APOLLO_KEY: 'service:other:key',
  APOLLO_GRAPH_REF: 'other@current',
  APOLLO_SCHEMA_REPORTING: 'true',
  TYPEORM_DRIVER: 'other',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  TMPDIR: '/nowhere/tmp',
  TEMP: '/nowhere/tmp',
  LANG: 'zh_CN.GBK',
  LC_ALL: 'no_SUCH.locale',
  TZ: 'Mars/Olympus',
  DEBUG: '*',
};
const ask = async (base: string, query: string): Promise<any> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${base}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return answer.json();
};
const works = async (base: string) =>
  expect(await ask(base, '{ consortia { totalCount } }')).toMatchObject({ data: { consortia: { totalCount: 21 } } });
/** What is no line of a good start: a refusal, an entry of the log, a stack. */
const complaints = (output: string) => output.split('\n').filter((line) => /^✗|"level":|^ {4}at /.test(line));

describe('what is not documented is not read', () => {
  it('by the drivers of a database and of a store, nor by what checks files', async () => {
    const home = await folder();
    await mkdir(join(home, '.aws'));
    for (const name of ['config', 'credentials']) await writeFile(join(home, '.aws', name), '[default]\nregion = [[');
    // with the modes that PostgreSQL's own programs ask for
    await writeFile(join(home, '.pgpass'), '*:*:*:*:other', { mode: 0o600 });
    const [database, s3] = [await ownedDatabase(), await s3Server()];
    try {
      const env = { ...OTHERS, HOME: home, AWS_CONFIG_FILE: join(home, '.aws', 'config'), ...s3.env };
      const service = start({ ...env, DATA_DIR: await folder(), DATABASE_URL: database.ownerUrl }, { cwd: home });
      // the demonstration's files were sent to the store and checked on the way
      await works(await service.base);
      expect(complaints(service.output())).toEqual([]);
      service.child.kill('SIGTERM');
      expect(await service.ended).toBe(0);
    } finally {
      await s3.close();
      await database.drop();
    }
  }, 180_000);

  it('by the embedded database, which is given nothing of ours; a folder may have any name, and is nobody else’s', async () => {
    const place = await folder();
    const umask = process.umask(0);
    const marker = 'https://marker.example.cn';
    const env = { ...OTHERS, DATA_DIR: '数据 目录/a b', ALLOWED_ORIGINS: marker, SECRET_OF_SOMEBODY: 'marker' };
    const service = start({ ...env, HOME: undefined as never }, { cwd: place });
    process.umask(umask);
    await works(await service.base);
    expect(complaints(service.output())).toEqual([]);
    const dataDir = join(place, '数据 目录', 'a b');
    expect((await readdir(dataDir)).sort()).toEqual(['demo-access.json', 'files', 'keys', 'postgres', 'postgres.log']);
    for (const name of ['', 'files', 'keys', 'postgres', 'postgres.log', 'demo-access.json'])
      expect([name, (await stat(join(dataDir, name))).mode & 0o022]).toEqual([name, 0]);
    const [pid] = (await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
    if (existsSync(`/proc/${pid}/environ`)) {
      const given = (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').filter(Boolean);
      expect(
        given
          .map((line) => line.split('=')[0]!)
          .filter((name) => !/^(PATH|LC_\w+|PGLOCALEDIR|PGSYSCONFDIR)$/.test(name)),
      ).toEqual([]);
    }
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
  }, 180_000);

  it('and a working directory that is no more is told in one sentence', async () => {
    const gone = await folder();
    const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3"';
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', gone, process.execPath, main], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^✗ 当前目录已不存在.+The working directory is no more[^\n]+\n$/),
    ]);
  }, 60_000);
});
