import { join } from 'node:path';
import { projectRoot } from '../src/config.js';
import { LISTED } from '../src/graph/bounds.js';
import { DepartmentKind } from '../src/graph/enums.js';
import { isDay, isSocialCreditCode, unitsOf } from './checks.js';
import { ListError, type Mistake, type Note, readTable } from './table.js';

export type ListedProvince = { code: string; name: string; dueDayCounts: boolean };
export type ListedCity = { code: string; name: string; provinceCode: string };
/** `cityCode` null: the province's own office. */
export type ListedDepartment = { provinceCode: string; cityCode: string | null; kind: DepartmentKind; name: string };
export type ListedDesignation = {
  provinceCode: string;
  year: number;
  documentNumber: string;
  signedOn: string;
  publishedOn: string | null;
  signedBy: string;
};
export type ListedConsortium = {
  /** In consortia.csv. */
  line: number;
  code: string;
  provinceCode: string;
  year: number;
  number: number;
  name: string;
  cityCode: string;
  parks: string[];
  leadSchools: string[];
  leadEnterprises: string[];
};
export type ListedOrganization = {
  provinceCode: string;
  name: string;
  kind: 'SCHOOL' | 'ENTERPRISE';
  unifiedSocialCreditCode: string | null;
};
/** `cityCode` null: it is named by consortia of several cities. */
export type ListedPark = { provinceCode: string; name: string; cityCode: string | null };
export type List = {
  provinces: ListedProvince[];
  cities: ListedCity[];
  departments: ListedDepartment[];
  designations: ListedDesignation[];
  consortia: ListedConsortium[];
  /** Every unit once, however many rows name it. */
  organizations: ListedOrganization[];
  parks: ListedPark[];
};

/** The files themselves, not a copy in the build: what a person corrected is what is compared. */
export const listFolder = (): string => join(projectRoot, 'seeds', 'list');

export const consortiumCode = (provinceCode: string, year: number, number: number): string =>
  `${provinceCode}-${year}-${String(number).padStart(2, '0')}`;

/** Reads and checks the list. Throws one ListError with everything that is wrong. */
export function readList(folder: string = listFolder()): List {
  const mistakes: Mistake[] = [];
  const provinces = readProvinces(folder, mistakes);
  const cities = readCities(folder, mistakes, provinces);
  const departments = readDepartments(folder, mistakes, provinces, cities);
  const designations = readDesignations(folder, mistakes, provinces);
  const consortia = readConsortia(folder, mistakes, designations, cities);
  const organizations = readOrganizations(folder, mistakes, consortia);
  const unread = mistakes.filter((mistake) => mistake.unread);
  // what only follows from a file that could not be read would bury it
  if (mistakes.length) throw new ListError(unread.length ? unread : mistakes);
  return { provinces, cities, departments, designations, consortia, organizations, parks: parksOf(consortia) };
}

const isLong = (name: string) => [...name].length > LISTED.name;
const TOO_LONG = [`名称至多 ${LISTED.name} 字。`, `A name takes ${LISTED.name} characters at most.`] as const;

/** Notes whatever stands twice. */
function once(note: Note) {
  const seen = new Map<string, number>();
  return (line: number, key: string, zh: string, en: string) => {
    const first = seen.get(key);
    if (first) note(line, `${zh}与第 ${first} 行重复。`, `${en} stands in line ${first} already.`);
    else seen.set(key, line);
  };
}

function required<C extends string>(note: Note, row: Record<C, string> & { line: number }, ...columns: C[]) {
  for (const column of columns)
    if (!row[column]) note(row.line, `${column} 不能为空。`, `${column} must not be empty.`);
    else if (column === 'name' && isLong(row[column])) note(row.line, ...TOO_LONG);
}

function readProvinces(folder: string, mistakes: Mistake[]): ListedProvince[] {
  const { rows, note } = readTable(folder, 'provinces.csv', ['code', 'name', 'due_day_counts'], mistakes);
  const unique = once(note);
  return rows.map((row) => {
    required(note, row, 'name');
    if (!/^\d{2}0000$/.test(row.code))
      note(row.line, '省代码应为六位数字，末四位为 0000。', 'A province’s code has six digits and ends in 0000.');
    if (!['true', 'false'].includes(row.due_day_counts.toLowerCase()))
      note(row.line, 'due_day_counts 应为 true 或 false。', 'due_day_counts is to be true or false.');
    unique(row.line, row.code, '省代码', 'The code');
    return { code: row.code, name: row.name, dueDayCounts: row.due_day_counts.toLowerCase() === 'true' };
  });
}

function readCities(folder: string, mistakes: Mistake[], provinces: ListedProvince[]): ListedCity[] {
  const { rows, note } = readTable(folder, 'cities.csv', ['code', 'name'], mistakes);
  const unique = once(note);
  return rows.map((row) => {
    required(note, row, 'name');
    const provinceCode = `${row.code.slice(0, 2)}0000`;
    if (!/^\d{4}00$/.test(row.code) || row.code === provinceCode)
      note(row.line, '市州代码应为六位数字，末两位为 00。', 'A city’s code has six digits and ends in 00.');
    else if (!provinces.some(({ code }) => code === provinceCode))
      note(row.line, `provinces.csv 中没有省 ${provinceCode}。`, `provinces.csv has no province ${provinceCode}.`);
    unique(row.line, row.code, '市州代码', 'The code');
    unique(row.line, `${provinceCode} ${row.name}`, '市州名称', 'The name');
    const before = rows.slice(0, rows.indexOf(row)).filter(({ code }) => code.slice(0, 2) === row.code.slice(0, 2));
    if (before.length === LISTED.cities)
      note(row.line, `一省至多 ${LISTED.cities} 个市州。`, `A province takes ${LISTED.cities} cities at most.`);
    return { code: row.code, name: row.name, provinceCode };
  });
}

function readDepartments(
  folder: string,
  mistakes: Mistake[],
  provinces: ListedProvince[],
  cities: ListedCity[],
): ListedDepartment[] {
  const { rows, note } = readTable(folder, 'departments.csv', ['area_code', 'kind', 'name'], mistakes);
  const unique = once(note);
  return rows.map((row) => {
    required(note, row, 'name');
    const city = cities.find(({ code }) => code === row.area_code);
    if (!city && !provinces.some(({ code }) => code === row.area_code))
      note(
        row.line,
        `provinces.csv 与 cities.csv 中没有 ${row.area_code || '该地区'}。`,
        `Neither provinces.csv nor cities.csv has ${row.area_code || 'this area'}.`,
      );
    if (!Object.hasOwn(DepartmentKind, row.kind)) {
      const kinds = Object.keys(DepartmentKind).join(' ');
      note(row.line, `kind 应为以下之一：${kinds}。`, `kind is to be one of ${kinds}.`);
    }
    unique(row.line, `${row.area_code} ${row.kind}`, '同一地区的同类部门', 'This kind of office of the area');
    return {
      provinceCode: city?.provinceCode ?? row.area_code,
      cityCode: city?.code ?? null,
      kind: row.kind as DepartmentKind,
      name: row.name,
    };
  });
}

function readDesignations(folder: string, mistakes: Mistake[], provinces: ListedProvince[]): ListedDesignation[] {
  const columns = ['province_code', 'year', 'document_number', 'signed_on', 'published_on', 'signed_by'] as const;
  const { rows, note } = readTable(folder, 'designations.csv', columns, mistakes);
  const unique = once(note);
  return rows.map((row) => {
    required(note, row, 'document_number', 'signed_by');
    if (!provinces.some(({ code }) => code === row.province_code))
      note(
        row.line,
        `provinces.csv 中没有省 ${row.province_code}。`,
        `provinces.csv has no province ${row.province_code}.`,
      );
    if (!/^20\d{2}$/.test(row.year)) note(row.line, 'year 应为四位年份。', 'year is to be a year of four digits.');
    const { signed_on: signedOn, published_on: publishedOn } = row;
    if (!isDay(signedOn)) note(row.line, 'signed_on 应如 2024-05-16。', 'signed_on is to be a day such as 2024-05-16.');
    if (publishedOn && (!isDay(publishedOn) || publishedOn < signedOn))
      note(
        row.line,
        'published_on 应为空，或为不早于成文日期的日期，如 2024-05-16。',
        'published_on is to be empty or a day such as 2024-05-16, not before signed_on.',
      );
    unique(row.line, `${row.province_code} ${row.year}`, '同省同年的名单', 'The province’s list of this year');
    unique(row.line, `${row.province_code} ${row.document_number}`, '文号', 'The document number');
    return {
      provinceCode: row.province_code,
      year: Number(row.year),
      documentNumber: row.document_number,
      signedOn,
      publishedOn: publishedOn || null,
      signedBy: row.signed_by,
    };
  });
}

const UNITS = ['parks', 'lead_schools', 'lead_enterprises'] as const;
const CONSORTIA = ['province_code', 'year', 'number', 'name', ...UNITS, 'city_code'] as const;

function readConsortia(
  folder: string,
  mistakes: Mistake[],
  designations: ListedDesignation[],
  cities: ListedCity[],
): ListedConsortium[] {
  const { rows, note } = readTable(folder, 'consortia.csv', CONSORTIA, mistakes);
  const unique = once(note);
  return rows.map((row) => {
    required(note, row, 'name', ...UNITS);
    const { province_code: provinceCode, city_code: cityCode, line } = row;
    if (!designations.some((d) => d.provinceCode === provinceCode && String(d.year) === row.year))
      note(
        line,
        `designations.csv 中没有省 ${provinceCode} ${row.year} 年的名单。`,
        `designations.csv has no list of ${provinceCode} in ${row.year}.`,
      );
    if (!/^[1-9]\d{0,4}$/.test(row.number))
      note(line, 'number 应为名单序号（1 起）。', 'number is to be the number on the list, from 1.');
    if (!cities.some((city) => city.code === cityCode && city.provinceCode === provinceCode))
      note(line, `cities.csv 中没有该省的市州 ${cityCode}。`, `cities.csv has no city ${cityCode} of this province.`);
    const list = `${provinceCode} ${row.year}`;
    unique(line, `number ${list} ${row.number}`, '序号', 'The number');
    unique(line, `name ${list} ${row.name}`, '名称', 'The name');
    const [parks, leadSchools, leadEnterprises] = UNITS.map((column) => unitsIn(row[column], column, line, note));
    const code = consortiumCode(provinceCode, Number(row.year), Number(row.number));
    return {
      line,
      code,
      provinceCode,
      year: Number(row.year),
      number: Number(row.number),
      name: row.name,
      cityCode,
      parks,
      leadSchools,
      leadEnterprises,
    };
  });
}

function unitsIn(cell: string, column: string, line: number, note: Note): string[] {
  const units = unitsOf(cell);
  if (!units) note(line, `${column} 的括号不配对。`, `The brackets in ${column} don’t match.`);
  else if (cell && units.includes(''))
    note(line, `${column} 中的“、”前后缺少单位。`, `A unit is missing beside a 、 in ${column}.`);
  else if (new Set(units).size < units.length)
    note(line, `${column} 中同一单位出现两次。`, `${column} names a unit twice.`);
  else if (units.length > LISTED.units)
    note(line, `${column} 至多 ${LISTED.units} 个单位。`, `${column} takes ${LISTED.units} units at most.`);
  else if (units.some(isLong)) note(line, ...TOO_LONG);
  return units ?? [];
}

/** The units of the list; organizations.csv adds what the list does not say of them. */
function readOrganizations(folder: string, mistakes: Mistake[], consortia: ListedConsortium[]): ListedOrganization[] {
  const found = new Map<string, ListedOrganization>();
  for (const { provinceCode, line, leadSchools, leadEnterprises } of consortia)
    for (const [kind, names] of [
      ['SCHOOL', leadSchools],
      ['ENTERPRISE', leadEnterprises],
    ] as const)
      for (const name of names) {
        const key = `${provinceCode} ${name}`;
        const known = found.get(key);
        if (!known) found.set(key, { provinceCode, name, kind, unifiedSocialCreditCode: null });
        else if (known.kind !== kind)
          mistakes.push({
            file: 'consortia.csv',
            line,
            zh: `“${name}”既是学校又是企业，请更正其一。`,
            en: `“${name}” is both a school and an enterprise; correct one of them.`,
          });
      }

  const columns = ['province_code', 'name', 'unified_social_credit_code'] as const;
  const { rows, note } = readTable(folder, 'organizations.csv', columns, mistakes);
  const unique = once(note);
  for (const { line, province_code: provinceCode, name, unified_social_credit_code: creditCode } of rows) {
    const key = `${provinceCode} ${name}`;
    const organization = found.get(key);
    if (!organization)
      note(
        line,
        `consortia.csv 中没有单位“${name}”，名称须完全一致。`,
        `consortia.csv does not name “${name}”, to the character.`,
      );
    if (creditCode && !isSocialCreditCode(creditCode))
      note(
        line,
        '统一社会信用代码有误（18 位，含校验码）。',
        'The unified social credit code is wrong (18 characters, with a check character).',
      );
    unique(line, `name ${key}`, '单位', 'The unit');
    if (creditCode) unique(line, `code ${creditCode}`, '统一社会信用代码', 'The unified social credit code');
    if (organization) organization.unifiedSocialCreditCode = creditCode || null;
  }
  return [...found.values()];
}

function parksOf(consortia: ListedConsortium[]): ListedPark[] {
  const found = new Map<string, ListedPark>();
  for (const { provinceCode, cityCode, parks } of consortia)
    for (const name of parks) {
      const key = `${provinceCode} ${name}`;
      const known = found.get(key);
      if (!known) found.set(key, { provinceCode, name, cityCode });
      else if (known.cityCode !== cityCode) known.cityCode = null;
    }
  return [...found.values()];
}
