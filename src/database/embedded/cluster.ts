import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../../config.js';
import { type Binaries, findBinaries } from './binaries.js';
import { chooseRunner, type Runner, run } from './runner.js';

export type Line = { zh: string; en: string };
export type Progress = (line: Line) => void;

/** The database in the data folder, ready to be started. */
export type Cluster = {
  data: string;
  log: string;
  portFile: string;
  ownerPassword: string;
  superuserPassword: string;
  binaries: Binaries;
  runner: Runner;
};

const FOLDER = 'postgres';
const MAJOR = 18;

/** Finds the database in the data folder, or makes it. */
export async function openCluster(dataDir: string, progress: Progress): Promise<Cluster> {
  const binaries = await findBinaries();
  try {
    makeFolder(resolve(dataDir));
    const root = realpathSync(dataDir);
    const folder = join(root, FOLDER);
    const data = join(folder, 'data');
    const runner = chooseRunner(root, existsSync(data) ? data : undefined, binaries.postgres);
    removeLeftovers(root);
    if (!existsSync(folder)) {
      progress({ zh: '首次启动：正在创建内置数据库……', en: 'First start: creating the embedded database …' });
      await create(root, folder, binaries, runner);
    }
    checkVersion(data, folder);
    // A folder copied as root belongs to root, whom PostgreSQL refuses.
    if (statSync(data).uid === 0) runner.handOver(folder);
    return {
      data: realpathSync(data),
      log: join(root, 'postgres.log'),
      portFile: join(folder, 'port'),
      ownerPassword: readFileSync(join(folder, 'owner.password'), 'utf8'),
      superuserPassword: readFileSync(join(folder, 'superuser.password'), 'utf8'),
      binaries,
      runner,
    };
  } catch (error) {
    throw folderProblem(error, dataDir);
  }
}

/** What the file system refused, in one sentence. */
export function folderProblem(error: unknown, dataDir: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof ConfigError || !code || !/^E[A-Z]+$/.test(code)) return error;
  return new ConfigError(
    `无法使用数据目录 ${resolve(dataDir)}（${code}${path ? `：${path}` : ''}）：请将 DATA_DIR 设为可写入且有空间的目录。 ` +
      `The data folder ${resolve(dataDir)} can't be used (${code}${path ? `: ${path}` : ''}): set DATA_DIR to a folder that may be written and has space.`,
  );
}

/**
 * Everything is made in a folder of our own and takes its name in one step when it is complete: whoever is killed on the
 * way leaves nothing that looks like a database, and of two first starts at the same moment one takes the other's.
 */
async function create(root: string, folder: string, binaries: Binaries, runner: Runner) {
  const draft = join(root, `${FOLDER}.init-${process.pid}-${randomBytes(4).toString('hex')}`);
  const data = join(draft, 'data');
  mkdirSync(draft, { mode: 0o700 });
  try {
    runner.handOver(draft);
    await initialize(data, binaries, runner);
    const secret = (name: string) => {
      const password = randomBytes(24).toString('hex');
      writeFileSync(join(draft, `${name}.password`), password, { mode: 0o600 });
      return password;
    };
    writeFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    // Single-user mode: no moment at which the server listens without its passwords. One command per line.
    const commands = [
      `alter role postgres password '${secret('superuser')}'`,
      `create role iec_owner nosuperuser createrole createdb login password '${secret('owner')}'`,
      'create database consortia owner iec_owner',
    ];
    const single = ['--single', '-D', data, '-c', 'exit_on_error=on', '-c', 'log_min_messages=fatal', 'postgres'];
    const made = await run(runner, binaries.postgres, single, `${commands.join('\n')}\n`);
    if (made.code !== 0) throw creationProblem(made.output);
    try {
      renameSync(draft, folder);
    } catch (error) {
      if (!existsSync(join(folder, 'data', 'PG_VERSION'))) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The character type is C.UTF-8 where the system has it; Chinese is sorted and folded by ICU in any case. */
async function initialize(data: string, binaries: Binaries, runner: Runner) {
  let output = '';
  for (const ctype of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
    const made = await run(runner, binaries.initdb, [
      ...['-D', data, '-U', 'postgres', '--auth=trust', '--no-instructions', '--encoding=UTF8'],
      ...['--locale-provider=icu', '--icu-locale=und', '--lc-collate=C', `--lc-ctype=${ctype}`],
    ]);
    if (made.code === 0) return;
    output = made.output;
    if (!/locale/.test(output)) break;
  }
  throw creationProblem(output);
}

function creationProblem(output: string) {
  const lines = output.trim().split('\n');
  const line = lines.find((text) => /(error|FATAL|ERROR|PANIC):/.test(text)) ?? lines.at(-1);
  return new ConfigError(
    `内置数据库创建失败（${line}）：请检查 DATA_DIR 的空间与权限，或改用 DATABASE_URL。 ` +
      `The embedded database could not be created (${line}): check the space and the rights of DATA_DIR, or use DATABASE_URL.`,
  );
}

function checkVersion(data: string, folder: string) {
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file))
    throw new ConfigError(
      `${folder} 不是完整的数据库目录：请将其移走，或改用其他 DATA_DIR。 ${folder} is not a complete database folder: move it away, or set another DATA_DIR.`,
    );
  const major = Number(readFileSync(file, 'utf8'));
  if (major === MAJOR) return;
  throw new ConfigError(
    `${folder} 由 PostgreSQL ${major} 创建，而本程序内置 PostgreSQL ${MAJOR}：请${major > MAJOR ? '使用更新版本的本程序' : '先用 pg_upgrade 升级'}，或改用其他 DATA_DIR。 ` +
      `${folder} was made by PostgreSQL ${major}, and this program brings PostgreSQL ${MAJOR}: ${major > MAJOR ? 'use a newer version of this program' : 'upgrade it with pg_upgrade'}, or set another DATA_DIR.`,
  );
}

/** As `recursive: true`, which never returns where the system has no room for folders (/proc). */
export function makeFolder(path: string) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    // whatever the umask allows, nobody else puts other keys in
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Drafts of processes that are no more. */
function removeLeftovers(root: string) {
  for (const name of readdirSync(root)) {
    const pid = Number(new RegExp(`^${FOLDER}\\.init-(\\d+)-`).exec(name)?.[1]);
    if (!pid || pid === process.pid || isAlive(pid)) continue;
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // Its initdb may outlive it for a moment and still write; the next start clears the rest.
    }
  }
}

export function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
