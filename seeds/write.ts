import type { EntityManager } from 'typeorm';
import { Membership } from '../src/consortia/consortium.entity.js';
import { idOf, newId } from '../src/database/ids.js';
import { makeSealUnits } from '../src/seals/units.js';
import { moveToCities } from './cities.js';
import type { Difference } from './compare.js';
import { TABLES } from './memory.js';
import { withdrawObligations } from './obligations.js';
import { CELLS, type Cell, type Row } from './rows.js';

/** Brings into the database what a comparison says, and remembers it as the list's word. */
export async function write(db: EntityManager, differences: Difference[]): Promise<void> {
  const cells: WantedCell[] = [];
  for (const table of TABLES) {
    const here = differences.filter((one) => one.table === table);
    await remove(
      db,
      table,
      here.filter(({ act }) => act === 'REMOVE').map(({ id }) => id),
    );
    await add(
      db,
      table,
      here.filter(({ act }) => act === 'ADD'),
    );
    const corrections = here.filter(({ act }) => act === 'CORRECT');
    for (const id of new Set(corrections.map((one) => one.id)))
      await correct(
        db,
        table,
        id,
        corrections.filter((one) => one.id === id),
      );
    if (table !== 'consortium') continue;
    for (const { id, provinceId, act, column, becomes, said } of here)
      for (const cell of CELLS)
        if (act === 'ADD' || (act === 'CORRECT' && column === cell)) {
          const wanted = act === 'ADD' ? (said as Record<Cell, string[]>)[cell] : (becomes as string[]);
          cells.push({ provinceId: provinceId!, consortiumId: id, cell, wanted });
        }
  }
  await fillCells(db, cells);

  const corrected = (table: string, column: string) =>
    differences.filter((one) => one.act === 'CORRECT' && one.table === table && one.column === column);
  await moveToCities(
    db,
    corrected('consortium', 'city_id').map(({ id }) => id),
  );
  await withdrawObligations(
    db,
    corrected('designation', 'signed_on').map(({ id }) => id),
  );
  const provinces = new Set(differences.flatMap(({ provinceId }) => provinceId ?? []));
  await makeSealUnits((sql, values) => db.query(sql, values), [...provinces]);
}

async function remove(db: EntityManager, table: string, ids: string[]): Promise<void> {
  if (!ids.length) return;
  await db.query(`DELETE FROM ${table} WHERE id = ANY($1)`, [ids]);
  await db.query('DELETE FROM published_row WHERE table_name = $1 AND row_id = ANY($2)', [table, ids]);
}

async function add(db: EntityManager, table: string, added: Difference[]): Promise<void> {
  if (!added.length) return;
  const rows = added.map(({ becomes }) => becomes as Row);
  const columns = Object.keys(rows[0]).join(', ');
  await db.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  await db.query(
    `INSERT INTO published_row (table_name, row_id, said)
     SELECT $1, r.id, r.said FROM jsonb_to_recordset($2::jsonb) r(id text, said jsonb)`,
    [table, JSON.stringify(added.map(({ id, said }) => ({ id, said })))],
  );
}

async function correct(db: EntityManager, table: string, id: string, corrections: Difference[]): Promise<void> {
  const columns = corrections.flatMap(({ column }) => (CELLS.includes(column as Cell) ? [] : column!));
  const valuesOf = (key: 'becomes' | 'said') =>
    JSON.stringify(Object.fromEntries(corrections.map((one) => [one.column, one[key]])));
  if (columns.length)
    await db.query(
      `UPDATE ${table} t SET ${columns.map((column) => `${column} = v.${column}`).join(', ')}
       FROM jsonb_populate_record(NULL::${table}, $1::jsonb) v WHERE t.id = $2`,
      [valuesOf('becomes'), id],
    );
  await db.query('UPDATE published_row SET said = said || $1::jsonb WHERE table_name = $2 AND row_id = $3', [
    valuesOf('said'),
    table,
    id,
  ]);
}

type WantedCell = { provinceId: string; consortiumId: string; cell: Cell; wanted: string[] };

/** Links that stay keep their rows, and with them whatever else is recorded of them. */
async function fillCells(db: EntityManager, cells: WantedCell[]): Promise<void> {
  for (const [table, unit, ofTable] of [
    ['consortium_park', 'park_id', cells.filter(({ cell }) => cell === 'parks')],
    ['membership', 'organization_id', cells.filter(({ cell }) => cell !== 'parks')],
  ] as const) {
    if (!ofTable.length) continue;
    const roleOf = (cell: Cell) =>
      ({ parks: 'PARK', lead_schools: 'LEAD_SCHOOL', lead_enterprises: 'LEAD_ENTERPRISE' })[cell];
    const wanted = ofTable.flatMap(({ provinceId, consortiumId, cell, wanted: units }) =>
      units.map((id, i) => ({
        // the id that these lead to can be that of a link that has become another since
        id: idOf(Membership, `${consortiumId}:${roleOf(cell)}:${id}`),
        other_id: newId(Membership),
        province_id: provinceId,
        consortium_id: consortiumId,
        unit: id,
        role: roleOf(cell),
        position: i + 1,
      })),
    );
    const owners = ofTable.map(({ consortiumId, cell }) => ({ consortium_id: consortiumId, role: roleOf(cell) }));
    const WANTED = `jsonb_to_recordset($1::jsonb) w(id text, other_id text, province_id text, consortium_id text, unit text, role text, position int)`;
    const sameRole = (as: string) => (table === 'membership' ? ` AND ${as}.role = r.role` : '');
    const MATCH = `w.consortium_id = r.consortium_id AND w.unit = r.${unit}${sameRole('w')}`;
    const rows = JSON.stringify(wanted);
    await db.query(
      `DELETE FROM ${table} r USING jsonb_to_recordset($2::jsonb) o(consortium_id text, role text)
       WHERE r.consortium_id = o.consortium_id${sameRole('o')} AND NOT EXISTS (SELECT FROM ${WANTED} WHERE ${MATCH})`,
      [rows, JSON.stringify(owners)],
    );
    // two steps: for a moment two of a consortium would share a position
    await db.query(
      `UPDATE ${table} r SET position = -w.position FROM ${WANTED} WHERE ${MATCH} AND r.position <> w.position`,
      [rows],
    );
    await db.query(`UPDATE ${table} SET position = -position WHERE position < 0 AND consortium_id = ANY($1)`, [
      owners.map((one) => one.consortium_id),
    ]);
    const role = table === 'membership' ? ', role' : '';
    await db.query(
      `INSERT INTO ${table} (id, province_id, consortium_id, ${unit}, position${role})
       SELECT CASE WHEN EXISTS (SELECT FROM ${table} t WHERE t.id = w.id) THEN w.other_id ELSE w.id END,
         w.province_id, w.consortium_id, w.unit, w.position${role}
       FROM ${WANTED} WHERE NOT EXISTS (SELECT FROM ${table} r WHERE ${MATCH})`,
      [rows],
    );
  }
}
