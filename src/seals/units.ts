import { idOf } from '../database/ids.js';
import { searchText, sortKey } from '../database/text.js';
import { Organization } from '../organizations/organization.entity.js';

/** Of whoever asks: the province that decides, or the loader that brings a new park. */
type Query = <R = any>(sql: string, values: unknown[]) => Promise<R[]>;
type Wanting = { holder: 'park' | 'department'; id: string; provinceId: string; name: string; known: string | null };

/**
 * A park or an education bureau that is to seal needs a unit to seal for it: of its own name, or the one that has this name
 * already. Said at the decision and whenever the list is loaded, so that one that comes later owes its seal too.
 */
export async function makeSealUnits(query: Query, provinceIds: readonly string[]): Promise<void> {
  const wanting = await query<Wanting>(
    `SELECT u.holder, u.id, u.province_id AS "provinceId", u.name,
       (SELECT min(o.id) FROM organization o WHERE o.province_id = u.province_id AND o.name = u.name) AS known
     FROM (SELECT 'park' AS holder, 'PARK' AS unit, id, province_id, name FROM park WHERE organization_id IS NULL
       UNION ALL SELECT 'department', 'BUREAU', id, province_id, name FROM department WHERE organization_id IS NULL AND kind = 'EDUCATION') u
     WHERE u.province_id = ANY($1) AND EXISTS (SELECT FROM seal_requirement s WHERE s.province_id = u.province_id AND u.unit = ANY(s.units))`,
    [provinceIds],
  );
  if (!wanting.length) return;
  const unitOf = ({ known, provinceId, name }: Wanting) => known ?? idOf(Organization, `${provinceId}:${name}`);
  const missing = new Map(wanting.filter(({ known }) => !known).map((one) => [unitOf(one), one]));
  await query(
    `INSERT INTO organization (id, province_id, name, kind, name_sort, search_text)
     SELECT v.id, v.province_id, v.name, 'GOVERNMENT', v.name_sort, v.search_text
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) v(id, province_id, name, name_sort, search_text)`,
    [
      [...missing.keys()],
      ...(['provinceId', 'name'] as const).map((key) => [...missing.values()].map((one) => one[key])),
      ...[sortKey, searchText].map((made) => [...missing.values()].map(({ name }) => made(name))),
    ],
  );
  for (const holder of ['park', 'department'] as const) {
    const held = wanting.filter((one) => one.holder === holder);
    await query(
      `UPDATE ${holder} t SET organization_id = v.organization_id FROM unnest($1::text[], $2::text[]) v(id, organization_id) WHERE t.id = v.id`,
      [held.map(({ id }) => id), held.map(unitOf)],
    );
  }
}
