import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { created, Door, draft, event, fill, PLACES, type Scope, scopeOf, step, WAYS } from './fixture.js';

const at = PLACES[0];
const k = at.consortium;
const STATES = ['DRAFT', 'SUBMITTED', 'RETURNED', 'CITY_APPROVED', 'ACCEPTED'];
/** A report of the fixture in each state. */
const IN = {
  DRAFT: 'drafted',
  SUBMITTED: 'submitted',
  RETURNED: 'cityreturned',
  CITY_APPROVED: 'approved',
  ACCEPTED: 'accepted',
} as Record<string, string>;

/** The domain's table, once more: this file knows neither the migration nor src/reports/workflow.ts. */
const MAY: Record<string, string[]> = {
  board: ['DRAFT > SUBMITTED', 'RETURNED > SUBMITTED', 'SUBMITTED > DRAFT'],
  bureau: ['SUBMITTED > CITY_APPROVED', 'SUBMITTED > RETURNED'],
  province: ['CITY_APPROVED > ACCEPTED', 'CITY_APPROVED > RETURNED', 'ACCEPTED > RETURNED'],
};
const SUBMISSION = `, submitted_from = state, submitted_by_account_id = 'acc-board-${k}', submitted_at = now(), last_revision_number = last_revision_number + 1`;

describe('the database by itself', () => {
  let database: OwnedDatabase;
  let door: Door;
  /** Where the run has one; else the owner, who has no more than it stands for, takes its part. */
  let superuser: Door | undefined;

  beforeAll(async () => {
    database = await ownedDatabase();
    door = await Door.open(database.ownerUrl);
    await fill(door);
    superuser = await openSuperuser(database.ownerUrl);
  });
  afterAll(async () => {
    await superuser?.end();
    await door?.end();
    await database?.drop();
  });

  const attempt = (role: string, text: string, settle = false, scope: Scope = scopeOf(role, at)) =>
    door.attempt(role, scope, text, settle);
  const move = (from: string, to: string, more = '') =>
    `UPDATE report SET state = '${to}', version = version + 1${more} WHERE id = 'rep-${k}-${IN[from]}'`;

  const asSuperuser = (text: string) => (superuser ?? door).attempt('owner', {}, text);
  const replica = (text: string) => (superuser ? `SET LOCAL session_replication_role = 'replica'; ${text}` : text);

  describe('the workflow', () => {
    it.each(['board', 'bureau', 'province', 'owner'])(
      'lets %s take the steps of the table and no other',
      async (role) => {
        for (const from of STATES)
          for (const to of STATES) {
            if (from === to) continue;
            const found = await attempt(role, move(from, to, role === 'board' && to === 'SUBMITTED' ? SUBMISSION : ''));
            expect({ from, to, found }).toEqual({
              from,
              to,
              found: MAY[role]?.includes(`${from} > ${to}`) ? 'done' : 'IEC01',
            });
          }
      },
    );

    it.each(['public', 'department', 'expert', 'analyst', 'administrator', 'loader', 'job', 'login'])(
      'lets %s take none',
      async (role) => {
        for (const from of STATES) expect(await attempt(role, move(from, 'SUBMITTED'))).toBe('42501');
      },
    );

    it('refuses a superuser too, and one that plays a replica', async () => {
      for (const to of STATES.filter((state) => state !== 'DRAFT')) {
        expect(await asSuperuser(move('DRAFT', to))).toBe('IEC01');
        expect(await asSuperuser(replica(move('DRAFT', to)))).toBe('IEC01');
      }
    });

    it('begins with a draft of version 1, for an obligation of an active consortium, by its board', async () => {
      const first = created(at, 'unwritten');
      expect(await attempt('board', first)).toBe('done');
      expect(await attempt('owner', first)).toBe('IEC01');
      for (const state of STATES.slice(1))
        expect(await attempt('board', first.replace("'DRAFT'", `'${state}'`))).toBe('IEC01');
      expect(
        await attempt('board', first.replace('state, ', 'version, state, ').replace("'DRAFT'", "2, 'DRAFT'")),
      ).toBe('IEC04');
      expect(
        await attempt(
          'board',
          first.replace('state, ', 'last_revision_number, state, ').replace("'DRAFT'", "1, 'DRAFT'"),
        ),
      ).toBe('IEC02');
      for (const status of ['REMOVED', 'DISQUALIFIED'])
        expect(
          await attempt(
            'owner',
            `UPDATE consortium SET status = '${status}'; SET LOCAL ROLE iec_board; ${first}`,
            false,
            scopeOf('board', at),
          ),
        ).toBe('IEC01');
    });

    it('goes back, by a withdrawal, to the state it was submitted from', async () => {
      expect(await attempt('board', move('SUBMITTED', 'RETURNED'))).toBe('IEC01');
      const again = step('submit', at, 'cityreturned', 9)
        .text.replace('number = 1', 'number = 2')
        .replace("'DRAFT'", "'RETURNED'");
      const back = (to: string) =>
        `${again}; UPDATE report SET state = '${to}', version = version + 1 WHERE id = 'rep-${k}-cityreturned'`;
      expect(await attempt('board', back('DRAFT'))).toBe('IEC01');
      expect(await attempt('board', back('RETURNED'))).toBe('done');
    });

    it('lets nobody approve what the same person submitted', async () => {
      const scope = { ...scopeOf('bureau', at), account_id: `acc-board-${k}` };
      expect(await attempt('bureau', move('SUBMITTED', 'CITY_APPROVED'), false, scope)).toBe('IEC05');
      expect(await attempt('bureau', move('SUBMITTED', 'RETURNED'), false, scope)).toBe('done');
    });

    it('counts every change, and records who submitted', async () => {
      for (const version of ['version', 'version + 2', 'version - 1', 'NULL'])
        expect(
          await attempt(
            'bureau',
            `UPDATE report SET state = 'CITY_APPROVED', version = ${version} WHERE id = 'rep-${k}-submitted'`,
          ),
        ).toBe('IEC04');
      for (const wrong of [
        SUBMISSION.replace(`acc-board-${k}`, 'acc-else'),
        SUBMISSION.replace('+ 1', '+ 2'),
        SUBMISSION.replace('= state', "= 'RETURNED'"),
        '',
      ])
        expect(await attempt('board', move('DRAFT', 'SUBMITTED', wrong))).toBe('IEC02');
    });

    it('never changes what a report answers, nor a decision without its step, nor deletes it', async () => {
      for (const column of ['id', 'obligation_id', 'consortium_id', 'city_id', 'city_code', 'province_id', 'kind'])
        expect(
          await attempt(
            'owner',
            `UPDATE report SET ${column} = 'x', version = version + 1 WHERE id = 'rep-${k}-drafted'`,
          ),
        ).toMatch(/IEC02|42501/);
      expect(await attempt('owner', `UPDATE report SET year = 1, version = version + 1`)).toBe('IEC02');
      const touch = (name: string, set: string) =>
        `UPDATE report SET ${set}, version = version + 1 WHERE id = 'rep-${k}-${name}'`;
      expect(await attempt('bureau', touch('submitted', 'city_approved_at = now()'))).toBe('IEC02');
      expect(await attempt('province', touch('approved', 'accepted_at = now()'))).toBe('IEC02');
      // what is filed is not extended any more
      expect(await attempt('province', touch('approved', "due_on = '2027-01-01'"))).toBe('IEC02');
      expect(await attempt('province', touch('submitted', "due_on = '2027-01-01'"))).toBe('done');
      expect(await attempt('board', touch('drafted', 'updated_at = now()'))).toBe('done');
      expect(await attempt('board', touch('submitted', 'updated_at = now()'))).toBe('IEC02');
      expect(await attempt('owner', 'DELETE FROM report')).toBe('IEC02');
      expect(await attempt('owner', 'TRUNCATE report CASCADE')).toMatch(/IEC0[23]/);
    });

    it('lets a seal unit count the version of a draft, and of nothing that was submitted', async () => {
      const touch = (name: string) => `UPDATE report SET version = version + 1 WHERE id = 'rep-${k}-${name}'`;
      const asked = (name: string) =>
        door.as('owner', scopeOf('seal_unit', at), async (client) => {
          await client.query(
            `UPDATE access_token SET report_id = 'rep-${k}-${name}' WHERE id = current_setting('app.token_id')`,
          );
          await client.query('SET LOCAL ROLE iec_seal_unit');
          return client.query(touch(name)).then(
            ({ rowCount }) => rowCount,
            ({ code }) => code,
          );
        });
      expect(await asked('drafted')).toBe(1);
      expect(await asked('cityreturned')).toBe(1);
      for (const name of ['submitted', 'approved', 'accepted']) expect(await asked(name)).toBe('IEC02');
    });

    it('leaves the deadline of what was filed as it is', async () => {
      const extend = (name: string) =>
        `UPDATE report_obligation SET due_on = due_on + 10, due_at = (due_on + 11)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 millisecond' WHERE id = 'obl-${k}-${name}'`;
      expect(await attempt('province', extend('submitted'))).toBe('done');
      expect(await attempt('province', extend('accepted'))).toBe('done');
      expect(await attempt('province', extend('accepted').replaceAll('+', '-'))).toBe('IEC02');
      // the instant goes by the day: its end, or the end of the day before
      expect(await attempt('province', extend('accepted').replace('+ 11', '+ 10'))).toBe('done');
      for (const days of ['+ 12', '+ 9', '- 200'])
        expect(await attempt('province', extend('accepted').replace('+ 11', days))).toBe('IEC02');
      const alone = `UPDATE report_obligation SET due_at = due_at - interval '200 days' WHERE id = 'obl-${k}-accepted'`;
      for (const role of ['province', 'job']) expect(await attempt(role, alone)).toBe('IEC02');
      const filed = `ALTER TABLE report_obligation DISABLE TRIGGER guard_obligation;
        UPDATE report_obligation SET filed_at = '2026-01-10T08:00:00Z' WHERE id = 'obl-${k}-accepted'`;
      expect(await attempt('owner', filed)).toBe('done');
      expect(await attempt('owner', `${filed}; ${extend('accepted')}`)).toBe('IEC02');
      const asProvince = `SET LOCAL ROLE iec_province; ${extend('accepted')}`;
      expect(await attempt('owner', `${filed}; ${asProvince}`, false, scopeOf('province', at))).toBe('IEC02');
    });

    it('lets nobody say that a unit confirmed its seal, but the unit, and a copy of what it said', async () => {
      const seal = (id: string, name: string, n: number) =>
        `INSERT INTO seal_attestation (id, province_id, city_id, consortium_id, revision_id, organization_id, sha256, attested_at, attested_by, by_unit)
         VALUES ('${id}', '${at.province}', '${at.city}', '${k}', 'rev-${k}-${name}-${n}', 'org-${at.province}', 'x', '2026-01-10T08:00:00Z', 'x', true)`;
      const remove = (name: string, n: number) => `DELETE FROM seal_attestation WHERE id = 'sea-rev-${k}-${name}-${n}'`;
      expect(await attempt('board', `${remove('drafted', 1)}; ${seal('s', 'drafted', 1)}`)).toBe('IEC02');
      expect(await attempt('board', seal('s', 'drafted', 1).replace('true)', 'false)'))).not.toBe('IEC02');
      // in the place of what its board said, and not of its own
      expect(await attempt('seal_unit', `${remove('drafted', 1)}; ${seal('s', 'drafted', 1)}`)).toBe('done');
      const unit = `SET LOCAL ROLE iec_seal_unit; ${remove('drafted', 1)}; ${seal('s', 'drafted', 1)};`;
      const rows = await door.as('owner', scopeOf('seal_unit', at), (client) =>
        client
          .query(`${unit} DELETE FROM seal_attestation WHERE id = 's' RETURNING id`)
          .then((results: any) => results.at(-1).rows),
      );
      expect(rows).toEqual([]);
      // copied: the same report, unit, PDF and instant
      const copied = `${unit} RESET ROLE; SET LOCAL ROLE iec_board; DELETE FROM seal_attestation WHERE id = 's'; ${seal('t', 'drafted', 1)}`;
      expect(
        await attempt('owner', copied, false, { ...scopeOf('board', at), token_id: scopeOf('seal_unit', at).token_id }),
      ).toBe('IEC02');
    });

    it('keeps a step, its event, its audit row and its outbox row together', async () => {
      const { role, text } = step('approve', at, 'submitted', 9);
      expect(await attempt(role, text, true)).toBe('done');
      const told = event(at, 'submitted', 9, 'approveReport', 'SUBMITTED', 'CITY_APPROVED', 'CITY_BUREAU');
      const [said, audited, posted] = told.split(/;\s*(?=INSERT INTO audit_entry|INSERT INTO outbox_event)/);
      expect(posted).toMatch(/^INSERT INTO outbox_event/);
      // the step alone, its event alone, and each of the three left out
      for (const incomplete of [
        text.replace(told, ''),
        told,
        text.replace(told, `${audited};${posted}`),
        text.replace(told, `${said};${posted}`),
        text.replace(told, `${said};${audited};`),
      ]) {
        expect(incomplete).not.toBe(text);
        expect(await attempt(role, incomplete, true)).toBe('IEC01');
      }
      // without the marks that the step leaves on the revision and the report
      for (const mark of [
        /UPDATE report_revision SET approved_at[^;]*;/,
        ', city_approved_at = ' + "'2026-01-10T08:00:00Z'",
      ])
        expect(await attempt(role, text.replace(mark, ''), true)).toBe('IEC01');
      const returned = step('cityReturn', at, 'submitted', 9);
      expect(await attempt('bureau', returned.text, true)).toBe('done');
      expect(await attempt('bureau', returned.text.replace(draft(at, 'submitted', 2), ''), true)).toBe('IEC01');
      // an event that does not go on from the one before
      expect(await attempt(role, told.replace("'SUBMITTED'", "'DRAFT'"))).toBe('IEC01');
      expect(
        await attempt(
          'board',
          created(at, 'unwritten') +
            draft(at, 'unwritten', 1) +
            event(at, 'unwritten', 9, 'createReportDraft', null, 'DRAFT', 'BOARD'),
          true,
        ),
      ).toBe('done');
      expect(await attempt('board', created(at, 'unwritten') + draft(at, 'unwritten', 1), true)).toBe('IEC01');
    });

    it('takes events that are steps, from whose step it is', async () => {
      const said = (role: string, name: string, from: string, to: string, actor: string) =>
        attempt(
          role,
          `INSERT INTO report_event (id, province_id, city_id, consortium_id, report_id, transition, from_state, to_state, at, actor_role, actor_name)
            VALUES ('evt', '${at.province}', '${at.city}', '${k}', 'rep-${k}-submitted', '${name}', '${from}', '${to}', now(), '${actor}', 'x')`,
        );
      expect(await said('bureau', 'approveReport', 'SUBMITTED', 'CITY_APPROVED', 'CITY_BUREAU')).toBe('done');
      expect(await said('bureau', 'approveReport', 'SUBMITTED', 'RETURNED', 'CITY_BUREAU')).toBe('IEC01');
      expect(await said('bureau', 'acceptReport', 'CITY_APPROVED', 'ACCEPTED', 'CITY_BUREAU')).toBe('IEC01');
      expect(await said('bureau', 'approveReport', 'SUBMITTED', 'CITY_APPROVED', 'PROVINCE')).toBe('42501');
      expect(await said('province', 'approveReport', 'SUBMITTED', 'CITY_APPROVED', 'PROVINCE')).toBe('IEC01');
    });
  });

  describe('a submitted revision', () => {
    const revision = (name: string, set: string, n = 1) =>
      `UPDATE report_revision SET ${set} WHERE id = 'rev-${k}-${name}-${n}'`;

    it('is frozen in every state of its report, for the board, the owner and a superuser', async () => {
      for (const name of Object.keys(WAYS).filter((way) => way !== 'drafted'))
        for (const set of [
          "title = 'x'",
          "summary = 'x'",
          'number = 7',
          'number = NULL',
          'submitted_at = NULL',
          'approved_at = now()',
          'accepted_at = now()',
          'approved_at = NULL, number = NULL',
        ]) {
          if (!set.startsWith('approved') && !set.startsWith('accepted'))
            expect(await attempt('board', revision(name, set))).toBe('IEC02');
          expect(await attempt('owner', revision(name, set))).toBe('IEC02');
          expect(await asSuperuser(revision(name, set))).toBe('IEC02');
        }
      expect(await attempt('owner', `DELETE FROM report_revision WHERE id = 'rev-${k}-submitted-1'`)).toBe('IEC02');
      expect(await attempt('owner', 'TRUNCATE report_revision CASCADE')).toMatch(/IEC0[23]/);
      expect(await attempt('board', revision('drafted', "title = 'x'"))).toBe('done');
    });

    it('keeps its documents and seals as they are', async () => {
      for (const name of ['submitted', 'approved', 'accepted', 'withdrawn']) {
        const rev = `rev-${k}-${name}-1`;
        for (const text of [
          `DELETE FROM report_document WHERE revision_id = '${rev}'`,
          `UPDATE report_document SET sha256 = 'y' WHERE revision_id = '${rev}'`,
          `UPDATE report_document SET revision_id = '${rev}' WHERE revision_id = 'rev-${k}-drafted-1'`,
          `INSERT INTO report_document SELECT 'new', province_id, city_id, consortium_id, '${rev}', kind, file_name, byte_size, sha256, storage_key, created_at FROM report_document WHERE id = 'doc-rev-${k}-drafted-1-w'`,
          `DELETE FROM seal_attestation WHERE revision_id = '${rev}'`,
          `INSERT INTO seal_attestation VALUES ('new', '${at.province}', '${at.city}', '${k}', '${rev}', 'org-p2', 'x', now(), 'x', NULL)`,
        ])
          for (const role of ['board', 'owner'])
            expect({ text, found: await attempt(role, text) }).toEqual({ text, found: 'IEC02' });
      }
      for (const table of ['report_document', 'seal_attestation'])
        expect(await attempt('owner', `TRUNCATE ${table}`)).toBe('IEC02');
      expect(
        await attempt(
          'board',
          `UPDATE report_document SET file_name = 'y' WHERE revision_id = 'rev-${k}-drafted-1'; DELETE FROM seal_attestation WHERE revision_id = 'rev-${k}-drafted-1'`,
        ),
      ).toBe('done');
    });

    it('is submitted with both files checked and every seal that is due, and keeps their list', async () => {
      const submit = step('submit', at, 'drafted').text;
      const rev = `rev-${k}-drafted-1`;
      for (const lacking of [
        `DELETE FROM report_document WHERE revision_id = '${rev}' AND kind = 'WORD'`,
        `DELETE FROM seal_attestation WHERE revision_id = '${rev}'`,
        `DELETE FROM report_document WHERE id = 'doc-${rev}-w'; INSERT INTO report_document VALUES ('doc-new', '${at.province}', '${at.city}', '${k}', '${rev}', 'WORD', 'a', 1, 'z', 'z', now())`,
        `DELETE FROM report_document WHERE id = 'doc-${rev}-p'; INSERT INTO report_document VALUES ('doc-new', '${at.province}', '${at.city}', '${k}', '${rev}', 'STAMPED_PDF', 'a', 1, 'z', 'z', now())`,
      ])
        expect({ lacking, found: await attempt('board', `${lacking}; ${submit}`, true) }).toEqual({
          lacking,
          found: 'IEC06',
        });
      const [seals, ...rest] = submit.split(';');
      expect(await attempt('board', rest.join(';'), true)).toBe('IEC06');
      expect(
        await attempt(
          'board',
          `${seals}; ${seals.replace("'rqs-'", "'rqt-'").replace(/'org-[^']*'/, "'org-p2'")}; ${rest.join(';')}`,
          true,
        ),
      ).toBe('IEC06');
      for (const role of ['board', 'owner'])
        for (const text of [
          `DELETE FROM required_seal WHERE revision_id = 'rev-${k}-submitted-1'`,
          `UPDATE required_seal SET position = 2 WHERE revision_id = 'rev-${k}-submitted-1'`,
        ])
          expect(await attempt(role, text)).toBe(role === 'board' ? '42501' : 'IEC02');
    });

    it('has verdicts of the checker alone, once, and for these bytes', async () => {
      const rev = `rev-${k}-drafted-1`;
      const fresh = `DELETE FROM report_document WHERE id = 'doc-${rev}-w';
        INSERT INTO report_document (id, province_id, city_id, consortium_id, revision_id, kind, file_name, byte_size, sha256, storage_key, created_at, check_state)
        VALUES ('doc-new', '${at.province}', '${at.city}', '${k}', '${rev}', 'WORD', 'a', 1, 'z', 'z', now(), 'STATE')`;
      expect(await attempt('board', fresh.replace('STATE', 'PENDING'))).toBe('done');
      expect(await attempt('board', fresh.replace('STATE', 'PASSED'))).toBe('IEC02');
      // the same bytes have the same verdict
      const copy = fresh.replace("'z', 'z'", "'x', 'x'");
      expect(await attempt('board', copy.replace('STATE', 'PASSED'))).toBe('IEC02');
      expect(await attempt('board', copy.replace('STATE', 'PASSED').replace(/DELETE[^;]*;/, ''))).toBe('23505');
      for (const set of [
        "check_state = 'WARNED'",
        'findings = \'["SCRIPT"]\'',
        'sketch = NULL, page_count = 7',
        "sha256 = 'y'",
      ])
        expect({
          set,
          found: await attempt('board', `UPDATE report_document SET ${set} WHERE id = 'doc-${rev}-w'`),
        }).toEqual({ set, found: 'IEC02' });
      expect(await attempt('job', `UPDATE report_document SET check_state = 'REFUSED' WHERE id = 'doc-${rev}-w'`)).toBe(
        'IEC02',
      );
      expect(
        await attempt('job', `UPDATE report_document SET findings = '[]' WHERE id = 'doc-rev-${k}-submitted-1-w'`),
      ).toBe('IEC02');
      expect(await attempt('board', revision('drafted', 'pair_similarity = 1'))).toBe('IEC02');
      expect(await attempt('job', revision('drafted', 'pair_similarity = 1'))).toBe('done');
      expect(await attempt('owner', revision('submitted', 'pair_similarity = 1'))).toBe('IEC02');
    });

    it('leaves receipts, templates and settings as they were', async () => {
      for (const text of [
        "UPDATE receipt SET jws = 'x'",
        'DELETE FROM receipt',
        'TRUNCATE receipt',
        'DELETE FROM report_template',
        "UPDATE seal_requirement SET units = '{PARK}'",
      ])
        expect({ text, found: await attempt('owner', text) }).toEqual({ text, found: 'IEC03' });
      const print = "UPDATE receipt SET sha256 = 'x'";
      expect(await attempt('job', print)).toBe('done');
      expect(await attempt('job', `${print}; ${print}`)).toBe('IEC03');
    });

    it('takes the next number, from its board, with the report', async () => {
      const submit = step('submit', at, 'drafted').text;
      expect(await attempt('board', submit, true)).toBe('done');
      expect(await attempt('board', submit.replace('number = 1', 'number = 2'))).toBe('IEC02');
      expect(await attempt('board', revision('drafted', 'number = 1'))).toBe('IEC02');
      expect(await attempt('board', revision('drafted', 'number = 1, submitted_at = now()'), true)).toBe('IEC01');
      expect(await attempt('owner', revision('drafted', 'number = 1, submitted_at = now()'))).toBe('IEC01');
      expect(
        await attempt(
          'board',
          `INSERT INTO report_revision VALUES ('new', '${at.province}', '${at.city}', '${k}', 'rep-${k}-submitted', 2, 'x', NULL, now())`,
        ),
      ).toBe('IEC02');
    });

    it('is marked as approved and accepted once, with the report', async () => {
      for (const [kind, name] of [
        ['approve', 'submitted'],
        ['accept', 'approved'],
      ]) {
        const { role, text } = step(kind, at, name, 9);
        const [mark] = text.split(';');
        expect(await attempt(role, text, true)).toBe('done');
        expect(await attempt(role, mark, true)).toBe('IEC01');
        expect(await attempt(role, `${text}; ${mark.replace(/'[^']*'/, 'NULL')}`)).toBe('IEC02');
      }
      // what the bureau returned is not approved afterwards
      expect(await attempt('bureau', revision('cityreturned', 'approved_at = now()'), true)).toBe('IEC01');
    });

    it('leaves a draft to the board alone, filled by whoever returned it in that transaction', async () => {
      const { text } = step('cityReturn', at, 'submitted', 9);
      expect(await attempt('bureau', text, true)).toBe('done');
      expect(await attempt('bureau', draft(at, 'submitted', 2), true)).toBe('IEC01');
      for (const role of ['bureau', 'province'])
        for (const stray of [
          `INSERT INTO seal_attestation VALUES ('new', '${at.province}', '${at.city}', '${k}', 'rev-${k}-cityreturned-2', 'org-p2', 'x', now(), 'x', NULL)`,
          `INSERT INTO report_document VALUES ('new', '${at.province}', '${at.city}', '${k}', 'rev-${k}-drafted-1', 'WORD', 'a', 1, 'x', 'x', now())`,
        ])
          expect(await attempt(role, stray)).toBe('IEC02');
    });
  });

  describe('an obligation', () => {
    const NOW = "'2026-01-10T08:00:00Z'";
    const set = (name: string, what: string) => `UPDATE report_obligation SET ${what} WHERE id = 'obl-${k}-${name}';`;
    const approve = step('approve', at, 'submitted', 9).text;
    const incomplete = step('provinceReturn', at, 'approved', 9).text.replace('NULL, NULL)', "NULL, 'INCOMPLETE')");
    const filed = `${set('approved', `filed_at = ${NOW}`)} SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;`;
    /** First as the bureau of the fixture's approval, then as the province. */
    const returned = (text: string) =>
      attempt(
        'bureau',
        `${filed} SET LOCAL ROLE iec_province; SELECT set_config('app.province_id', '${at.province}', true); ${text}`,
        true,
      );

    it('is filed by an approval, at its instant and no other', async () => {
      expect(await attempt('bureau', approve + set('submitted', `filed_at = ${NOW}`), true)).toBe('done');
      for (const instant of ["'2025-12-01T08:00:00Z'", "'2026-01-10T08:00:01Z'"])
        expect(await attempt('bureau', approve + set('submitted', `filed_at = ${instant}`), true)).toBe('IEC01');
      // everything antedated, to before the submission
      const early = approve.replaceAll(NOW, "'2026-01-01T08:00:00Z'");
      expect(await attempt('bureau', early + set('submitted', "filed_at = '2026-01-01T08:00:00Z'"), true)).toBe(
        'IEC01',
      );
      for (const name of ['submitted', 'drafted', 'provincereturned', 'unwritten', 'accepted'])
        expect(await attempt('bureau', set(name, `filed_at = ${NOW}`), true)).toBe('IEC01');
      for (const role of ['province', 'owner'])
        expect(await attempt(role, set('approved', `filed_at = ${NOW}`), true)).toBe('IEC01');
    });

    it('is filed no more when the province returns that approval as incomplete, and for no other reason', async () => {
      const undo = set('approved', 'filed_at = NULL');
      expect(await returned(incomplete + undo)).toBe('done');
      expect(await returned(step('provinceReturn', at, 'approved', 9).text + undo)).toBe('IEC01');
      expect(await returned(undo)).toBe('IEC01');
      expect(await returned(set('approved', `filed_at = '2026-01-11T08:00:00Z'`))).toBe('IEC01');
      expect(await attempt('bureau', filed + undo, true)).toBe('IEC01');
    });

    it('lies on the desk of its report, which stands still after the deadline', async () => {
      const submit = step('submit', at, 'drafted').text;
      const there = set('drafted', "desk = 'CITY_BUREAU'");
      const late = (text: string) => text.replaceAll(NOW, "'2026-01-20T16:00:00.001Z'");
      expect(await attempt('board', submit + there, true)).toBe('done');
      expect(await attempt('board', late(submit) + there, true)).toBe('IEC01');
      expect(await attempt('board', late(submit), true)).toBe('done');
      for (const name of ['drafted', 'cityreturned', 'unwritten'])
        expect(await attempt('board', set(name, "desk = 'CITY_BUREAU'"), true)).toBe('IEC01');
    });
  });

  it.each(['report_event', 'report_event_comment', 'audit_entry', 'outbox_event'])(
    'only ever adds to %s',
    async (table) => {
      const { rows } = await door.as('owner', {}, (client) =>
        client.query(
          `SELECT count(*)::int n, (SELECT attname FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum = 3) c FROM ${table}`,
        ),
      );
      expect(rows[0].n).toBeGreaterThan(0);
      for (const text of [
        `UPDATE ${table} SET ${rows[0].c} = ${rows[0].c}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        expect(await attempt('owner', text)).toBe('IEC03');
        expect(await asSuperuser(text)).toBe('IEC03');
        expect(await asSuperuser(replica(text))).toBe('IEC03');
        for (const role of ['board', 'bureau', 'province', 'administrator', 'loader', 'job'])
          expect(await attempt(role, text)).toBe('42501');
      }
    },
  );

  it('numbers the outbox in the order of the commits', async () => {
    const slow = await Door.open(database.ownerUrl);
    const insert = (type: string) =>
      `INSERT INTO outbox_event (serial, at, type, subject_id, province_id, payload) VALUES (1, now(), '${type}', 'x', 'p1', '{}')`;
    await slow.client.query(`BEGIN; SET LOCAL ROLE iec_job; ${insert('first')}`);
    let done = false;
    const second = door
      .as('job', {}, (client) => client.query(insert('second')), true)
      .then(() => {
        done = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(done).toBe(false);
    await slow.client.query('COMMIT');
    await second;
    await slow.end();
    const { rows } = await door.as('job', {}, (client) =>
      client.query("SELECT type FROM outbox_event WHERE type IN ('first', 'second') ORDER BY serial"),
    );
    expect(rows.map((row) => row.type)).toEqual(['first', 'second']);
  });

  it('lets one of two win, and a submission pass no document in between', async () => {
    const other = await Door.open(database.ownerUrl);
    const scope = scopeOf('board', PLACES[1]);
    const rev = `rev-${PLACES[1].consortium}-drafted-1`;
    await other.client.query('BEGIN; SET LOCAL ROLE iec_board');
    await other.client.query(
      `SELECT set_config('app.consortium_id', $1, true), set_config('app.account_id', $2, true), set_config('app.token_id', $3, true)`,
      [scope.consortium_id, scope.account_id, scope.token_id],
    );
    await other.client.query(step('submit', PLACES[1], 'drafted', 9).text);
    const late = door.attempt(
      'board',
      scope,
      `UPDATE report_document SET sha256 = 'late' WHERE revision_id = '${rev}'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.client.query('COMMIT');
    await other.end();
    expect(await late).toBe('IEC02');
  });

  it('finds one and two characters of a name by index, under the policies', async () => {
    const { rows } = await door.as('public', {}, (client) => client.query("SELECT search_grams(E'长沙\\nab沙') grams"));
    expect([...rows[0].grams].sort()).toEqual(['a', 'ab', 'b', 'b沙', '沙', '长', '长沙']);
    const plan = await door.as('public', {}, async (client) => {
      await client.query('SET LOCAL enable_seqscan = off');
      return client.query({
        text: "EXPLAIN SELECT id FROM consortium c WHERE search_grams(c.search_text) @> search_grams($1) AND c.search_text LIKE '%产教%'",
        values: ['产教'],
      });
    });
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('ix_consortium_search_grams');
  });
});

/** The server's superuser in this database, where the run's own user is one or TEST_SUPERUSER_URL names one. */
async function openSuperuser(ownerUrl: string): Promise<Door | undefined> {
  const url = new URL(
    process.env.TEST_SUPERUSER_URL ?? process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  );
  url.pathname = new URL(ownerUrl).pathname;
  const opened = await Door.open(url.href, '');
  const { rows } = await opened.client.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
  if (rows[0].rolsuper) return opened;
  await opened.end();
  return undefined;
}
