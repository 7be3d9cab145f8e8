import { readConfig } from '../../src/config.js';
import { createService, type Service } from '../../src/service.js';
import { pdf, sha256, upload, word } from '../support/files.js';
import { change, obligationOf, readyDraft, STATE, submitted } from '../support/reports.js';
import { asking, type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06'; // 衡阳
const NOON = Date.parse('2026-11-24T04:00:00Z');
let s: TestService;
/** A second machine on the same database. */
let other: { service: Service; clock: { now: Date }; s: TestService };
let log = '';
const stderr = process.stderr.write;

beforeAll(async () => {
  s = await testService({ now: new Date(NOON) });
  const clock = { now: new Date(NOON) };
  const config = readConfig({ DATA_DIR: s.dataDir, PORT: '0', POOL_SIZE: '4' });
  const { url } = s.owner.options as { url: string };
  const service = await createService({ config, url, now: () => clock.now });
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  other = { service, clock, s: { ...s, service, base, clock, ask: asking(base) } };
  process.stderr.write = ((chunk: string, ...rest: unknown[]) => {
    log += chunk;
    return (stderr as any).call(process.stderr, chunk, ...rest);
  }) as typeof stderr;
});
afterEach(() => {
  s.clock.now = other.clock.now = new Date(NOON);
});
afterAll(async () => {
  process.stderr.write = stderr;
  await other?.service.stop();
  await s?.close();
});

const back = (clock: { now: Date }, ms: number) => {
  clock.now = new Date(clock.now.getTime() - ms);
};
const board = (code = CODE) => s.token('BOARD', code);
const bureau = () => s.token('CITY_BUREAU', '430400');
const province = () => s.token('PROVINCE');
const HISTORY = 'history { at to } obligation { filedAt timeliness lapsedOn deadline { dueAt } }';

/** Every step of the workflow, each told by `before` in which service it is taken. */
async function wholeWay(code: string, kind: string, year: number, before: (name: string) => TestService) {
  const at = before('createReportDraft');
  let report = await readyDraft(at, code, kind, year);
  const cityCode = code === CODE ? '430400' : '430200';
  const tokens: Record<string, string> = {
    board: s.token('BOARD', code),
    bureau: s.token('CITY_BUREAU', cityCode),
    province: province(),
  };
  const step = async (who: string, name: string, more: object = {}) => {
    const service = before(name);
    const flag: Record<string, string> = {
      submitReport: 'submit',
      withdrawReport: 'withdraw',
      approveReport: 'approve',
      returnReport: 'return',
      acceptReport: 'accept',
      reopenReport: 'reopen',
      updateReportDraft: 'edit',
    };
    const can = await service.ask(
      tokens[who]!,
      `query ($id: ID!) { report(id: $id) { viewerCan { ${flag[name]} { allowed } } } }`,
      { id: report.id },
    );
    const answer = await change(service, tokens[who]!, name, {
      reportId: report.id,
      expectedVersion: report.version,
      ...more,
    });
    // the flag said so, and so it is
    expect([name, can.data.report.viewerCan[flag[name]!].allowed, answer.userErrors]).toEqual([name, true, []]);
    report = answer.report;
  };
  await step('board', 'updateReportDraft', { summary: '概况' });
  await step('board', 'submitReport');
  await step('board', 'withdrawReport');
  await step('board', 'submitReport');
  await step('bureau', 'returnReport', { comment: '改', reason: 'INCORRECT' });
  await step('board', 'submitReport');
  await step('bureau', 'approveReport');
  await step('province', 'returnReport', { comment: '缺页', reason: 'INCOMPLETE' });
  await step('board', 'submitReport');
  await step('bureau', 'approveReport');
  await step('province', 'returnReport', { comment: '有误', reason: 'INCORRECT' });
  await step('board', 'submitReport');
  await step('bureau', 'approveReport');
  await step('province', 'acceptReport');
  await step('province', 'reopenReport', { reason: '更正' });
  await step('board', 'submitReport');
  await step('bureau', 'approveReport');
  await step('province', 'acceptReport');
  const { data } = await s.ask(province(), `query ($id: ID!) { report(id: $id) { ${HISTORY} } }`, { id: report.id });
  const times = data.report.history.map(({ at: instant }: { at: string }) => instant);
  expect(times).toHaveLength(18);
  expect(times).toEqual([...times].sort());
  return data.report;
}

describe('a clock that goes back', () => {
  it('stops no step of the whole way, and each comes after the one before', async () => {
    const report = await wholeWay(CODE, 'ANNUAL_WORK_PLAN', 2027, () => {
      back(s.clock, 3000);
      return s;
    });
    expect(report.obligation.timeliness).toBe('ON_TIME');
    // of the two approvals after INCOMPLETE, the first one is the filing, however the clock went
    const approvals = report.history.filter((e: { to: string }) => e.to === 'CITY_APPROVED');
    expect(report.obligation.filedAt).toBe(approvals[1].at);
  });

  it.each([1, 3000, 86_400_000])('nor do two machines %d ms apart, in turns', async (ms) => {
    other.clock.now = new Date(NOON + ms);
    let turn = 0;
    const year = { 1: 2026, 3000: 2027, 86400000: 2027 }[ms]!;
    const kind = ms === 3000 ? 'HALF_YEAR_SUMMARY' : 'ANNUAL_SUMMARY';
    await wholeWay(CODE, kind, year, () => (turn++ % 2 ? s : other.s));
  });

  it('no step that stands still either: approvals of one instant are told apart', async () => {
    // the clock of the tests stands still by itself
    const report = await wholeWay('430000-2024-07', 'ANNUAL_WORK_PLAN', 2027, () => s);
    const approvals = report.history.filter((e: { to: string }) => e.to === 'CITY_APPROVED');
    expect(report.obligation.filedAt).toBe(approvals[1].at);
    expect(new Set(approvals.map(({ at }: { at: string }) => at)).size).toBeGreaterThan(1);
  });

  it('decides on time or late by the later of the two, the desk as well', async () => {
    const obligation = await obligationOf(s, board('430000-2024-07'), 'ANNUAL_SUMMARY', 2026);
    const draft = await readyDraft(s, '430000-2024-07', 'ANNUAL_SUMMARY', 2026);
    const due = Date.parse('2026-12-20T15:59:59.999Z');
    const expiry = s.actor('BOARD', '430000-2024-07').tokenExpiresAt!.getTime();
    expect(expiry).toBeGreaterThan(due);
    // submitted a second late by one clock, approved a second early by the other
    s.clock.now = new Date(due + 1000);
    const answer = await change(
      s,
      board('430000-2024-07'),
      'submitReport',
      { reportId: draft.id, expectedVersion: draft.version },
      `report { ${STATE} } userErrors { code } warnings { code }`,
    );
    expect([answer.userErrors, answer.warnings.map(({ code }: { code: string }) => code)]).toEqual([[], ['OVERDUE']]);
    other.clock.now = new Date(due - 1000);
    const approved = await change(
      other.s,
      s.token('CITY_BUREAU', '430200'),
      'approveReport',
      { reportId: draft.id, expectedVersion: answer.report.version },
      `report { ${HISTORY} } userErrors { code }`,
    );
    expect(approved.userErrors).toEqual([]);
    expect(approved.report.obligation).toMatchObject({
      filedAt: new Date(due + 1000).toISOString(),
      timeliness: 'LATE',
      lapsedOn: 'BOARD',
    });
    expect(obligation.id).toBeTruthy();
  });

  it('extends what was changed by a clock ahead', async () => {
    const code = '430000-2024-13';
    const report = await submitted(s, code, 'ANNUAL_WORK_PLAN', 2027);
    const { id } = await obligationOf(s, board(code), 'ANNUAL_WORK_PLAN', 2027);
    back(other.clock, 3_600_000);
    const input = { obligationId: id, dueOn: '2027-03-01', reason: '冰雪' };
    const fields = 'obligation { deadline { dueOn } report { id version } } userErrors { code }';
    const { userErrors, obligation } = await change(other.s, province(), 'extendObligation', input, fields);
    expect(userErrors).toEqual([]);
    expect(obligation).toMatchObject({
      deadline: { dueOn: '2027-03-01' },
      report: { version: report.version + 1 },
    });
    const [row] = await s.owner.query('SELECT updated_at FROM report WHERE id = $1', [report.id]);
    expect(row.updated_at).toEqual(new Date(NOON));
  });
});

describe('what counts by its instant', () => {
  it('a seal token is for the PDF of its moment, and not for one that is attached later by a clock behind', async () => {
    const code = '430000-2024-01';
    const units = (await s.ask(null, `{ consortium(code: "${code}") { leadSchools { id } } }`)).data.consortium
      .leadSchools;
    const draft = await readyDraft(s, code, 'ANNUAL_WORK_PLAN', 2027);
    const request = (token: string) => s.ask(token, '{ sealRequest { reportId document { id } } }');
    // issued by a machine that is behind the one where the PDF was attached
    back(other.clock, 3000);
    const issued = await change(
      other.s,
      board(code),
      'issueSealToken',
      { reportId: draft.id, organizationId: units[0].id },
      'secret userErrors { code }',
    );
    expect((await request(issued.secret)).data.sealRequest).toMatchObject({ reportId: draft.id });
    // the same bytes, attached again: another PDF, also where the clock went back, and where it stood still
    for (const ms of [0, 5000]) {
      const token = await change(
        s,
        board(code),
        'issueSealToken',
        { reportId: draft.id, organizationId: units[0].id },
        'secret userErrors { code }',
      );
      expect((await request(token.secret)).data.sealRequest).not.toBeNull();
      back(s.clock, ms);
      const [{ version }] = await s.owner.query('SELECT version FROM report WHERE id = $1', [draft.id]);
      const uploadId = await upload(s, board(code), '计划.pdf', await pdf(`${code}ANNUAL_WORK_PLAN`));
      const again = { reportId: draft.id, expectedVersion: version, kind: 'STAMPED_PDF', uploadId };
      expect((await change(s, board(code), 'attachReportDocument', again)).userErrors).toEqual([]);
      expect((await request(token.secret)).data.sealRequest).toBeNull();
    }
  });

  it('the last decision on seals and the last template hold, by whichever clock', async () => {
    const decide = (at: TestService, units: string[]) =>
      change(at, province(), 'decideSealRequirement', { effectiveOn: '2027-06-01', units }, 'userErrors { code }');
    const leads = ['LEAD_SCHOOL', 'LEAD_ENTERPRISE'];
    await decide(s, [...leads, 'PARK']);
    back(other.clock, 3000);
    await decide(other.s, leads);
    await decide(s, [...leads, 'BUREAU']);
    const rows = await s.owner.query(
      "SELECT units FROM seal_requirement WHERE effective_on = '2027-06-01' ORDER BY decided_at DESC",
    );
    expect(rows.map(({ units }: { units: string[] }) => units.length)).toEqual([3, 2, 3]);
    expect(rows[0].units).toContain('BUREAU');

    const replace = async (at: TestService, text: string) => {
      const uploadId = await upload(at, province(), '模板.docx', await word(text));
      const input = { kind: 'ANNUAL_SUMMARY', uploadId };
      expect(await change(at, province(), 'replaceReportTemplate', input, 'userErrors { code }')).toEqual({
        userErrors: [],
      });
    };
    for (const [at, text] of [
      [s, 'first'],
      [other.s, 'second'],
      [s, 'third'],
    ] as const)
      await replace(at, text);
    const templates = await s.owner.query('SELECT sha256 FROM report_template ORDER BY created_at DESC');
    const digests = await Promise.all(['third', 'second', 'first'].map(async (text) => sha256(await word(text))));
    expect(templates.map((row: { sha256: string }) => row.sha256)).toEqual(digests);
  });
});

describe('a guard’s refusal', () => {
  const guard = async (code: string, when: string) => {
    await s.owner.query(`
      CREATE SEQUENCE test_asked;
      GRANT USAGE ON SEQUENCE test_asked TO PUBLIC;
      CREATE FUNCTION test_guard() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE asked bigint := nextval('public.test_asked');
      BEGIN
        IF ${when} THEN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'a guard of the tests'; END IF;
        RETURN NEW;
      END $$;
      CREATE CONSTRAINT TRIGGER test_guard AFTER UPDATE OF state ON report DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_guard()`);
  };
  afterEach(() =>
    s.owner.query('DROP TRIGGER test_guard ON report; DROP FUNCTION test_guard(); DROP SEQUENCE test_asked'),
  );
  const approve = async (report: { id: string; version: number }) =>
    s.ask(
      bureau(),
      'mutation ($input: ApproveReportInput!) { approveReport(input: $input) { report { state } userErrors { code } } }',
      { input: { reportId: report.id, expectedVersion: report.version } },
    );
  let report: { id: string; version: number };
  beforeAll(async () => {
    report = await submitted(s, CODE, 'HALF_YEAR_SUMMARY', 2026);
  });

  it.each(['IEC01', 'IEC04', 'IEC06'])(
    '%s that is nobody’s doing is INTERNAL and in the log, not somebody’s change',
    async (code) => {
      await guard(code, 'true');
      log = '';
      const { errors, data } = await approve(report);
      expect(data.approveReport).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
      expect(errors![0]!.message).not.toMatch(/别人|他人|somebody/);
      expect(log).toContain('a guard of the tests');
      expect(await s.owner.query('SELECT last_value::int AS n FROM test_asked')).toEqual([{ n: 2 }]);
    },
  );

  it('that was a lost race is met by the checks at the second attempt', async () => {
    await guard('IEC01', 'asked = 1');
    const { data, errors } = await approve(report);
    expect(errors).toBeUndefined();
    expect(data.approveReport).toMatchObject({ report: { state: 'CITY_APPROVED' }, userErrors: [] });
  });

  it('at a submission, where the province has just asked for more seals, is told as what is missing', async () => {
    const draft = await readyDraft(s, '430000-2024-10', 'ANNUAL_WORK_PLAN', 2027);
    // the submission is held up after its checks, until the decision is made
    await guard('IEC01', 'false');
    const holder = s.owner.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(77)');
    await s.owner.query(`
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN NEW; END $$;
      CREATE TRIGGER test_pause BEFORE UPDATE OF state ON report FOR EACH ROW EXECUTE FUNCTION test_pause()`);
    try {
      const submission = change(s, board('430000-2024-10'), 'submitReport', {
        reportId: draft.id,
        expectedVersion: draft.version,
      });
      const waiting = 'SELECT count(*)::int AS n FROM pg_locks WHERE locktype = $1 AND NOT granted';
      while ((await s.owner.query(waiting, ['advisory']))[0].n === 0) await new Promise((done) => setTimeout(done, 20));
      const units = ['LEAD_SCHOOL', 'LEAD_ENTERPRISE', 'BUREAU'];
      await change(s, province(), 'decideSealRequirement', { effectiveOn: '2026-11-24', units }, 'userErrors { code }');
      await holder.query('SELECT pg_advisory_unlock(77)');
      expect((await submission).userErrors).toMatchObject([{ code: 'SEAL_MISSING' }]);
    } finally {
      await holder.release();
      await s.owner.query('DROP TRIGGER test_pause ON report; DROP FUNCTION test_pause()');
    }
  });
});
