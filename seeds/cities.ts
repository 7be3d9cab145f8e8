import type { EntityManager } from 'typeorm';
import type { List, ListedConsortium } from './list.js';
import { cityId, consortiumId } from './rows.js';
import { ListError } from './table.js';

/** Consortia that the database has in another city than the files. */
export async function movedConsortia(db: EntityManager, list: List): Promise<ListedConsortium[]> {
  const rows: { id: string; city_id: string }[] = await db.query(
    'SELECT id, city_id FROM consortium WHERE id = ANY($1)',
    [list.consortia.map(({ code }) => consortiumId(code))],
  );
  const cityOf = new Map(rows.map(({ id, city_id }) => [id, city_id]));
  return list.consortia.filter(({ code, cityCode }) => {
    const before = cityOf.get(consortiumId(code));
    return before !== undefined && before !== cityId(cityCode);
  });
}

/** Parents before children: the database compares each row's city with its parent's. */
const CARRIES_CITY = ['report_obligation', 'board', 'board_member', 'board_member_contact', 'access_token', 'upload'];

/**
 * Rows carry their consortium's city down, for the policies. A report's history can't be rewritten: after the first report
 * the city stands. The loader may not touch what boards and jobs own, hence as the owner.
 */
export async function moveToCities(db: EntityManager, moved: ListedConsortium[]): Promise<void> {
  if (moved.length === 0) return;
  await db.query('SET LOCAL ROLE NONE');
  const ids = moved.map(({ code }) => consortiumId(code));
  const reported: { consortium_id: string }[] = await db.query(
    'SELECT DISTINCT consortium_id FROM report WHERE consortium_id = ANY($1)',
    [ids],
  );
  if (reported.length)
    throw new ListError(
      moved
        .filter(({ code }) => reported.some((row) => row.consortium_id === consortiumId(code)))
        .map(({ line, name }) => ({
          file: 'consortia.csv',
          line,
          zh: `“${name}”已有报送材料，请恢复原来的 city_code。`,
          en: `“${name}” has reports already; put its city_code back.`,
        })),
    );
  for (const table of CARRIES_CITY)
    await db.query(
      `UPDATE ${table} t SET city_id = c.city_id ${table === 'report_obligation' ? ', city_code = c.city_code' : ''}
       FROM consortium c WHERE c.id = ANY($1) AND t.consortium_id = c.id AND t.city_id IS NOT NULL`,
      [ids],
    );
  await db.query('SET LOCAL ROLE iec_loader');
}
