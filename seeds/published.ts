import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import type { List } from './list.js';
import { TABLES, type Table } from './memory.js';
import {
  CELLS,
  type Cell,
  cellsOf,
  cityRows,
  consortiumRows,
  departmentRows,
  designationRows,
  organizationRows,
  parkRows,
  provinceRows,
  type Row,
} from './rows.js';
import type { UnitIds } from './units.js';

/** The rows of each table, and how a person finds one again in its file. */
export const PUBLISHED = {
  province: { file: 'provinces.csv', rows: provinceRows, label: ({ code, name }) => `${code} ${name}` },
  city: { file: 'cities.csv', rows: cityRows, label: ({ code, name }) => `${code} ${name}` },
  department: { file: 'departments.csv', rows: departmentRows, label: ({ name, kind }) => `${name} ${kind}` },
  designation: {
    file: 'designations.csv',
    rows: designationRows,
    label: ({ year, document_number }) => `${year} ${document_number}`,
  },
  organization: {
    file: 'consortia.csv',
    rows: (list, units) => organizationRows(list, units.organizations),
    label: ({ name }) => `${name}`,
  },
  park: { file: 'consortia.csv', rows: (list, units) => parkRows(list, units.parks), label: ({ name }) => `${name}` },
  consortium: { file: 'consortia.csv', rows: consortiumRows, label: ({ code, name }) => `${code} ${name}` },
} as const satisfies Record<
  Table,
  { file: string; rows(list: List, units: UnitIds): Row[]; label(row: Record<string, unknown>): string }
>;

/** What is made of another column: whatever becomes of that one becomes of it. */
export const FOLLOWS: Record<string, string> = {
  name_sort: 'name',
  search_text: 'name',
  city_code: 'city_id',
  city_sort: 'city_id',
};
/** What a file says of a new row alone: it says where a consortium stands on the list, not how it has fared since. */
export const ONCE = ['id', 'status'];

/** The rows of the list, each with the units in its cells where it is a consortium's. */
export function rowsOf(
  list: List,
  units: UnitIds,
): Record<Table, Row[]> & { cells: Map<string, Record<Cell, string[]>> } {
  const rows = Object.fromEntries(TABLES.map((table) => [table, PUBLISHED[table].rows(list, units)]));
  return { ...(rows as Record<Table, Row[]>), cells: cellsOf(list, units) };
}

/** What the database has in the cells of these consortia, in its order. */
export async function cellsIn(db: EntityManager, consortia: string[]): Promise<Map<string, Record<Cell, string[]>>> {
  const found: { id: string; cell: Cell; units: string[] }[] = await db.query(
    `SELECT consortium_id AS id, CASE role WHEN 'LEAD_SCHOOL' THEN 'lead_schools' ELSE 'lead_enterprises' END AS cell,
       array_agg(organization_id ORDER BY position, id) AS units
     FROM membership WHERE consortium_id = ANY($1) AND role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE') GROUP BY 1, 2
     UNION ALL
     SELECT consortium_id, 'parks', array_agg(park_id ORDER BY position) FROM consortium_park WHERE consortium_id = ANY($1) GROUP BY 1, 2`,
    [consortia],
  );
  const cells = new Map(
    consortia.map((id) => [
      id,
      Object.fromEntries(CELLS.map((cell) => [cell, []])) as unknown as Record<Cell, string[]>,
    ]),
  );
  for (const { id, cell, units } of found) cells.get(id)![cell] = units;
  return cells;
}

const FILES = ['provinces', 'cities', 'departments', 'designations', 'consortia', 'organizations'];

/** Tells whether the files are those of before, at the price of reading their bytes; what can't be read is another. */
export function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of FILES)
    try {
      hash.update(
        createHash('sha256')
          .update(readFileSync(join(folder, `${name}.csv`)))
          .digest(),
      );
    } catch {
      hash.update('?');
    }
  return hash.digest('hex');
}
