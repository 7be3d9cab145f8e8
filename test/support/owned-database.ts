import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ALL_ROLES } from '../../migrations/access/roles.js';
import { migrations } from '../../migrations/index.js';

const adminUrl = () => process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** One for all tests of a server: from PostgreSQL 16 on, whoever made a role is the one who may grant it. */
const OWNER = 'iec_test_owner';

export type OwnedDatabase = { ownerUrl: string; drop(): Promise<void> };

/**
 * A database of its own with all migrations, owned by a plain role: a superuser would hide mistakes of row-level security.
 * Within a run of the tests it is a clone of one that was migrated once.
 */
export async function ownedDatabase(): Promise<OwnedDatabase> {
  const name = `iec_test_${randomBytes(6).toString('hex')}`;
  const run = process.env.TEST_RUN;
  const url = await asAdmin(async (admin) => {
    const password = await plainOwner(admin);
    if (!run) return migrated(admin, name, password);
    const template = templateOf(run);
    await once(admin, template, () => migrated(admin, template, password));
    await create(admin, name, template, password);
    return urlOf(name, password);
  });
  return { ownerUrl: url, drop: () => asAdmin((admin) => dropDatabase(admin, name)) };
}

/** What the run's databases are cloned from; the end of the run drops it (global-teardown.mjs). */
const templateOf = (run: string) => `iec_test_template_${run}`;

function urlOf(database: string, password: string | undefined): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  if (password) Object.assign(url, { username: OWNER, password });
  return url.href;
}

const create = (admin: Client, name: string, template: string, password: string | undefined) =>
  admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'${password ? ` OWNER ${OWNER}` : ''}`);

async function migrated(admin: Client, name: string, password: string | undefined): Promise<string> {
  await create(admin, name, 'template0', password);
  const url = urlOf(name, password);
  const source = new DataSource({ type: 'postgres', url, migrations, migrationsTransactionMode: 'each' });
  try {
    await source.initialize();
    await source.runMigrations();
  } catch (error) {
    if (source.isInitialized) await source.destroy();
    await dropDatabase(admin, name);
    throw error;
  }
  await source.destroy();
  return url;
}

/** Whichever worker comes first makes it, the others wait. */
async function once(admin: Client, database: string, make: () => Promise<unknown>): Promise<void> {
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [database]);
  try {
    const { rows } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rows.length === 0) await make();
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [database]);
  }
}

async function asAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Its password; undefined where the given user is plain itself, and owns the database. */
async function plainOwner(admin: Client): Promise<string | undefined> {
  const { rows } = await admin.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
  if (!rows[0].rolsuper) return undefined;
  const password = 'tests-only';
  await retried(admin, `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER CREATEROLE PASSWORD '${password}'`, ['42710', '23505']);
  const { rows: made } = await admin.query('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [
    ALL_ROLES.map((r) => `iec_${r}`),
  ]);
  const newer = Number((await admin.query('SHOW server_version_num')).rows[0].server_version_num) >= 160000;
  for (const { rolname } of made)
    await retried(admin, `GRANT ${rolname} TO ${OWNER}${newer ? ' WITH INHERIT FALSE, SET TRUE' : ''}`, []);
  return password;
}

/** A plain owner may end its own sessions, not an autovacuum that happens to be there: that one ends by itself. */
export const dropDatabase = (admin: Client, name: string): Promise<void> =>
  retried(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, [], ['42501'], 250);

/** Roles are the server's: test files that begin together meet here. */
async function retried(
  admin: Client,
  text: string,
  done: string[],
  again = ['XX000', '23505'],
  pause = 30,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(text);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code && done.includes(code)) return;
      if (attempt === 20 || !code || !again.includes(code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
