import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chownSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, SYSTEM_VARIABLES } from '../../config.js';
import { noBinaries, thisPlatform } from './binaries.js';

/** How PostgreSQL's programs are run: as ourselves or, since PostgreSQL refuses root, as an account without rights. */
export type Runner = {
  spawn(program: string, args: string[], options: SpawnOptions): ChildProcess;
  /** Gives a file or folder, with all that it holds, to the account that the programs run as. */
  handOver(path: string): void;
};

type Account = { uid: number; gid: number };

/** Nothing of ours, which holds secrets, nor what is meant for other servers; messages in English are what we look for. */
const environment = () => ({
  ...Object.fromEntries(SYSTEM_VARIABLES.map((name) => [name, process.env[name]])),
  LC_ALL: 'C',
});

const plain: Runner = {
  spawn: (program, args, options) => spawn(program, args, { ...options, env: environment(), windowsHide: true }),
  handOver: () => {},
};

/** `cluster` is the folder of an existing database, which keeps the account that it belongs to. */
export function chooseRunner(dataDir: string, cluster: string | undefined, program: string): Runner {
  if (process.getuid?.() !== 0) return plain;
  const account = (cluster && ownerOf(cluster)) || nobody();
  const handOver = (path: string) => chownAll(path, account);
  if (mayEnter(dirname(dataDir), account) && mayEnter(dirname(program), account)) {
    if (!mayEnter(dataDir, account)) chownSync(dataDir, account.uid, account.gid);
    return {
      // Node takes ids as signed 32-bit numbers.
      spawn: (name, args, options) =>
        plain.spawn(name, args, { ...options, uid: account.uid | 0, gid: account.gid | 0 }),
      handOver,
    };
  }
  // A folder on the way is closed to the account (/root, a private home): lend it the one right to pass, where setpriv can.
  // Containers usually withhold the narrower capability, hence the second.
  for (const capability of ['dac_read_search', 'dac_override']) {
    const lend = [
      ...[`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'],
      ...[`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--'],
    ];
    const probe = spawnSync('setpriv', [...lend, program, '--version'], { env: environment(), timeout: 10_000 });
    if (probe.status === 0)
      return { spawn: (name, args, options) => plain.spawn('setpriv', [...lend, name, ...args], options), handOver };
  }
  throw new ConfigError(
    `PostgreSQL 不能以 root 运行，而普通账号无法进入 ${dataDir} 或 ${dirname(program)} 的上级目录：请以普通用户启动，或改用其可进入的 DATA_DIR 与安装目录。 ` +
      `PostgreSQL refuses to run as root, and an ordinary account can't enter a folder above ${dataDir} or ${dirname(program)}: start as an ordinary user, or set DATA_DIR to, and install into, folders that everybody may enter.`,
  );
}

/** Runs a program to its end. */
export function run(runner: Runner, program: string, args: string[], input = '') {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = runner.spawn(program, args, { stdio: 'pipe' });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.on('error', (error) => reject(startProblem(error, program)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** ENOENT for a program that is there: its dynamic loader is not (Alpine). */
export const startProblem = (error: Error, program: string) =>
  (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? noBinaries(thisPlatform())
    : new ConfigError(
        `无法运行 ${program}（${error.message}）：请检查其执行权限。 ${program} can't be run (${error.message}): check that it may be executed.`,
      );

function ownerOf(path: string): Account | undefined {
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

function nobody(): Account {
  try {
    const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
    if (uid && Number(uid) !== 0) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  } catch {
    // No list of accounts: the number does not need a name.
  }
  return { uid: 65534, gid: 65534 };
}

function mayEnter(folder: string, { uid, gid }: Account): boolean {
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    const info = statSync(path);
    const bit = info.uid === uid ? 0o100 : info.gid === gid ? 0o010 : 0o001;
    if (!(info.mode & bit)) return false;
    if (path === dirname(path)) return true;
  }
}

function chownAll(path: string, account: Account) {
  chownSync(path, account.uid, account.gid);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) chownAll(join(path, name), account);
}
