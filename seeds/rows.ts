import { Consortium, Designation } from '../src/consortia/consortium.entity.js';
import { idOf } from '../src/database/ids.js';
import { searchText, sortKey } from '../src/database/text.js';
import { City, Department, Province } from '../src/provinces/province.entity.js';
import type { List, ListedConsortium } from './list.js';

export type Row = Record<string, string | number | boolean | null> & { id: string };

/** Ids come from what survives a correction of a name: codes, and the year of a list. */
export const provinceId = (code: string): string => idOf(Province, code);
export const cityId = (code: string): string => idOf(City, code);
export const consortiumId = (code: string): string => idOf(Consortium, code);
export const designationId = (provinceCode: string, year: number): string =>
  idOf(Designation, `${provinceCode}-${year}`);

/** The id of a unit that the list names. */
export type UnitId = (provinceCode: string, name: string) => string;

export const provinceRows = (list: List): Row[] =>
  list.provinces.map(({ code, name, dueDayCounts }) => ({
    id: provinceId(code),
    code,
    name,
    due_day_counts: dueDayCounts,
  }));

export const cityRows = (list: List): Row[] =>
  list.cities.map(({ code, name, provinceCode }) => ({
    id: cityId(code),
    province_id: provinceId(provinceCode),
    code,
    name,
    name_sort: sortKey(name),
  }));

export const departmentRows = (list: List): Row[] =>
  list.departments.map(({ provinceCode, cityCode, kind, name }) => ({
    id: idOf(Department, `${cityCode ?? provinceCode}:${kind}`),
    province_id: provinceId(provinceCode),
    city_id: cityCode && cityId(cityCode),
    kind,
    name,
  }));

export const designationRows = (list: List): Row[] =>
  list.designations.map(({ provinceCode, year, documentNumber, signedOn, publishedOn, signedBy }) => ({
    id: designationId(provinceCode, year),
    province_id: provinceId(provinceCode),
    document_number: documentNumber,
    signed_on: signedOn,
    published_on: publishedOn,
    signed_by: signedBy,
    year,
  }));

export const organizationRows = (list: List, unitId: UnitId): Row[] =>
  list.organizations.map(({ provinceCode, name, kind, unifiedSocialCreditCode }) => ({
    id: unitId(provinceCode, name),
    province_id: provinceId(provinceCode),
    name,
    kind,
    unified_social_credit_code: unifiedSocialCreditCode,
    name_sort: sortKey(name),
    search_text: searchText(name),
  }));

export const parkRows = (list: List, unitId: UnitId): Row[] =>
  list.parks.map(({ provinceCode, name, cityCode }) => ({
    id: unitId(provinceCode, name),
    province_id: provinceId(provinceCode),
    name,
    city_id: cityCode && cityId(cityCode),
  }));

export const consortiumRows = (list: List): Row[] => {
  const citySort = new Map(list.cities.map(({ code, name }) => [code, sortKey(name)]));
  return list.consortia.map(({ code, provinceCode, year, number, name, cityCode }) => ({
    id: consortiumId(code),
    province_id: provinceId(provinceCode),
    city_id: cityId(cityCode),
    designation_id: designationId(provinceCode, year),
    code,
    list_number: number,
    name,
    status: 'ACTIVE',
    city_code: cityCode,
    // within a city in the order of the lists
    city_sort: `${citySort.get(cityCode)}\n${year}-${String(number).padStart(5, '0')}`,
    name_sort: sortKey(name),
    search_text: searchText(name),
  }));
};

/** What a consortium's row names several of, in order, under the names of its columns in the file. */
export const CELLS = ['parks', 'lead_schools', 'lead_enterprises'] as const;
export type Cell = (typeof CELLS)[number];

export const namesIn = (consortium: ListedConsortium, cell: Cell): string[] =>
  ({ parks: consortium.parks, lead_schools: consortium.leadSchools, lead_enterprises: consortium.leadEnterprises })[
    cell
  ];

/** Two names can lead to one unit, where it was renamed since to what the files call another. */
export const cellsOf = (list: List, units: { organizations: UnitId; parks: UnitId }) =>
  new Map(
    list.consortia.map((consortium) => {
      const unitsIn = (cell: Cell) => {
        const idFor = cell === 'parks' ? units.parks : units.organizations;
        return [...new Set(namesIn(consortium, cell).map((name) => idFor(consortium.provinceCode, name)))];
      };
      return [
        consortiumId(consortium.code),
        Object.fromEntries(CELLS.map((cell) => [cell, unitsIn(cell)])) as Record<Cell, string[]>,
      ];
    }),
  );
