import type { DataSource } from 'typeorm';
import { ConfigError } from '../config.js';

/** One preparation at a time, whoever starts at the same moment. */
const LOCK = 4_100_116;
const OLDEST = 150_000;

/** Migrations under a lock; refuses with one sentence what this code can't serve. */
export async function migrate(owner: DataSource, seed: () => Promise<void>): Promise<number> {
  const runner = owner.createQueryRunner();
  await runner.connect();
  try {
    const [{ server_version_num: version, encoding }] = await runner.query(
      "SELECT current_setting('server_version_num')::int AS server_version_num, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()",
    );
    if (version < OLDEST) throw new ConfigError('需要 PostgreSQL 15 或更高版本。 PostgreSQL 15 or later is required.');
    if (encoding !== 'UTF8')
      throw new ConfigError(
        `数据库编码为 ${encoding}，请使用 UTF8 编码的数据库。 The database is encoded in ${encoding}; use one in UTF8.`,
      );
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await refuseNewer(owner, runner);
    const applied = await owner.runMigrations();
    await seed();
    return applied.length;
  } finally {
    await runner.query('SELECT pg_advisory_unlock_all()').catch(() => {});
    await runner.release();
  }
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
