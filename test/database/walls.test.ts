import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { Door, fill, PLACES, type Place, type Scope, scopeOf } from './fixture.js';

/** Wall two alone: no line of src/access is in play. The expectations are the table of the domain, row by row. */
type Row = { key: string; consortium?: string; city?: string; province?: string; [column: string]: any };
type Sees = (row: Row, at: Place, scope: Scope) => boolean;

const all: Sees = () => true;
const ownConsortium: Sees = (row, at) => row.consortium_id === at.consortium;
const ownCity: Sees = (row, at) => row.city_id === at.city;
const ownProvince: Sees = (row, at) => row.province_id === at.province;
const assigned: Sees = (row, at) => row.consortium_id === `${at.province}c1k1`;
const itself: Sees = (row, _at, scope) => row.id === scope.token_id;
const own: Record<string, Sees> = {
  board: ownConsortium,
  bureau: ownCity,
  department: ownCity,
  province: ownProvince,
  expert: assigned,
  analyst: ownProvince,
};

const ROLES = [
  'public',
  'board',
  'bureau',
  'department',
  'province',
  'expert',
  'analyst',
  'administrator',
  'seal_unit',
];
const by = (...roles: string[]) => Object.fromEntries(roles.map((role) => [role, own[role]]));
const everybody = Object.fromEntries([...ROLES, 'job', 'loader'].map((role) => [role, all]));
const withLoader = { loader: all };

const progress = by('board', 'bureau', 'department', 'province', 'expert', 'analyst');
const content: Record<string, Sees> = {
  board: ownConsortium,
  bureau: (row, at, s) => ownCity(row, at, s) && row.number !== null,
  department: (row, at, s) => ownCity(row, at, s) && row.number !== null,
  province: (row, at, s) => ownProvince(row, at, s) && row.approved,
  expert: (row, at, s) => assigned(row, at, s) && row.accepted,
};
/** The one report that its token is for. */
const asked: Sees = (row, at) => row.report_id === `rep-${at.consortium}-drafted`;
const askedFor: Sees = (row, at) => row.revision_id.startsWith(`rev-${at.consortium}-drafted-`);
const signed = (sees: Sees) => Object.fromEntries(ROLES.slice(1).map((role) => [role, sees]));

const READS: Record<string, Record<string, Sees>> = {
  ...Object.fromEntries(
    [
      'province',
      'city',
      'department',
      'designation',
      'park',
      'organization',
      'consortium',
      'consortium_park',
      'membership',
      'board',
    ].map((t) => [t, everybody]),
  ),
  board_member: { ...by('board', 'bureau', 'department', 'province'), ...withLoader },
  board_member_contact: { ...by('board', 'bureau', 'province'), ...withLoader },
  report_obligation: { ...progress, job: all },
  report: { ...progress, seal_unit: (row, at) => row.id === `rep-${at.consortium}-drafted` },
  report_event: progress,
  report_revision: { ...content, job: all, seal_unit: asked },
  report_document: {
    ...content,
    job: all,
    seal_unit: (row, at, s) => askedFor(row, at, s) && row.kind === 'STAMPED_PDF',
  },
  seal_attestation: { ...content, seal_unit: askedFor },
  required_seal: content,
  receipt: { ...content, job: all },
  seal_requirement: { ...Object.fromEntries([...ROLES, 'job'].map((role) => [role, all])), ...withLoader },
  report_template: { board: ownProvince, province: ownProvince, job: all },
  report_event_comment: content,
  upload: { ...by('board'), province: (row, _at, s) => row.token_id === s.token_id, job: all },
  access_token: {
    ...signed(itself),
    board: (row, at, s) => itself(row, at, s) || (ownConsortium(row, at, s) && row.role === 'SEAL_UNIT'),
    bureau: (row, at, s) =>
      itself(row, at, s) || (ownCity(row, at, s) && ['BOARD', 'CITY_DEPARTMENT', 'SEAL_UNIT'].includes(row.role)),
    province: (row, at, s) =>
      itself(row, at, s) || (ownProvince(row, at, s) && ['CITY_BUREAU', 'EXPERT', 'ANALYST'].includes(row.role)),
    administrator: all,
    job: all,
    ...withLoader,
  },
  account: { administrator: all, job: all, ...withLoader },
  expert_assignment: { expert: (row, _at, s) => row.account_id === s.account_id, province: ownProvince, ...withLoader },
  audit_entry: { administrator: all },
  outbox_event: { job: all },
  idempotent_answer: { ...signed((row, _at, s) => row.token_id === s.token_id), job: all },
  published_row: withLoader,
};
const KEY: Record<string, string> = {
  board_member_contact: 'board_member_id',
  report_event_comment: 'event_id',
  audit_entry: 'serial',
  outbox_event: 'serial',
  idempotent_answer: 'token_id',
  published_row: 'row_id',
};
const LINKED = ['report_document', 'seal_attestation', 'required_seal', 'receipt', 'report_event_comment'];
const keyOf = (table: string) => KEY[table] ?? 'id';

/** What may be changed, by role and table: i(nsert), d(elete), and the columns of an update. */
const LIST_UPKEEP = {
  province: 'i*',
  city: 'i*',
  department: 'i*d',
  designation: 'i*',
  park: 'i*',
  organization: 'i*',
  consortium: 'i*',
  consortium_park: 'i*d',
  membership: 'i*d',
  board: 'i*',
};
const MEMBERS = { board_member: 'i*d', board_member_contact: 'i*d' };
const RECORDS = { report_event: 'i', report_event_comment: 'i', outbox_event: 'i' };
const SIGNED = { audit_entry: 'i', idempotent_answer: 'i*d' };
const COPIES = { report_document: 'i', seal_attestation: 'i' };
const CHANGES: Record<string, Record<string, string>> = {
  login: {},
  public: {},
  board: {
    ...SIGNED,
    ...RECORDS,
    report:
      'i accepted_at city_approved_at last_revision_number queued_at state submitted_at submitted_by_account_id submitted_from updated_at version',
    report_obligation: 'desk',
    report_revision: 'i number pair_similarity submitted_at summary title',
    required_seal: 'i',
    receipt: 'i',
    account: 'i',
    access_token: 'i revoked_at',
    report_document: 'i*d',
    seal_attestation: 'id',
    upload: 'i',
  },
  bureau: {
    ...SIGNED,
    ...RECORDS,
    ...COPIES,
    report: 'city_approved_at state updated_at version',
    report_obligation: 'desk filed_at',
    report_revision: 'i approved_at',
    account: 'i',
    access_token: 'i revoked_at',
  },
  department: SIGNED,
  province: {
    ...SIGNED,
    ...RECORDS,
    ...COPIES,
    report: 'accepted_at due_on state updated_at version',
    report_obligation: 'desk due_at due_on extension_reason filed_at',
    report_revision: 'i accepted_at',
    receipt: 'i',
    organization: 'i',
    park: 'organization_id',
    department: 'organization_id',
    seal_requirement: 'i',
    report_template: 'i',
    upload: 'i',
    account: 'i',
    access_token: 'i revoked_at',
    expert_assignment: 'i',
  },
  expert: SIGNED,
  seal_unit: { ...SIGNED, report: 'updated_at version', seal_attestation: 'id', outbox_event: 'i' },
  analyst: SIGNED,
  administrator: { ...SIGNED, account: 'i', access_token: 'i revoked_at', outbox_event: 'i' },
  loader: {
    ...LIST_UPKEEP,
    ...MEMBERS,
    account: 'i*',
    access_token: 'i expires_at',
    expert_assignment: 'i*d',
    audit_entry: 'i',
    published_row: 'i said d',
  },
  job: {
    report_obligation: 'i due_at',
    report_document: 'check_state checked_at claimed_at findings has_text page_count signatures sketch',
    report_revision: 'pair_similarity',
    receipt: 'sha256',
    access_token: 'last_used_at',
    upload: 'received_at d',
    idempotent_answer: 'd',
    audit_entry: 'i',
    outbox_event: 'i',
  },
};

/** Rights that change a row that is there: all its columns, or those named. */
const UPDATES = /\*|[a-z_]{3,}/;

/** Where fewer rows can be changed, and so locked, than are seen. */
const LOCKS: Record<string, Record<string, Sees>> = {
  province: { department: ownProvince, park: ownProvince },
  job: { report_revision: (row) => row.number === null, report_obligation: (row) => row.filed_at === null },
};

describe('wall two', () => {
  let database: OwnedDatabase;
  let door: Door;
  const truth: Record<string, Row[]> = {};
  const columns: Record<string, string[]> = {};

  beforeAll(async () => {
    database = await ownedDatabase();
    door = await Door.open(database.ownerUrl);
    await fill(door);
    await door.as('owner', {}, async (client) => {
      for (const table of Object.keys(READS)) {
        const linked = LINKED.includes(table);
        const marks =
          linked || table === 'report_revision'
            ? ', r.number, r.approved_at IS NOT NULL approved, r.accepted_at IS NOT NULL accepted'
            : '';
        const join = linked
          ? 'JOIN report_revision r ON r.id = t.revision_id'
          : table === 'report_revision'
            ? 'JOIN report_revision r USING (id)'
            : '';
        const { rows } = await client.query(
          `SELECT t.*, t.${keyOf(table)}::text AS key${marks} FROM ${table} t ${join}`,
        );
        truth[table] = rows;
      }
      const found = await client.query(
        "SELECT table_name t, column_name c FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
      );
      for (const { t, c } of found.rows) columns[t] = [...(columns[t] ?? []), c];
    });
  });
  afterAll(async () => {
    await door?.end();
    await database?.drop();
  });

  const visible = (role: string, scope: Scope, table: string, lock = '') =>
    door
      .as(role, scope, (client) => client.query(`SELECT ${keyOf(table)}::text AS key FROM ${table}${lock}`))
      .then(
        ({ rows }) => rows.map((row) => row.key as string).sort(),
        (error) => error.code as string,
      );
  const expected = (role: string, at: Place, table: string, sees = READS[table][role]) => {
    return sees
      ? truth[table]
          .filter((row) => sees(row, at, scopeOf(role, at)))
          .map((row) => row.key)
          .sort()
      : '42501';
  };

  it('has the fixture the table needs: every state, in every consortium', () => {
    for (const at of PLACES)
      expect(
        truth.report
          .filter((row) => row.consortium_id === at.consortium)
          .map((row) => row.state)
          .sort(),
      ).toEqual(['ACCEPTED', 'CITY_APPROVED', 'DRAFT', 'DRAFT', 'RETURNED', 'RETURNED', 'RETURNED', 'SUBMITTED']);
    expect(Object.keys(READS).sort()).toEqual(
      Object.keys(columns)
        .filter((table) => !['migrations', 'workflow_transition'].includes(table))
        .sort(),
    );
  });

  it.each([...ROLES, 'loader', 'job'])('%s sees what the domain says, in every place and no more', async (role) => {
    for (const at of PLACES)
      for (const table of Object.keys(READS)) {
        const found = await visible(role, scopeOf(role, at), table);
        expect({ table, at, found }).toEqual({ table, at, found: expected(role, at, table) });
      }
  });

  it('shows the login role nothing, and an actor without a scope the public list', async () => {
    for (const table of Object.keys(columns))
      expect(await door.attempt('login', {}, `SELECT FROM ${table}`)).toBe('42501');
    for (const role of ROLES.filter((role) => role !== 'administrator'))
      for (const [table, sees] of Object.entries(READS))
        if (sees[role] && sees[role] !== all)
          expect({ role, table, found: await visible(role, {}, table) }).toEqual({ role, table, found: [] });
  });

  it('shows nobody the workflow table or the list of migrations', async () => {
    for (const role of [...ROLES, 'loader', 'job'])
      for (const table of ['workflow_transition', 'migrations'])
        expect(await door.attempt(role, {}, `SELECT FROM ${table}`)).toBe('42501');
  });

  it('never shows an analyst a name, nor the jobs an answer', async () => {
    const at = PLACES[0];
    expect(await door.attempt('analyst', scopeOf('analyst', at), 'SELECT actor_name FROM report_event')).toBe('42501');
    expect(await door.attempt('analyst', scopeOf('analyst', at), 'SELECT FROM report_event ORDER BY actor_name')).toBe(
      '42501',
    );
    expect(await door.attempt('analyst', scopeOf('analyst', at), 'SELECT actor_role, reason FROM report_event')).toBe(
      'done',
    );
    expect(await door.attempt('job', {}, 'SELECT answer FROM idempotent_answer')).toBe('42501');
    expect(
      await door.attempt('analyst', scopeOf('analyst', at), 'SELECT extension_reason FROM report_obligation'),
    ).toBe('42501');
    expect(
      await door.attempt('province', scopeOf('province', at), 'SELECT extension_reason FROM report_obligation'),
    ).toBe('done');
  });

  it('hides from the province what no bureau approved, and keeps what it has received', async () => {
    const at = PLACES[0];
    const seen = async (table: string) => (await visible('province', scopeOf('province', at), table)) as string[];
    const revisions = (await seen('report_revision')).filter((id) => id.includes(at.consortium));
    expect(revisions).toEqual(
      ['accepted', 'approved', 'provincereturned', 'reopened'].map((name) => `rev-${at.consortium}-${name}-1`),
    );
    const comments = (await seen('report_event_comment')).filter((id) => id.includes(at.consortium));
    expect(comments).toEqual([`evt-${at.consortium}-provincereturned-3`, `evt-${at.consortium}-reopened-4`]);
  });

  it.each(Object.keys(CHANGES))(
    '%s may insert, change and delete by the list, and attempts at everything else are refused',
    async (role) => {
      const scope = scopeOf(role, PLACES[0]);
      for (const table of Object.keys(columns)) {
        const rights = CHANGES[role][table] ?? '';
        const parts = rights.split(' ').filter(Boolean);
        const verbs = parts.filter((part) => /^[i*d]+$/.test(part)).join('');
        const names = parts.filter((part) => !/^[i*d]+$/.test(part));
        // a right is asked for before any row is looked at
        const found = {
          insert: (await door.attempt(role, scope, `INSERT INTO ${table} SELECT WHERE false`)) === 'done',
          update: [] as string[],
          delete: (await door.attempt(role, scope, `DELETE FROM ${table} WHERE false`)) === 'done',
          truncate: (await door.attempt(role, scope, `TRUNCATE ${table} CASCADE`)) !== '42501',
        };
        for (const column of columns[table])
          if ((await door.attempt(role, scope, `UPDATE ${table} SET ${column} = DEFAULT WHERE false`)) === 'done')
            found.update.push(column);
        expect({ table, ...found }).toEqual({
          table,
          insert: verbs.includes('i'),
          update: verbs.includes('*') ? columns[table] : names,
          delete: verbs.includes('d'),
          truncate: false,
        });
      }
    },
  );

  it.each(Object.keys(CHANGES).filter((role) => Object.values(CHANGES[role]).some((rights) => UPDATES.test(rights))))(
    '%s can lock for a change what it can read, and nothing else',
    async (role) => {
      for (const at of PLACES)
        for (const table of Object.keys(READS)) {
          const rights = CHANGES[role][table] ?? '';
          if (!UPDATES.test(rights)) continue;
          const sees = READS[table][role];
          if (!sees) throw new Error(`${role} changes ${table} unseen`);
          expect({ table, at, found: await visible(role, scopeOf(role, at), table, ' FOR UPDATE') }).toEqual({
            table,
            at,
            found: expected(role, at, table, LOCKS[role]?.[table] ?? sees),
          });
        }
    },
  );
});
