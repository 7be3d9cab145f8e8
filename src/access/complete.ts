import type { DataSource } from 'typeorm';
import { DATABASE_ROLE } from './actor.js';
import { hasRight } from './conditions.js';
import { UNREAD } from './policy.js';

/** An entity that one of the two walls forgot stops the start: refused by accident is as wrong as open by accident. */
export async function assertWalls(source: DataSource): Promise<void> {
  const roles = Object.keys(DATABASE_ROLE) as (keyof typeof DATABASE_ROLE)[];
  const unruled = source.entityMetadatas.filter(
    (e) => !roles.some((role) => hasRight(role, 'read', e.name)) && !UNREAD.some((name) => name === e.name),
  );
  const rows: { table: string }[] = await source.query(
    `SELECT t AS table FROM unnest($1::text[]) t LEFT JOIN pg_class c ON c.oid = to_regclass(quote_ident(t))
     WHERE c.oid IS NULL OR NOT c.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)`,
    [source.entityMetadatas.map((e) => e.tableName)],
  );
  const open = [
    ...unruled.map((e) => `${e.name}: access/policy.ts`),
    ...rows.map(({ table }) => `${table}: migrations/`),
  ];
  if (open.length) throw new Error(`without a rule or a row-level policy: ${open.join(', ')}`);
}
