import type { DataSource, EntityManager } from 'typeorm';
import type { Text } from '../src/graph/language.js';
import { makeSealUnits } from '../src/seals/units.js';
import { movedConsortia, moveToCities } from './cities.js';
import { type List, readList } from './list.js';
import { withdrawObligations } from './obligations.js';
import {
  cityRows,
  consortiumId,
  consortiumRows,
  departmentRows,
  designationRows,
  leadRows,
  organizationRows,
  parkLinkRows,
  parkRows,
  provinceId,
  provinceRows,
  type Row,
} from './rows.js';
import { unitIds } from './units.js';

export type Loaded = { inserted: number; updated: number; unchanged: number; removed: number };

/** The list's files into the database, in one transaction; what is right already is not touched. */
export async function loadList(
  dataSource: DataSource,
  progress?: (text: Text) => void,
  { folder }: { folder?: string } = {},
): Promise<Loaded> {
  const list = readList(folder);
  const loaded = await dataSource.transaction(async (db) => {
    // two that start at once: the second finds everything unchanged
    await db.query('SELECT pg_advisory_xact_lock(1732400000001)');
    await db.query('SET LOCAL ROLE iec_loader');
    return load(db, list);
  });
  progress?.({
    zh: `名单：新增 ${loaded.inserted}，更正 ${loaded.updated}，移除 ${loaded.removed}，未变 ${loaded.unchanged}。`,
    en: `The list: ${loaded.inserted} added, ${loaded.updated} corrected, ${loaded.removed} removed, ${loaded.unchanged} unchanged.`,
  });
  return loaded;
}

async function load(db: EntityManager, list: List): Promise<Loaded> {
  const total: Loaded = { inserted: 0, updated: 0, unchanged: 0, removed: 0 };
  /** One statement: what is missing is added, what differs corrected; `once` is what a file says only of a new row. */
  const save = async (table: string, rows: Row[], once: string[] = []): Promise<void> => {
    if (rows.length === 0) return;
    const columns = Object.keys(rows[0]);
    const corrected = columns.filter((column) => column !== 'id' && !once.includes(column));
    const changed: { inserted: boolean }[] = await db.query(
      `INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${columns.join(', ')} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)
       ON CONFLICT (id) DO UPDATE SET ${corrected.map((column) => `${column} = excluded.${column}`).join(', ')}
       WHERE ROW(${corrected.map((column) => `${table}.${column}`).join(', ')})
         IS DISTINCT FROM ROW(${corrected.map((column) => `excluded.${column}`).join(', ')})
       RETURNING xmax = 0 AS inserted`,
      [JSON.stringify(rows)],
    );
    const inserted = changed.filter((row) => row.inserted).length;
    total.inserted += inserted;
    total.updated += changed.length - inserted;
    total.unchanged += rows.length - changed.length;
  };
  /** Rows of the given parents that the files don't have any more. */
  const remove = async (table: string, parent: string, parents: string[], kept: Row[], which = 'TRUE') => {
    const [{ removed }] = await db.query(
      `WITH gone AS (
         DELETE FROM ${table} r WHERE r.${parent} = ANY($1) AND ${which} AND NOT EXISTS (
           SELECT FROM jsonb_populate_recordset(NULL::${table}, $2::jsonb) k
           WHERE k.id = r.id ${kept.length && 'position' in kept[0] ? 'AND k.position = r.position' : ''})
         RETURNING 1)
       SELECT count(*)::int AS removed FROM gone`,
      [parents, JSON.stringify(kept)],
    );
    total.removed += removed;
  };

  const provinces = list.provinces.map(({ code }) => provinceId(code));
  const consortia = list.consortia.map(({ code }) => consortiumId(code));
  await save('province', provinceRows(list));
  await save('city', cityRows(list));
  const departments = departmentRows(list);
  await remove('department', 'province_id', provinces, departments);
  await save('department', departments);
  const corrected = total.updated;
  await save('designation', designationRows(list));
  const redated = total.updated > corrected;

  const units = await unitIds(db, list);
  await save('organization', organizationRows(list, units.organizations));
  await save('park', parkRows(list, units.parks));
  const moved = await movedConsortia(db, list);
  // the file says where a consortium stands on the list, not how it has fared since
  await save('consortium', consortiumRows(list), ['status']);

  const parks = parkLinkRows(list, units.parks);
  await remove('consortium_park', 'consortium_id', consortia, parks);
  await save('consortium_park', parks);
  const leads = leadRows(list, units.organizations);
  await remove('membership', 'consortium_id', consortia, leads, `r.role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE')`);
  await save('membership', leads);
  await moveToCities(db, moved);
  if (redated) total.removed += await withdrawObligations(db, consortia);
  await makeSealUnits((sql, values) => db.query(sql, values), provinces);
  return total;
}
