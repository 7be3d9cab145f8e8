import { type ChildProcess, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../../config.js';
import { type Cluster, isAlive } from './cluster.js';
import { run, startProblem } from './runner.js';

const windows = process.platform === 'win32';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  jit: 'off',
};

/** The server that runs on the folder, by its own lock file; undefined when none does. */
export function findRunning(cluster: Cluster): { pid: number; port: number } | undefined {
  const file = join(cluster.data, 'postmaster.pid');
  const read = () => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return; // a server that stops takes it away, at any moment
    }
  };
  const text = read();
  if (!text) return;
  const [pid, , , port] = text.split('\n').map(Number);
  if (!pid || !port || !isAlive(pid)) return;
  if (servesFolder(pid, cluster.data)) return { pid, port };
  // Left by a killed server, and its number now belongs to another program: PostgreSQL itself would not dare to start.
  if (read() === text) rmSync(file, { force: true });
}

function servesFolder(pid: number, data: string): boolean {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === data;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    }
    // Containers may not let even root look into another account's process.
    try {
      const [, name, state] = /\((.*)\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return name === 'postgres' && state !== 'Z';
    } catch {
      return false;
    }
  }
  if (windows) return true;
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
  return basename(stdout.trim()) === 'postgres';
}

/** A server that we try to start; it lives on when we don't. */
export class Launch {
  private problem?: Error;
  private readonly logged: number;

  private constructor(
    private readonly child: ChildProcess,
    private readonly cluster: Cluster,
    logged: number,
  ) {
    this.logged = logged;
    child.once('error', (error) => {
      this.problem = startProblem(error, cluster.binaries.postgres);
    });
    child.unref();
  }

  static async begin(cluster: Cluster, anyPort: boolean): Promise<Launch> {
    const { data, log, binaries, runner } = cluster;
    const port = await choosePort(anyPort ? 0 : keptPort(cluster));
    if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`);
    const sink = openSync(log, 'a', 0o600);
    const logged = statSync(log).size;
    const options = [
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    try {
      // Its own session: Ctrl-C in the terminal is for us, and we end requests before the database. On Windows pg_ctl
      // drops the administrator's rights, which PostgreSQL refuses there.
      const child = windows
        ? runner.spawn(binaries.pg_ctl, ['start', '-w', '-D', data, '-l', log, '-o', options.join(' ')], {
            stdio: 'ignore',
          })
        : runner.spawn(binaries.postgres, ['-D', data, ...options], { stdio: ['ignore', sink, sink], detached: true });
      return new Launch(child, cluster, logged);
    } finally {
      closeSync(sink);
    }
  }

  started(pid: number) {
    return windows ? !this.failed() : this.child.pid === pid;
  }

  failed() {
    if (this.problem) throw this.problem;
    const { exitCode, signalCode } = this.child;
    return windows ? (exitCode ?? 0) !== 0 || signalCode !== null : exitCode !== null || signalCode !== null;
  }

  /** The last thing the server said before it gave up. */
  reason() {
    const lines = readFileSync(this.cluster.log).subarray(this.logged).toString().trim().split('\n');
    return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? '';
  }
}

export const startFailure = (cluster: Cluster, reason: string) =>
  new ConfigError(
    `内置 PostgreSQL 未能启动（${reason}）：详见 ${cluster.log}。 The embedded PostgreSQL did not start (${reason}): see ${cluster.log}.`,
  );

/** Fast shutdown: running transactions are rolled back, everything committed is on disk. Waits for the end. */
export async function shutDown(cluster: Cluster) {
  const running = findRunning(cluster);
  if (!running) return;
  if (windows) await run(cluster.runner, cluster.binaries.pg_ctl, ['stop', '-w', '-m', 'fast', '-D', cluster.data]);
  else process.kill(running.pid, 'SIGINT');
  const end = Date.now() + 60_000;
  while (Date.now() < end && findRunning(cluster)?.pid === running.pid) await delay(20);
}

/** The port of the last time: connection strings that somebody noted keep working. */
function keptPort({ portFile }: Cluster) {
  try {
    return Number(readFileSync(portFile, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

export const keepPort = ({ portFile }: Cluster, port: number) => writeFileSync(portFile, String(port), { mode: 0o600 });

function choosePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wanted ? resolve(choosePort(0)) : reject(error)));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
