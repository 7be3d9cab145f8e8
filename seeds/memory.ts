import type { EntityManager } from 'typeorm';
import type { Cell } from './rows.js';

/** The tables of the list, parents first. */
export const TABLES = ['province', 'city', 'department', 'designation', 'organization', 'park', 'consortium'] as const;
export type Table = (typeof TABLES)[number];

export type Said = Record<string, unknown> & Partial<Record<Cell, string[]>>;
/** What the list wrote in each row, the last time that it did: by table and id. */
export type Memory = Record<Table, Map<string, Said>>;

export async function memoryOf(db: EntityManager): Promise<Memory> {
  const memory = Object.fromEntries(TABLES.map((table) => [table, new Map()])) as Memory;
  const rows: { table_name: Table; row_id: string; said: Said }[] = await db.query(
    'SELECT table_name, row_id, said FROM published_row',
  );
  for (const { table_name, row_id, said } of rows) memory[table_name].set(row_id, said);
  return memory;
}
