import type { DataSource } from 'typeorm';
import { Board, BoardMember } from '../../src/boards/board.entity.js';
import { idOf } from '../../src/database/ids.js';
import type { BoardPosition, Constituency } from '../../src/graph/enums.js';

/** Seats that are no persons: a demonstration names nobody. */
const SEATS: readonly [position: BoardPosition, constituency: Constituency, name: string][] = [
  ['CHAIR', 'GOVERNMENT', '演示理事长'],
  ['VICE_CHAIR', 'ENTERPRISE', '演示副理事长（企业）'],
  ['VICE_CHAIR', 'SCHOOL', '演示副理事长（学校）'],
  ['SECRETARY_GENERAL', 'SCHOOL', '演示秘书长'],
  ['MEMBER', 'RESEARCH_INSTITUTE', '演示理事（科研机构）'],
  ['MEMBER', 'PARK', '演示理事（园区）'],
];

/** A board with members and contacts for every consortium. */
export async function demoBoards(owner: DataSource): Promise<void> {
  await owner.transaction(async (db) => {
    await db.query('SET LOCAL ROLE iec_loader');
    const consortia: {
      id: string;
      code: string;
      provinceId: string;
      cityId: string;
      school: string;
      enterprise: string;
    }[] = await db.query(
      `SELECT c.id, c.code, c.province_id AS "provinceId", c.city_id AS "cityId",
         (SELECT organization_id FROM membership m WHERE m.consortium_id = c.id AND m.role = 'LEAD_SCHOOL' AND position = 1) AS school,
         (SELECT organization_id FROM membership m WHERE m.consortium_id = c.id AND m.role = 'LEAD_ENTERPRISE' AND position = 1) AS enterprise
       FROM consortium c ORDER BY c.code`,
    );
    const boards = consortia.map((c) => ({
      id: idOf(Board, c.code),
      province_id: c.provinceId,
      city_id: c.cityId,
      consortium_id: c.id,
      form: 'COUNCIL',
    }));
    const members = consortia.flatMap((c) =>
      SEATS.map(([position, constituency, name], rank) => ({
        id: idOf(BoardMember, `${c.code}:${rank}`),
        province_id: c.provinceId,
        city_id: c.cityId,
        consortium_id: c.id,
        board_id: idOf(Board, c.code),
        name,
        position,
        constituency,
        rank,
        term_start: '2024-06-01',
        term_end: '2027-05-31',
        organization_id: constituency === 'SCHOOL' ? c.school : constituency === 'ENTERPRISE' ? c.enterprise : null,
      })),
    );
    const contacts = members.map((m, i) => ({
      board_member_id: m.id,
      province_id: m.province_id,
      city_id: m.city_id,
      consortium_id: m.consortium_id,
      phone: `000-${String(i).padStart(8, '0')}`,
      email: `demo-${i}@example.invalid`,
    }));
    const insert = (table: string, rows: object[]) =>
      db.query(
        `INSERT INTO ${table} (${Object.keys(rows[0])}) SELECT ${Object.keys(rows[0])} FROM json_populate_recordset(NULL::${table}, $1) ON CONFLICT DO NOTHING`,
        [JSON.stringify(rows)],
      );
    await insert('board', boards);
    await insert('board_member', members);
    await insert('board_member_contact', contacts);
  });
}
