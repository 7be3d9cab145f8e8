import type { EntityManager } from 'typeorm';
import { type IdPrefix, idOf, newId } from '../src/database/ids.js';
import type { List, ListedConsortium } from './list.js';
import { consortiumId, provinceId, type UnitId } from './rows.js';

type Cell = 'parks' | 'leadSchools' | 'leadEnterprises';
type Known = { id: string; province_id: string; name: string };
type Place = Known & { consortium_id: string; cell: Cell };

/**
 * The ids of the units that the list names. A published list does not change: where a place has another name than before,
 * and the old name is gone from the files, somebody corrected the copy, and it is the same unit under its right name. To
 * make a second one of it would leave its seals with a unit that never was.
 */
export async function unitIds(db: EntityManager, list: List): Promise<{ organizations: UnitId; parks: UnitId }> {
  const places: Place[] = await db.query(
    `SELECT o.id, o.province_id, o.name, m.consortium_id, m.position,
       CASE m.role WHEN 'LEAD_SCHOOL' THEN 'leadSchools' ELSE 'leadEnterprises' END AS cell
     FROM membership m JOIN organization o ON o.id = m.organization_id
     WHERE m.consortium_id = ANY($1) AND m.role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE')
     UNION ALL
     SELECT p.id, p.province_id, p.name, l.consortium_id, l.position, 'parks'
     FROM consortium_park l JOIN park p ON p.id = l.park_id
     WHERE l.consortium_id = ANY($1)
     ORDER BY position`,
    [list.consortia.map(({ code }) => consortiumId(code))],
  );
  const at = new Map<string, Place[]>();
  for (const place of places) {
    const key = `${place.consortium_id} ${place.cell}`;
    at.set(key, [...(at.get(key) ?? []), place]);
  }
  const had = ({ code }: ListedConsortium, cell: Cell) => at.get(`${consortiumId(code)} ${cell}`) ?? [];
  return {
    organizations: await idsOf(db, 'org', list, ['leadSchools', 'leadEnterprises'], had),
    parks: await idsOf(db, 'prk', list, ['parks'], had),
  };
}

const TABLES = { org: 'organization', prk: 'park' } as const satisfies Partial<Record<IdPrefix, string>>;

async function idsOf(
  db: EntityManager,
  prefix: keyof typeof TABLES,
  list: List,
  cells: Cell[],
  had: (consortium: ListedConsortium, cell: Cell) => Place[],
): Promise<UnitId> {
  const keyOf = (province: string, name: string) => `${province} ${name}`;
  const natural = new Map<string, string>();
  for (const { provinceCode, name } of prefix === 'org' ? list.organizations : list.parks)
    natural.set(keyOf(provinceId(provinceCode), name), idOf(prefix, `${provinceCode}:${name}`));

  const known: Known[] = await db.query(
    `SELECT id, province_id, name FROM ${TABLES[prefix]} WHERE name = ANY($1) OR id = ANY($2)`,
    [[...natural.keys()].map((key) => key.slice(key.indexOf(' ') + 1)), [...natural.values()]],
  );
  const ids = new Map(
    known.map((unit) => [keyOf(unit.province_id, unit.name), unit.id] as const).filter(([key]) => natural.has(key)),
  );
  const taken = new Set(known.map(({ id }) => id));

  for (const consortium of list.consortia)
    for (const cell of cells) {
      const before = had(consortium, cell);
      if (before.length !== consortium[cell].length) continue;
      consortium[cell].forEach((name, i) => {
        const key = keyOf(provinceId(consortium.provinceCode), name);
        const { id, province_id, name: oldName } = before[i];
        const renamed = !ids.has(key) && !natural.has(keyOf(province_id, oldName));
        if (!renamed || [...ids.values()].includes(id)) return;
        ids.set(key, id);
      });
    }
  // the id that a name leads to can belong to a unit that was called so once
  for (const [key, id] of natural) if (!ids.has(key)) ids.set(key, taken.has(id) ? newId(prefix) : id);
  return (provinceCode, name) => ids.get(keyOf(provinceId(provinceCode), name))!;
}
