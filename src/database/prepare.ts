import type { DataSource } from 'typeorm';
import { ConfigError } from '../config.js';

/** One preparation at a time, whoever starts at the same moment. */
const LOCK = 4_100_116;
const OLDEST = 150_000;

/**
 * Of those who start at the same moment one after the other. The lock is a transaction's, not the session's: through a pooler
 * that could be another one by the time it is given back.
 */
export async function underLock<T>(owner: DataSource, lock: number, work: () => Promise<T>): Promise<T> {
  const runner = owner.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await runner.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    return await work();
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
    await runner.release();
  }
}

/** Migrations under a lock; refuses with one sentence what this code can't serve. */
export async function migrate(owner: DataSource, seed: () => Promise<void>): Promise<number> {
  const [{ server_version_num: version, encoding }] = await owner.query(
    "SELECT current_setting('server_version_num')::int AS server_version_num, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()",
  );
  if (version < OLDEST) throw new ConfigError('需要 PostgreSQL 15 或更高版本。 PostgreSQL 15 or later is required.');
  if (encoding !== 'UTF8')
    throw new ConfigError(
      `数据库编码为 ${encoding}，请使用 UTF8 编码的数据库。 The database is encoded in ${encoding}; use one in UTF8.`,
    );
  return underLock(owner, LOCK, async () => {
    await refuseNewer(owner, owner);
    const applied = await owner.runMigrations();
    await seed();
    return applied.length;
  });
}

export async function refuseNewer(owner: DataSource, runner: { query(sql: string): Promise<any> }): Promise<void> {
  const [{ there }] = await runner.query("SELECT to_regclass('migrations') IS NOT NULL AS there");
  if (!there) return;
  const known = new Set(owner.migrations.map((m) => m.name));
  const rows: { name: string }[] = await runner.query('SELECT name FROM migrations');
  const unknown = rows.filter((row) => !known.has(row.name));
  if (unknown.length)
    throw new ConfigError(
      '数据库由更新版本的程序建立，本程序不能使用：请升级程序，或改用另一个 DATA_DIR 或 DATABASE_URL。 The database was made by a newer version: upgrade this program, or use another DATA_DIR or DATABASE_URL.',
    );
}
