import type { DataSource } from 'typeorm';

/**
 * The rows of every table as they are now, to be put back as often as one likes: so that each of many real changes begins
 * with the same rows. As the owner, past the guards, which are in place again afterwards.
 */
export async function keepTables(owner: DataSource): Promise<{ putBack(): Promise<void>; close(): Promise<void> }> {
  const runner = owner.createQueryRunner();
  const names: { t: string }[] = await runner.query(
    `SELECT relname AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migrations'`,
  );
  const parents: { child: string; parent: string }[] = await runner.query(
    `SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid`,
  );
  const ordered: string[] = [];
  for (let left = names.map(({ t }) => t); left.length; left = left.filter((t) => !ordered.includes(t))) {
    const ready = left.filter((t) => !parents.some(({ child, parent }) => child === t && left.includes(parent)));
    if (!ready.length) throw new Error(`tables refer to each other in a circle: ${left}`);
    ordered.push(...ready);
  }
  for (const table of ordered) await runner.query(`CREATE TEMP TABLE kept_${table} AS TABLE ${table}`);
  const guards: { on: string }[] = await runner.query(
    `SELECT format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', tgrelid::regclass, tgname) AS on FROM pg_trigger
     WHERE NOT tgisinternal AND tgenabled = 'A' AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
  );
  const text = [
    'BEGIN',
    'SET LOCAL synchronous_commit = off',
    ...ordered.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
    ...[...ordered].reverse().map((table) => `DELETE FROM ${table}`),
    ...ordered.map((table) => `INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE kept_${table}`),
    ...guards.map(({ on }) => on),
    'COMMIT',
  ].join(';\n');
  return {
    putBack: async () => void (await runner.query(text)),
    close: () => runner.release(),
  };
}
