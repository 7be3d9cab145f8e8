import 'reflect-metadata';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, ConfigError, readConfig } from './config.js';
import { makeFolder } from './database/embedded/cluster.js';
import { startEmbedded } from './database/embedded/server.js';
import { both, type Text } from './graph/language.js';
import { problemOf } from './start-problems.js';

const say = (text: Text) => console.log(`· ${both(text)}`);

/** configuration → database → server, and how it all stops. */
async function start(config: Config): Promise<() => Promise<void>> {
  const undo: (() => Promise<unknown>)[] = [];
  /** What can't be stopped must not leave the rest running: the first failure is said when all have been tried. */
  const stop = async () => {
    const failures: unknown[] = [];
    for (let last = undo.pop(); last; last = undo.pop()) await last().catch((error) => failures.push(error));
    if (failures.length) throw failures[0];
  };
  try {
    await portIsFree(config);
    // the most of a start is loading code: PostgreSQL starts meanwhile
    const parts = import('./launch.js');
    parts.catch(() => {});
    let url = config.databaseUrl;
    if (url) makeDataDir(config);
    else {
      const embedded = await startEmbedded(config.dataDir, say);
      undo.push(() => embedded.stop());
      url = embedded.ownerUrl;
    }
    goOn();
    const { launch } = await parts;
    await launch(config, url, { say, goOn, undo });
    return stop;
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** Before a database is prepared that nobody could ask. */
function portIsFree({ port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen({ port, host }, () => probe.close(() => resolve()));
  });
}

function makeDataDir({ dataDir }: Config): void {
  try {
    makeFolder(dataDir);
  } catch {
    throw new ConfigError(
      `无法建立数据目录 ${dataDir}：请检查权限，或用 DATA_DIR 指定别处。 Can't create the data folder ${dataDir}: check its permissions, or set DATA_DIR to another.`,
    );
  }
}

/** A terminal signals the whole group and npm hands it on: the same key press comes twice. */
const SAME_PRESS_MS = 2000;
let stopping = 0;
let stop: (() => Promise<void>) | undefined;
/** Between the parts of a start: whoever was told to stop does not begin the next. */
function goOn(): void {
  if (stopping) throw new Error('stopped');
}

function shutDown(): void {
  if (stopping) {
    if (Date.now() - stopping > SAME_PRESS_MS) process.exit(1);
    return;
  }
  stopping = Date.now();
  say({ zh: '正在停止：等待进行中的请求…', en: 'Stopping: letting running requests end…' });
  if (!stop) return; // still starting: below it ends by itself
  stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, shutDown);

// npm hands a signal to the shell between us, which dies of it without a word: an orphan stops too
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => {
    if (process.ppid !== parent && !stopping) shutDown();
  }, 250).unref();

try {
  stop = await start(readConfig());
  if (stopping) {
    await stop();
    process.exit(0);
  }
} catch (error) {
  // the terminal's Ctrl-C ends initdb as well, and its failure may be here before the signal
  await delay(50);
  if (stopping) process.exit(0);
  console.error(`✗ ${problemOf(error)}`);
  process.exit(1);
}
