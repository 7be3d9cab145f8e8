import type { EntityManager } from 'typeorm';

/** Those of the consortia that have reports. The loader may not see any, hence as the owner. */
export async function reportedAmong(db: EntityManager, consortia: string[]): Promise<Set<string>> {
  if (consortia.length === 0) return new Set();
  await db.query('SET LOCAL ROLE NONE');
  const rows: { id: string }[] = await db.query(
    'SELECT DISTINCT consortium_id AS id FROM report WHERE consortium_id = ANY($1)',
    [consortia],
  );
  await db.query('SET LOCAL ROLE iec_loader');
  return new Set(rows.map(({ id }) => id));
}

/** Parents before children: the database compares each row's city with its parent's. */
const CARRIES_CITY = ['report_obligation', 'board', 'board_member', 'board_member_contact', 'access_token', 'upload'];

/** Rows carry their consortium's city down, for the policies. The loader may not touch what boards and jobs own, hence as the owner. */
export async function moveToCities(db: EntityManager, consortia: string[]): Promise<void> {
  if (consortia.length === 0) return;
  await db.query('SET LOCAL ROLE NONE');
  for (const table of CARRIES_CITY)
    await db.query(
      `UPDATE ${table} t SET city_id = c.city_id ${table === 'report_obligation' ? ', city_code = c.city_code' : ''}
       FROM consortium c WHERE c.id = ANY($1) AND t.consortium_id = c.id AND t.city_id IS NOT NULL`,
      [consortia],
    );
  await db.query('SET LOCAL ROLE iec_loader');
}
