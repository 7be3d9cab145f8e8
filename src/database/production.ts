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
  const [{ demo }] = there
    ? await owner.query('SELECT EXISTS (SELECT FROM access_token WHERE demo) AS demo')
    : [{ demo: false }];
  if (demo)
    throw new ConfigError(
      '数据库中有演示账号，生产环境拒绝启动：请改用新的数据库。 The database holds demo accounts, which production refuses: use a new database.',
    );
}
