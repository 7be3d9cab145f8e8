import type { DataSource } from 'typeorm';
import { ConfigError } from '../config.js';

/** What production can't be served from, said in one sentence before anything is changed. */
export async function refuseUnfit(owner: DataSource): Promise<void> {
  const [{ superuser, there }] = await owner.query(
    "SELECT rolsuper OR rolbypassrls AS superuser, to_regclass('access_token') IS NOT NULL AS there FROM pg_roles WHERE rolname = current_user",
  );
  if (superuser)
    throw new ConfigError(
      'DATABASE_URL 的用户是超级用户，可绕过行级安全，生产环境拒绝启动：请改用 NOSUPERUSER、NOBYPASSRLS 的普通用户。 The user of DATABASE_URL is a superuser, whom row-level security does not bind, which production refuses: use a plain one, NOSUPERUSER and NOBYPASSRLS.',
    );
  const { demo } = await tokensIn(owner, there);
  if (demo)
    throw new ConfigError(
      '数据库中有演示账号，生产环境拒绝启动：请改用新的数据库。 The database holds demo accounts, which production refuses: use a new database.',
    );
}

/** What production wrote when it first served from a database: whose it is does not depend on who has a token yet. */
const TAKEN = ['startProduction', 'production'] as const;

export async function takeForProduction(owner: DataSource): Promise<void> {
  await owner.transaction(async (db) => {
    const [{ taken }] = await db.query(
      'SELECT EXISTS (SELECT FROM audit_entry WHERE action = $1 AND subject_id = $2) AS taken',
      [...TAKEN],
    );
    if (taken) return;
    await db.query('SET LOCAL ROLE iec_loader');
    await db.query("INSERT INTO audit_entry (at, actor_role, action, subject_id) VALUES (now(), 'LOADER', $1, $2)", [
      ...TAKEN,
    ]);
  });
}

/** A demonstration in a production database could not be undone: what it files stays. */
export async function refuseProduction(owner: DataSource): Promise<void> {
  const [{ there }] = await owner.query("SELECT to_regclass('access_token') IS NOT NULL AS there");
  const { any, demo } = await tokensIn(owner, there);
  const [{ taken }] = there
    ? await owner.query('SELECT EXISTS (SELECT FROM audit_entry WHERE action = $1 AND subject_id = $2) AS taken', [
        ...TAKEN,
      ])
    : [{ taken: false }];
  if (taken || (any && !demo))
    throw new ConfigError(
      '数据库属于生产环境，演示模式拒绝启动：请设 NODE_ENV=production，或改用另一个数据库。 The database is a production one, which demo mode refuses: set NODE_ENV=production, or use another database.',
    );
}

async function tokensIn(owner: DataSource, there: boolean): Promise<{ any: boolean; demo: boolean }> {
  if (!there) return { any: false, demo: false };
  const [found] = await owner.query(
    'SELECT EXISTS (SELECT FROM access_token) AS "any", EXISTS (SELECT FROM access_token WHERE demo) AS demo',
  );
  return found;
}
