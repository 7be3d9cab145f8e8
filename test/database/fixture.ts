import { Client } from 'pg';

/**
 * Two provinces, two cities each, two consortia each (p1, p1c1, p1c1k1 …); every consortium has a report on each stretch of the
 * way. The lists come from the loader, the obligations from the jobs, and every report takes its steps as the actors take them.
 */
export type Place = { province: string; city: string; consortium: string };
export const PLACES: Place[] = ['p1', 'p2'].flatMap((province) =>
  ['c1', 'c2'].flatMap((c) =>
    ['k1', 'k2'].map((k) => ({ province, city: province + c, consortium: province + c + k })),
  ),
);

export type Scope = Partial<
  Record<'account_id' | 'token_id' | 'province_id' | 'city_id' | 'department' | 'consortium_id', string>
>;
const SETTINGS = ['account_id', 'token_id', 'province_id', 'city_id', 'department', 'consortium_id'] as const;

/** Who asks in the tests, seen from a place; account and token are named after role and scope. */
export function scopeOf(role: string, at: Place): Scope {
  const where = {
    board: at.consortium,
    seal_unit: at.consortium,
    bureau: at.city,
    department: at.city,
    province: at.province,
    expert: at.province,
    analyst: at.province,
  }[role];
  if (role === 'public' || role === 'login' || role === 'loader' || role === 'job') return {};
  const name = `${role}-${where ?? 'all'}`;
  return {
    account_id: `acc-${name}`,
    token_id: `tok-${name}`,
    ...(where && { province_id: at.province }),
    ...(['board', 'bureau', 'department', 'seal_unit'].includes(role) && { city_id: at.city }),
    ...(role === 'department' && { department: 'FINANCE' }),
    ...(['board', 'seal_unit'].includes(role) && { consortium_id: at.consortium }),
  };
}

export class Door {
  private constructor(readonly client: Client) {}

  /** As the pool comes in: the owner's name, and the role that sees nothing. */
  static async open(ownerUrl: string, options = '-c role=iec_login'): Promise<Door> {
    // a guard's plan asks for every table that it names, whichever branch is taken: what PostgreSQL comes to after a while
    const generic = '-c plan_cache_mode=force_generic_plan';
    const client = new Client({ connectionString: ownerUrl, options: `${options} ${generic}` });
    await client.connect();
    return new Door(client);
  }

  /** One transaction as a role; thrown away unless `keep`. */
  async as<T>(role: string, scope: Scope, work: (client: Client) => Promise<T>, keep = false): Promise<T> {
    await this.client.query('BEGIN');
    try {
      if (role !== 'login') await this.client.query(`SET LOCAL ROLE ${role === 'owner' ? 'NONE' : `iec_${role}`}`);
      await this.client.query(
        `SELECT ${SETTINGS.map((name, i) => `set_config('app.${name}', $${i + 1}, true)`).join(', ')}`,
        SETTINGS.map((name) => scope[name] ?? ''),
      );
      const result = await work(this.client);
      await this.client.query(keep ? 'COMMIT' : 'ROLLBACK');
      return result;
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
  }

  /** The SQLSTATE with which the database refuses, or 'done'. */
  async attempt(role: string, scope: Scope, text: string, settle = false): Promise<string> {
    return this.as(role, scope, async (client) => {
      await client.query(text);
      if (settle) await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    }).then(
      () => 'done',
      (error) => error.code ?? String(error),
    );
  }

  end = () => this.client.end();
}

const NOW = "'2026-01-10T08:00:00Z'";
const scoped = (at: Place) => `'${at.province}', '${at.city}', '${at.consortium}'`;

/** A report of each: its name and the steps that lead there. A `draft` follows every return and withdrawal. */
export const WAYS: Record<string, string[]> = {
  drafted: [],
  submitted: ['submit'],
  withdrawn: ['submit', 'withdraw'],
  cityreturned: ['submit', 'cityReturn'],
  approved: ['submit', 'approve'],
  provincereturned: ['submit', 'approve', 'provinceReturn'],
  accepted: ['submit', 'approve', 'accept'],
  reopened: ['submit', 'approve', 'accept', 'reopen'],
};
const KINDS = ['ANNUAL_WORK_PLAN', 'HALF_YEAR_SUMMARY', 'ANNUAL_SUMMARY'];
/** One obligation more than reports: somebody wrote nothing. */
export const TASKS = [...Object.keys(WAYS), 'unwritten'];

export async function fill(door: Door): Promise<void> {
  await door.as('loader', {}, (client) => client.query(lists()), true);
  await door.as('job', {}, (client) => client.query(obligations() + machines()), true);
  for (const at of PLACES) for (const [name, steps] of Object.entries(WAYS)) await walk(door, at, name, steps);
  for (const at of PLACES) await door.as('board', scopeOf('board', at), (client) => client.query(sealUnit(at)), true);
  for (const at of [PLACES[0], PLACES[4]])
    await door.as('province', scopeOf('province', at), (client) => client.query(settings(at)), true);
  for (const role of ['board', 'seal_unit', 'bureau', 'department', 'province', 'expert', 'analyst', 'administrator'])
    for (const { token_id } of distinct(PLACES.map((at) => scopeOf(role, at))))
      await door.as(
        role,
        { token_id },
        (client) =>
          client.query(
            `INSERT INTO idempotent_answer (token_id, key, body_hash, created_at) VALUES ('${token_id}', 'key', 'hash', ${NOW})`,
          ),
        true,
      );
}

/** What a province decided on seals, and a template of its own. */
const settings = ({ province: p }: Place) =>
  `INSERT INTO seal_requirement VALUES ('srq-${p}', '${p}', '2024-05-16', '{LEAD_SCHOOL,LEAD_ENTERPRISE}', ${NOW}, '${p}');
   INSERT INTO report_template VALUES ('tpl-${p}', '${p}', 'ANNUAL_WORK_PLAN', 'a.docx', 1, 'x', 'x', ${NOW}, '${p}');`;

/** A token of the lead school for the PDF of the draft. */
const sealUnit = (at: Place) => {
  const { account_id, token_id } = scopeOf('seal_unit', at);
  return `INSERT INTO account VALUES ('${account_id}', '${at.province}', '${account_id}', ${NOW});
    INSERT INTO access_token (id, account_id, label, role, province_id, city_id, consortium_id, organization_id, report_id, sha256, issued_by_id, issued_by, created_at, expires_at, demo)
      VALUES ('${token_id}', '${account_id}', '', 'SEAL_UNIT', ${scoped(at)}, 'org-${at.province}', 'rep-${at.consortium}-drafted', 'x', 'tok-board-${at.consortium}', '', ${NOW}, '2026-04-10T08:00:00Z', true);`;
};

const distinct = (scopes: Scope[]) => [...new Map(scopes.map((scope) => [scope.token_id, scope])).values()];

function lists(): string {
  const cities = PLACES.filter((at) => at.consortium.endsWith('k1'));
  const provinces = cities.filter((at) => at.city.endsWith('c1'));
  const roles = {
    board: 'BOARD',
    bureau: 'CITY_BUREAU',
    department: 'CITY_DEPARTMENT',
    province: 'PROVINCE',
    expert: 'EXPERT',
    analyst: 'ANALYST',
    administrator: 'ADMINISTRATOR',
  };
  const holders = Object.entries(roles).flatMap(([role, name]) =>
    distinct(PLACES.map((at) => scopeOf(role, at))).map((scope) => ({ scope, name })),
  );
  const text = (value: string | undefined) => (value ? `'${value}'` : 'NULL');
  return [
    ...provinces.flatMap(({ province: p }) => [
      `INSERT INTO province VALUES ('${p}', '${p}', '${p}')`,
      `INSERT INTO designation VALUES ('des-${p}', '${p}', 'No. ${p}', '2024-05-16', NULL, '${p}', 2024)`,
      `INSERT INTO organization VALUES ('org-${p}', '${p}', '${p}学院', 'SCHOOL', NULL, '${p}', '${p}')`,
    ]),
    ...cities.flatMap(({ province: p, city: c }) => [
      `INSERT INTO city VALUES ('${c}', '${p}', '${c}', '${c}', '${c}')`,
      `INSERT INTO department VALUES ('dep-${c}', '${p}', '${c}', 'FINANCE', '${c}')`,
      `INSERT INTO park VALUES ('prk-${c}', '${p}', '${c}', '${c}')`,
    ]),
    ...PLACES.flatMap(({ province: p, city: c, consortium: k }, i) => [
      `INSERT INTO consortium VALUES ('${k}', '${p}', '${c}', 'des-${p}', '${k}', ${i}, '${k}产教联合体', 'ACTIVE', '${c}', '${c}', '${k}', '${k}产教联合体')`,
      `INSERT INTO consortium_park VALUES ('cop-${k}', '${p}', '${k}', 'prk-${c}', 0)`,
      `INSERT INTO membership VALUES ('mem-${k}', '${p}', '${k}', 'org-${p}', 'LEAD_SCHOOL', 0)`,
      `INSERT INTO board VALUES ('brd-${k}', '${p}', '${c}', '${k}', 'COUNCIL')`,
      `INSERT INTO board_member VALUES ('bdm-${k}', '${p}', '${c}', '${k}', 'brd-${k}', '${k}', 'CHAIR', 'SCHOOL', 'org-${p}', NULL, NULL, 0)`,
      `INSERT INTO board_member_contact VALUES ('bdm-${k}', '${p}', '${c}', '${k}', '1', NULL)`,
    ]),
    ...holders.flatMap(({ scope: s, name }) => [
      `INSERT INTO account VALUES ('${s.account_id}', ${text(s.province_id)}, '${s.account_id}', ${NOW})`,
      `INSERT INTO access_token VALUES ('${s.token_id}', '${s.account_id}', '', '${name}', ${text(s.province_id)}, ${text(s.city_id)}, ${text(s.department)}, ${text(s.consortium_id)},
        NULL, '', ${NOW}, '2026-04-10T08:00:00Z', NULL, NULL, true)`,
    ]),
    // the expert of a province judges the first consortium of its first city
    ...provinces.map(
      ({ province: p, consortium: k }) =>
        `INSERT INTO expert_assignment VALUES ('exp-${p}', 'acc-expert-${p}', '${k}', '${p}', 2026)`,
    ),
    `INSERT INTO audit_entry (at, actor_role, action, subject_id) VALUES (${NOW}, 'LOADER', 'seed', 'list')`,
    `INSERT INTO published_row VALUES ('province', 'p1', '{"name": "p1"}')`,
  ].join(';\n');
}

const obligations = () =>
  PLACES.flatMap((at) =>
    TASKS.map(
      (name, i) =>
        `INSERT INTO report_obligation VALUES ('obl-${at.consortium}-${name}', ${scopedWithCode(at)}, 0, ${2024 + Math.floor(i / 3)}, '${KINDS[i % 3]}', '2026-01-20', '2026-01-20T16:00:00Z');\n`,
    ),
  ).join('');
const scopedWithCode = (at: Place) => `'${at.province}', '${at.city}', '${at.city}', '${at.consortium}'`;
const machines = () =>
  `INSERT INTO outbox_event (at, type, subject_id, province_id, payload) VALUES (${NOW}, 'test', 'x', 'p1', '{}')`;

/** Statements of a draft with both documents and the seal of its lead school. */
export function draft(at: Place, name: string, n: number): string {
  const rev = `rev-${at.consortium}-${name}-${n}`;
  return `INSERT INTO report_revision VALUES ('${rev}', ${scoped(at)}, 'rep-${at.consortium}-${name}', NULL, 'title', NULL);
    INSERT INTO report_document VALUES ('doc-${rev}-w', ${scoped(at)}, '${rev}', 'WORD', 'a.docx', 1, 'x', 'x', ${NOW}), ('doc-${rev}-p', ${scoped(at)}, '${rev}', 'STAMPED_PDF', 'a.pdf', 1, 'x', 'x', ${NOW});
    INSERT INTO seal_attestation VALUES ('sea-${rev}', ${scoped(at)}, '${rev}', 'org-${at.province}', 'x', ${NOW}, 'somebody', NULL);`;
}

/** The checker's verdict on whatever waits for it. */
const CHECKED = `UPDATE report_document SET check_state = 'PASSED', checked_at = ${NOW} WHERE check_state = 'PENDING'`;

/** Statements of an event, with its audit row and its outbox row; with a comment on revision 1 where somebody returned it. */
export function event(
  at: Place,
  name: string,
  i: number,
  transition: string,
  from: string | null,
  to: string,
  role: string,
): string {
  const id = `evt-${at.consortium}-${name}-${i}`;
  const comment = transition === 'returnReport' || transition === 'reopenReport';
  return `INSERT INTO report_event (id, province_id, city_id, consortium_id, report_id, transition, from_state, to_state, at, actor_role, actor_name, revision_number, reason)
      VALUES ('${id}', ${scoped(at)}, 'rep-${at.consortium}-${name}', '${transition}', ${from ? `'${from}'` : 'NULL'}, '${to}', ${NOW}, '${role}', 'somebody', NULL, NULL);
    ${comment ? `INSERT INTO report_event_comment VALUES ('${id}', ${scoped(at)}, 'rev-${at.consortium}-${name}-1', 'comment');` : ''}
    INSERT INTO audit_entry (at, actor_role, account_id, token_id, action, subject_id, event_id)
      VALUES (${NOW}, '${role}', current_setting('app.account_id'), current_setting('app.token_id'), '${transition}', 'rep-${at.consortium}-${name}', '${id}');
    INSERT INTO outbox_event (at, type, subject_id, province_id, city_id, consortium_id, payload, event_id)
      VALUES (${NOW}, '${transition}', 'rep-${at.consortium}-${name}', ${scoped(at)}, '{}', '${id}');`;
}

/** A receipt of the event before it. */
const receipt = (at: Place, name: string, i: number, kind: string) =>
  `INSERT INTO receipt VALUES ('rct-${at.consortium}-${name}-${i}', ${scoped(at)}, 'rev-${at.consortium}-${name}-1', 'evt-${at.consortium}-${name}-${i}', 'N-${at.consortium}-${name}-${i}', '${kind}', ${NOW}, 'jws');`;

/** The statements of one step, by whom it is taken. */
export function step(kind: string, at: Place, name: string, i = 1): { role: string; text: string } {
  const rep = `rep-${at.consortium}-${name}`;
  const change = (state: string, more = '') =>
    `UPDATE report SET state = '${state}', version = version + 1, updated_at = ${NOW}${more} WHERE id = '${rep}';`;
  const mark = (column: string) =>
    `UPDATE report_revision SET ${column} = ${NOW} WHERE id = 'rev-${at.consortium}-${name}-1';`;
  const back = (from: string, transition: string, role: string) =>
    change('RETURNED') + draft(at, name, 2) + event(at, name, i, transition, from, 'RETURNED', role);
  switch (kind) {
    case 'submit':
      return {
        role: 'board',
        text: `INSERT INTO required_seal SELECT 'rqs-' || id, ${scoped(at)}, id, 'org-${at.province}', 1 FROM report_revision WHERE report_id = '${rep}' AND number IS NULL;
          UPDATE report_revision SET number = 1, submitted_at = ${NOW} WHERE report_id = '${rep}' AND number IS NULL;
          ${change('SUBMITTED', `, submitted_at = ${NOW}, queued_at = ${NOW}, submitted_from = state, submitted_by_account_id = 'acc-board-${at.consortium}', last_revision_number = last_revision_number + 1`)}
          ${event(at, name, i, 'submitReport', 'DRAFT', 'SUBMITTED', 'BOARD')}${receipt(at, name, i, 'SUBMISSION')}`,
      };
    case 'withdraw':
      return {
        role: 'board',
        text:
          change('DRAFT') + draft(at, name, 2) + event(at, name, i, 'withdrawReport', 'SUBMITTED', 'DRAFT', 'BOARD'),
      };
    case 'cityReturn':
      return { role: 'bureau', text: back('SUBMITTED', 'returnReport', 'CITY_BUREAU') };
    case 'approve':
      return {
        role: 'bureau',
        text:
          mark('approved_at') +
          change('CITY_APPROVED', `, city_approved_at = ${NOW}`) +
          event(at, name, i, 'approveReport', 'SUBMITTED', 'CITY_APPROVED', 'CITY_BUREAU'),
      };
    case 'accept':
      return {
        role: 'province',
        text:
          mark('accepted_at') +
          change('ACCEPTED', `, accepted_at = ${NOW}`) +
          event(at, name, i, 'acceptReport', 'CITY_APPROVED', 'ACCEPTED', 'PROVINCE') +
          receipt(at, name, i, 'ACCEPTANCE'),
      };
    case 'provinceReturn':
      return { role: 'province', text: back('CITY_APPROVED', 'returnReport', 'PROVINCE') };
    case 'reopen':
      return { role: 'province', text: back('ACCEPTED', 'reopenReport', 'PROVINCE') };
    default:
      throw new Error(kind);
  }
}

/** Insert of a report in its first state. */
export const created = (
  at: Place,
  name: string,
) => `INSERT INTO report (id, province_id, city_id, city_code, consortium_id, obligation_id, year, kind, due_on, state, queued_at, updated_at)
  VALUES ('rep-${at.consortium}-${name}', ${scopedWithCode(at)}, 'obl-${at.consortium}-${name}', 2026, 'ANNUAL_WORK_PLAN', '2026-01-20', 'DRAFT', ${NOW}, ${NOW});`;

async function walk(door: Door, at: Place, name: string, steps: string[]): Promise<void> {
  const upload = `INSERT INTO upload VALUES ('upl-${at.consortium}-${name}', ${scoped(at)}, 'tok-board-${at.consortium}', 'a', 1, 'x', 'x', ${NOW}, ${NOW});`;
  const first =
    created(at, name) + draft(at, name, 1) + event(at, name, 0, 'createReportDraft', null, 'DRAFT', 'BOARD') + upload;
  await door.as('board', scopeOf('board', at), (client) => client.query(first), true);
  await door.as('job', {}, (client) => client.query(CHECKED), true);
  for (const [i, kind] of steps.entries()) {
    const { role, text } = step(kind, at, name, i + 1);
    await door.as(role, scopeOf(role, at), (client) => client.query(text), true);
    await door.as('job', {}, (client) => client.query(CHECKED), true);
  }
}
