import { createHash, randomUUID } from 'node:crypto';

/** One prefix per type; the same opaque string stands in URLs, exports and logs. */
export const ID_PREFIXES = {
  prv: 'Province',
  cty: 'City',
  dep: 'Department',
  prk: 'Park',
  org: 'Organization',
  des: 'Designation',
  con: 'Consortium',
  mem: 'Membership',
  brd: 'Board',
  bdm: 'BoardMember',
  obl: 'ReportObligation',
  rep: 'Report',
  rev: 'ReportRevision',
  doc: 'ReportDocument',
  sea: 'SealAttestation',
  evt: 'ReportEvent',
  acc: 'Account',
  tok: 'AccessToken',
  upl: 'Upload',
  exp: 'ExpertAssignment',
  rqs: 'RequiredSeal',
  srq: 'SealRequirement',
  rct: 'Receipt',
  tpl: 'ReportTemplate',
  arc: 'ReportArchive',
} as const;
export type IdPrefix = keyof typeof ID_PREFIXES;

export const newId = (prefix: IdPrefix): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** The same, made by the database for each row of a statement. */
export const newIdSql = (entity: string): string => {
  const [prefix] = Object.entries(ID_PREFIXES).find(([, name]) => name === entity) ?? [];
  if (!prefix) throw new Error(`${entity} has no prefix in database/ids.ts`);
  return `'${prefix}_' || replace(gen_random_uuid()::text, '-', '')`;
};

/** The same id at every seeding for the same natural key (a city's code, a unit's name). */
export const idOf = (prefix: IdPrefix, naturalKey: string): string =>
  `${prefix}_${createHash('sha256').update(`${prefix}:${naturalKey}`).digest('hex').slice(0, 32)}`;

const PATTERN = /^([a-z]{3})_[0-9a-f]{32}$/;

/** The type an id belongs to, or undefined when it is none of ours. */
export function typeOfId(id: string): string | undefined {
  const prefix = PATTERN.exec(id)?.[1];
  return prefix && prefix in ID_PREFIXES ? ID_PREFIXES[prefix as IdPrefix] : undefined;
}
