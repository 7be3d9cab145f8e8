import type { DatabaseRole } from './roles.js';

const COMMANDS = { reads: 'SELECT', adds: 'INSERT', changes: 'UPDATE', removes: 'DELETE' } as const;
type Verb = keyof typeof COMMANDS;

export type Rule = {
  role: DatabaseRole;
  verb: Verb;
  table: string;
  /** The rows: those that are there (reads, changes, removes) or those to come (adds). */
  rows: string;
  /** Of `changes`: the rows as they may become, where that is narrower than `rows`. */
  becoming?: string;
  /** Columns of the grant; none named is all of them. */
  columns?: readonly string[];
};

/** One grant and one policy of one condition: an OR over roles would read whole tables. */
export function statementsOf({ role, verb, table, rows, becoming, columns }: Rule): string[] {
  const command = COMMANDS[verb];
  const conditions =
    verb === 'adds' ? `WITH CHECK (${rows})` : `USING (${rows})${becoming ? ` WITH CHECK (${becoming})` : ''}`;
  return [
    `GRANT ${command}${columns ? ` (${columns.join(', ')})` : ''} ON ${table} TO iec_${role}`,
    `CREATE POLICY ${role}_${verb}_${table} ON ${table} FOR ${command} TO iec_${role} ${conditions}`,
  ];
}

/** A setting of the transaction, read once per statement; absent it is null or empty, and equals no id. */
const my = (name: string) => `(SELECT current_setting('app.${name}', true))`;

export const MY = {
  account: my('account_id'),
  token: my('token_id'),
  province: my('province_id'),
  city: my('city_id'),
  consortium: my('consortium_id'),
};

/** "own" of the domain's table, as each role has it. */
export const OWN = {
  board: `consortium_id = ${MY.consortium}`,
  bureau: `city_id = ${MY.city}`,
  department: `city_id = ${MY.city}`,
  province: `province_id = ${MY.province}`,
  analyst: `province_id = ${MY.province}`,
  expert: `consortium_id IN (SELECT a.consortium_id FROM expert_assignment a WHERE a.account_id = ${MY.account})`,
};

/** Rows that differ by role only: `{ board: OWN.board, … }`. */
export const each = (
  verb: Verb,
  table: string,
  by: Partial<Record<DatabaseRole, string>>,
  columns?: readonly string[],
): Rule[] => Object.entries(by).map(([role, rows]) => ({ role: role as DatabaseRole, verb, table, rows, columns }));

/** The one purpose of a seal unit's token stands in the token's own row: read once per statement, like a setting. */
const mine = (column: string) => `(SELECT t.${column} FROM access_token t WHERE t.id = ${MY.token})`;
export const PURPOSE = { report: mine('report_id'), organization: mine('organization_id'), sha256: mine('sha256') };

/** Tokens that a role issues, sees and revokes. */
export const ISSUED = {
  bureau: `${OWN.bureau} AND role IN ('BOARD', 'CITY_DEPARTMENT')`,
  province: `${OWN.province} AND role IN ('CITY_BUREAU', 'EXPERT', 'ANALYST')`,
  administrator: "role IN ('PROVINCE', 'ADMINISTRATOR')",
};

/** Submitted content, as far as each role may ever read it. */
export const REVISIONS = {
  board: OWN.board,
  bureau: `${OWN.bureau} AND number IS NOT NULL`,
  department: `${OWN.department} AND number IS NOT NULL`,
  province: `${OWN.province} AND approved_at IS NOT NULL`,
  expert: `${OWN.expert} AND accepted_at IS NOT NULL`,
};
