import type { Client } from 'pg';

/** Above it, indexes and foreign keys are dropped and made again: many times faster than keeping them up row by row. */
const LARGE = 10_000;

/**
 * Runs `work` with the guards (triggers) off, as the owner alone can, and puts everything back as it was. For generated data
 * only: the guards know no report that begins its life accepted.
 */
export async function inBulk(db: Client, size: number, work: () => Promise<void>): Promise<void> {
  await db.query("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'");
  await db.query('BEGIN');
  try {
    const triggers = await all<{ tab: string; name: string; verb: string }>(
      db,
      `SELECT t.tgrelid::regclass::text AS tab, quote_ident(t.tgname) AS name,
         CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS verb
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace`,
    );
    for (const tab of new Set(triggers.map((t) => t.tab))) await db.query(`ALTER TABLE ${tab} DISABLE TRIGGER USER`);
    const rebuild = size > LARGE ? await takeOff(db) : [];
    await work();
    for (const statement of rebuild) await db.query(statement);
    for (const { tab, name, verb } of triggers) await db.query(`ALTER TABLE ${tab} ${verb} TRIGGER ${name}`);
    await db.query('COMMIT');
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  }
  await db.query('VACUUM (ANALYZE)');
}

/** Drops what slows loading down; answers the statements that bring it back. */
async function takeOff(db: Client): Promise<string[]> {
  const keys = await all<{ tab: string; name: string; definition: string }>(
    db,
    `SELECT conrelid::regclass::text AS tab, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f'`,
  );
  const indexes = await all<{ name: string; definition: string }>(
    db,
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')`,
  );
  for (const { tab, name } of keys) await db.query(`ALTER TABLE ${tab} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes) await db.query(`DROP INDEX ${name}`);
  return [
    ...indexes.map(({ definition }) => definition),
    ...keys.map(({ tab, name, definition }) => `ALTER TABLE ${tab} ADD CONSTRAINT ${name} ${definition}`),
  ];
}

const all = async <R>(db: Client, text: string): Promise<R[]> => (await db.query(text)).rows;
