import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, folderProblem, openCluster, type Progress } from './cluster.js';
import { findRunning, keepPort, Launch, shutDown, startFailure } from './postmaster.js';

export type EmbeddedServer = {
  /** Connects as the owner of the schema, who is no superuser. */
  ownerUrl: string;
  /** The server ran already: another process of ours started it, or one that was killed left it. */
  joined: boolean;
  /** Ends our use of it; the last user's stop ends the server. */
  stop(): Promise<void>;
};

/**
 * Every process that uses the server holds this advisory lock, shared, on a session of its own. The lock goes with the
 * process, however it ends, so nobody has to guess from files who is still there; and who gets it alone is the last one
 * and, while it holds it, can't be joined.
 */
const USERS = 4_300_518;

type Session = { keeper: pg.Client; port: number; joined: boolean };

/** Starts the real PostgreSQL that lives in the data folder, or joins it when it runs. */
export async function startEmbedded(dataDir: string, progress: Progress): Promise<EmbeddedServer> {
  const cluster = await openCluster(resolve(dataDir), progress);
  const attached = () =>
    attach(cluster, progress).catch((error) => {
      throw folderProblem(error, dataDir);
    });
  let session = await attached();
  let recovery = Promise.resolve();
  let stopping: Promise<void> | undefined;

  const watch = ({ keeper, port }: Session) =>
    keeper.once('end', () => {
      if (stopping) return;
      progress({
        zh: `内置 PostgreSQL 意外中断，正在恢复；日志见 ${cluster.log}。`,
        en: `The embedded PostgreSQL broke off and is being brought back; its log is ${cluster.log}.`,
      });
      recovery = attached().then(
        (next) => {
          session = next;
          watch(next);
          progress(
            next.port === port
              ? { zh: '内置 PostgreSQL 已恢复。', en: 'The embedded PostgreSQL is back.' }
              : {
                  zh: '内置 PostgreSQL 已在另一端口恢复：请重新启动本服务。',
                  en: 'The embedded PostgreSQL is back on another port: restart this service.',
                },
          );
        },
        ({ message }: Error) => progress({ zh: message, en: message }),
      );
    });
  watch(session);
  progress(
    session.joined
      ? {
          zh: `已接入运行中的内置 PostgreSQL（端口 ${session.port}）`,
          en: `Joined the running embedded PostgreSQL (port ${session.port})`,
        }
      : {
          zh: `内置 PostgreSQL 已启动（端口 ${session.port}）`,
          en: `Embedded PostgreSQL started (port ${session.port})`,
        },
  );

  return {
    ownerUrl: `postgres://iec_owner:${cluster.ownerPassword}@127.0.0.1:${session.port}/consortia?sslmode=disable`,
    joined: session.joined,
    stop: () => {
      stopping ??= recovery.then(() => leave(cluster, session.keeper));
      return stopping;
    },
  };
}

/** Until a session stands: knock where a server should be, start one where there is none. */
async function attach(cluster: Cluster, progress: Progress): Promise<Session> {
  const begun = Date.now();
  let launch: Launch | undefined;
  let failures = 0;
  let patient = true;
  for (;;) {
    const running = findRunning(cluster);
    const keeper = running && (await knock(cluster, running.port));
    if (keeper) {
      const joined = !launch?.started(running.pid);
      if (!joined) keepPort(cluster, running.port);
      return { keeper, port: running.port, joined };
    }
    if (launch?.failed()) {
      // Somebody else may have been faster, or taken the port, or a killed server's last processes are still on their way out.
      if (!running && ++failures === 6) throw startFailure(cluster, launch.reason());
      if (!running) await delay(100 * failures);
      launch = undefined;
    }
    if (!launch && !findRunning(cluster)) launch = await Launch.begin(cluster, failures > 0);
    const waited = Date.now() - begun;
    if (waited > 300_000) throw startFailure(cluster, launch?.reason() ?? 'timeout');
    if (waited > 5_000 && patient) {
      patient = false;
      progress({
        zh: '内置 PostgreSQL 正在恢复数据，请稍候……',
        en: 'The embedded PostgreSQL is still getting ready …',
      });
    }
    await delay(20);
  }
}

/** A session that counts us among the users; undefined when the server is not ready, going down, or not ours. */
async function knock(cluster: Cluster, port: number): Promise<pg.Client | undefined> {
  const keeper = new pg.Client({
    host: '127.0.0.1',
    port,
    // As superuser: its reserved connections let us in when all others are taken. In a database that nobody clones or drops.
    user: 'postgres',
    password: cluster.superuserPassword,
    database: 'postgres',
    application_name: 'iec-keeper',
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
  keeper.on('error', () => {});
  try {
    await keeper.connect();
    // Waits while the last user shuts the server down, and then fails with it.
    await keeper.query('select pg_advisory_lock_shared($1)', [USERS]);
    // The session must not keep the process alive that it stands for.
    socket(keeper).unref();
    return keeper;
  } catch {
    keeper.end().catch(() => {});
  }
}

async function leave(cluster: Cluster, keeper: pg.Client) {
  let last = false;
  socket(keeper).ref();
  try {
    await keeper.query('select pg_advisory_unlock_shared($1)', [USERS]);
    const { rows } = await keeper.query('select pg_try_advisory_lock($1) as last', [USERS]);
    last = rows[0].last;
  } catch {
    // The session is broken: whoever still uses the server ends it, or the next start joins it.
  }
  if (last) await shutDown(cluster);
  await keeper.end().catch(() => {});
}

/** pg gives no name to the socket of a session. */
const socket = (client: pg.Client) =>
  (client as unknown as { connection: { stream: { ref(): void; unref(): void } } }).connection.stream;
