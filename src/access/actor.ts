import type { DepartmentKind, Role } from '../graph/enums.js';

/** What a token is good for. Null where it does not apply. */
export type Scope = {
  accountId: string | null;
  tokenId: string | null;
  provinceId: string | null;
  cityId: string | null;
  department: DepartmentKind | null;
  consortiumId: string | null;
  /** Of a seal unit: the one unit, report and PDF that its token is for. */
  organizationId: string | null;
  reportId: string | null;
  sealedSha256: string | null;
  /** Of an expert: read from the database when its request begins. */
  assignedConsortiumIds: readonly string[];
};

/** Who is asking. No token is an actor too, and so are the jobs. */
export type Actor = Scope & { role: Role | 'JOB'; name: string; tokenExpiresAt: Date | null };

export const NOWHERE: Scope = {
  accountId: null,
  tokenId: null,
  provinceId: null,
  cityId: null,
  department: null,
  consortiumId: null,
  organizationId: null,
  reportId: null,
  sealedSha256: null,
  assignedConsortiumIds: [],
};

export const PUBLIC: Actor = { ...NOWHERE, role: 'PUBLIC', name: '公众', tokenExpiresAt: null };
/** Obligations, uploads, last use of tokens, the outbox: whatever no person asked for. */
export const JOB: Actor = { ...NOWHERE, role: 'JOB', name: '系统', tokenExpiresAt: null };

/** One database role per kind of actor: each with its own grants and policies (migrations/). */
export const DATABASE_ROLE: Record<Actor['role'], string> = {
  PUBLIC: 'iec_public',
  BOARD: 'iec_board',
  CITY_BUREAU: 'iec_bureau',
  CITY_DEPARTMENT: 'iec_department',
  PROVINCE: 'iec_province',
  EXPERT: 'iec_expert',
  ANALYST: 'iec_analyst',
  ADMINISTRATOR: 'iec_administrator',
  SEAL_UNIT: 'iec_seal_unit',
  JOB: 'iec_job',
};
