import type { EntityManager } from 'typeorm';
import { idOf, newId } from '../src/database/ids.js';
import { Organization, Park } from '../src/organizations/organization.entity.js';
import type { List } from './list.js';
import type { Memory } from './memory.js';
import { type Cell, consortiumId, namesIn, provinceId, type UnitId } from './rows.js';

export type UnitIds = { organizations: UnitId; parks: UnitId };
type Known = { id: string; province_id: string; name: string };

/**
 * The ids of the units that the list names: by what the list called them, whatever they are called since; else by their
 * name in the database. A published list does not change: where a place has another name than the files had before, and
 * that one is gone from the files, somebody corrected the copy, and it is the same unit under its right name. To make a
 * second one of it would leave its seals with a unit that never was.
 */
export async function unitIds(db: EntityManager, list: List, memory: Memory): Promise<UnitIds> {
  return {
    organizations: await idsOf(db, 'organization', list, ['lead_schools', 'lead_enterprises'], memory),
    parks: await idsOf(db, 'park', list, ['parks'], memory),
  };
}

const KINDS = { organization: Organization, park: Park };

async function idsOf(
  db: EntityManager,
  table: keyof typeof KINDS,
  list: List,
  cells: Cell[],
  memory: Memory,
): Promise<UnitId> {
  const keyOf = (province: unknown, name: unknown) => `${province} ${name}`;
  const natural = new Map<string, string>();
  for (const { provinceCode, name } of table === 'organization' ? list.organizations : list.parks)
    natural.set(keyOf(provinceId(provinceCode), name), idOf(KINDS[table], `${provinceCode}:${name}`));

  const known: Known[] = await db.query(
    `SELECT id, province_id, name FROM ${table} WHERE name = ANY($1) OR id = ANY($2)`,
    [[...natural.keys()].map((key) => key.slice(key.indexOf(' ') + 1)), [...natural.values()]],
  );
  const said = memory[table];
  const ids = new Map<string, string>();
  for (const { id, province_id, name } of known) ids.set(keyOf(province_id, name), id);
  for (const [id, { province_id, name }] of said) ids.set(keyOf(province_id, name), id);
  for (const key of ids.keys()) if (!natural.has(key)) ids.delete(key);
  const taken = new Set([...known.map(({ id }) => id), ...said.keys()]);

  for (const consortium of list.consortia)
    for (const cell of cells) {
      const before = memory.consortium.get(consortiumId(consortium.code))?.[cell];
      const names = namesIn(consortium, cell);
      if (before?.length !== names.length) continue;
      names.forEach((name, i) => {
        const key = keyOf(provinceId(consortium.provinceCode), name);
        const was = said.get(before[i]);
        const renamed = was && !ids.has(key) && !natural.has(keyOf(was.province_id, was.name));
        if (renamed && ![...ids.values()].includes(before[i])) ids.set(key, before[i]);
      });
    }
  // the id that a name leads to can belong to a unit that was called so once
  for (const [key, id] of natural) if (!ids.has(key)) ids.set(key, taken.has(id) ? newId(KINDS[table]) : id);
  return (provinceCode, name) => ids.get(keyOf(provinceId(provinceCode), name))!;
}
