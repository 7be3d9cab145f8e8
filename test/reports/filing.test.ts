import { change, readyDraft, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

// before the due day of the half-year summary of 2026
const EARLY = new Date('2026-06-10T02:00:00Z');
const LATE = new Date('2026-06-25T02:00:00Z');
let s: TestService;
beforeAll(async () => {
  s = await testService({ now: EARLY });
});
afterEach(() => {
  s.clock.now = EARLY;
});
afterAll(() => s?.close());

const filing = async (code: string) =>
  (
    await s.ask(
      s.token('BOARD', code),
      '{ reportObligations(filter: { year: { eq: 2026 }, kind: { eq: HALF_YEAR_SUMMARY } }) { nodes { id timeliness filedAt lapsedOn deadline { dueOn dueAt daysRemaining extended extensionReason } } } }',
    )
  ).data.reportObligations.nodes[0];

describe('what counts as the filing', () => {
  it('the first approval that the province did not return as INCOMPLETE; a later correction does not move it', async () => {
    const code = '430000-2024-06';
    const [board, bureau, province] = [s.token('BOARD', code), s.token('CITY_BUREAU', '430400'), s.token('PROVINCE')];
    let report: any = await submitted(s, code, 'HALF_YEAR_SUMMARY', 2026);
    const step = async (token: string, name: string, more: object = {}) => {
      const answer = await change(s, token, name, { reportId: report.id, expectedVersion: report.version, ...more });
      expect(answer.userErrors).toEqual([]);
      report = answer.report;
    };
    await step(bureau, 'approveReport');
    expect(await filing(code)).toMatchObject({ timeliness: 'ON_TIME', filedAt: EARLY.toISOString(), lapsedOn: null });
    await step(province, 'returnReport', { comment: '缺页', reason: 'INCOMPLETE' });
    expect(await filing(code)).toMatchObject({ timeliness: 'PENDING', filedAt: null });
    s.clock.now = new Date(EARLY.getTime() + 3_600_000);
    await step(board, 'submitReport');
    await step(bureau, 'approveReport');
    const second = s.clock.now.toISOString();
    s.clock.now = LATE;
    await step(province, 'returnReport', { comment: '有误', reason: 'INCORRECT' });
    await step(board, 'submitReport');
    await step(bureau, 'approveReport');
    expect(await filing(code)).toMatchObject({ timeliness: 'ON_TIME', filedAt: second, lapsedOn: null });
    // an INCOMPLETE of a later revision does not undo the earlier filing
    await step(province, 'returnReport', { comment: '缺章', reason: 'INCOMPLETE' });
    expect(await filing(code)).toMatchObject({ timeliness: 'ON_TIME', filedAt: second });
  });

  it('says on whose desk the deadline passed', async () => {
    const [atBureau, atBoard] = ['430000-2024-07', '430000-2024-13'];
    const report = await submitted(s, atBureau, 'HALF_YEAR_SUMMARY', 2026);
    s.clock.now = LATE;
    expect(await filing(atBureau)).toMatchObject({ timeliness: 'MISSING', lapsedOn: 'CITY_BUREAU' });
    expect(await filing(atBoard)).toMatchObject({ timeliness: 'MISSING', lapsedOn: 'BOARD' });
    await change(s, s.token('CITY_BUREAU', '430200'), 'approveReport', {
      reportId: report.id,
      expectedVersion: report.version,
    });
    expect(await filing(atBureau)).toMatchObject({
      timeliness: 'LATE',
      filedAt: LATE.toISOString(),
      lapsedOn: 'CITY_BUREAU',
    });
  });

  it('an extension moves the due day later, never earlier or into the past, and says why', async () => {
    const code = '430000-2024-15';
    const { id } = await filing(code);
    const extend = (token: string, dueOn: string, reason = '汛情') =>
      change(
        s,
        token,
        'extendObligation',
        { obligationId: id, dueOn, reason },
        'obligation { id deadline { dueOn extended } } userErrors { code path }',
      );
    expect((await extend(s.token('PROVINCE'), '2026-06-19')).userErrors).toMatchObject([
      { code: 'INVALID', path: ['dueOn'] },
    ]);
    expect((await extend(s.token('PROVINCE'), '2026-07-01', ' \u200b\u2060')).userErrors).toMatchObject([
      { code: 'REQUIRED', path: ['reason'] },
    ]);
    await expect(extend(s.token('CITY_BUREAU', '430700'), '2026-07-01')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    s.clock.now = LATE;
    expect(await filing(code)).toMatchObject({ timeliness: 'MISSING' });
    expect((await extend(s.token('PROVINCE'), '2026-07-01')).userErrors).toEqual([]);
    expect(await filing(code)).toMatchObject({
      timeliness: 'PENDING',
      lapsedOn: null,
      deadline: { dueOn: '2026-07-01', dueAt: '2026-07-01T15:59:59.999Z', extended: true, extensionReason: '汛情' },
    });
  });

  it('what was filed stays on time or late, whatever is extended afterwards', async () => {
    const code = '430000-2024-12';
    const bureau = s.token('CITY_BUREAU', '430300');
    const report = await submitted(s, code, 'HALF_YEAR_SUMMARY', 2026);
    s.clock.now = LATE;
    await change(s, bureau, 'approveReport', { reportId: report.id, expectedVersion: report.version });
    const late = await filing(code);
    expect(late).toMatchObject({ timeliness: 'LATE', lapsedOn: 'CITY_BUREAU' });
    const input = { obligationId: late.id, dueOn: '2026-07-01', reason: '汛情' };
    const { userErrors } = await change(s, s.token('PROVINCE'), 'extendObligation', input, 'userErrors { code path }');
    expect(userErrors).toEqual([{ code: 'ILLEGAL_TRANSITION', path: ['obligationId'] }]);
    expect(await filing(code)).toEqual(late);
  });

  it("a new year's obligations appear by themselves", async () => {
    const { keepObligations } = await import('../../src/service.js');
    const years = async () =>
      (
        await s.owner.query('SELECT array_agg(DISTINCT year ORDER BY year) y, count(*)::int n FROM report_obligation')
      )[0];
    expect(await years()).toEqual({ y: [2024, 2025, 2026, 2027], n: 21 * (2 + 3 * 3) });
    s.clock.now = new Date('2026-12-31T16:00:00Z'); // New Year in Shanghai
    await keepObligations(s.service.door);
    await keepObligations(s.service.door);
    expect(await years()).toEqual({ y: [2024, 2025, 2026, 2027, 2028], n: 21 * (2 + 4 * 3) });
  });
});

describe('what a report needs', () => {
  it('a new PDF voids the seals on the one before; an unreadable file is refused with its finding', async () => {
    const code = '430000-2024-16';
    const board = s.token('BOARD', code);
    const draft = await readyDraft(s, code, 'HALF_YEAR_SUMMARY', 2026);
    const { upload, pdf } = await import('../support/files.js');
    const bad = await upload(s, board, '坏.pdf', Buffer.from('not a pdf'));
    const refused = await change(s, board, 'attachReportDocument', {
      reportId: draft.id,
      expectedVersion: draft.version,
      kind: 'STAMPED_PDF',
      uploadId: bad,
    });
    expect(refused.userErrors).toMatchObject([
      { code: 'DOCUMENT_UNREADABLE', params: [{ name: 'finding', value: 'WRONG_TYPE' }] },
    ]);
    const good = await upload(s, board, '新.pdf', await pdf('another'));
    const { report } = await change(s, board, 'attachReportDocument', {
      reportId: draft.id,
      expectedVersion: draft.version,
      kind: 'STAMPED_PDF',
      uploadId: good,
    });
    const { userErrors } = await change(s, board, 'submitReport', {
      reportId: report.id,
      expectedVersion: report.version,
    });
    expect(userErrors.map((e: { code: string }) => e.code)).toEqual(['SEAL_MISSING', 'SEAL_MISSING']);
  });
});

describe('warnings', () => {
  const FIELDS = 'report { id version } warnings { code message path params { name value } } userErrors { code }';
  const codes = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code);

  it('say that a submission is late, also of a rehearsal, and of no correction of what was filed in time', async () => {
    const code = '430000-2024-01';
    const board = s.token('BOARD', code);
    const draft = await readyDraft(s, code, 'HALF_YEAR_SUMMARY', 2026);
    const submit = (more: object = {}) =>
      change(s, board, 'submitReport', { reportId: draft.id, expectedVersion: draft.version, ...more }, FIELDS);
    expect(codes(await submit({ validateOnly: true }))).not.toContain('OVERDUE');
    s.clock.now = LATE;
    expect((await submit({ validateOnly: true })).warnings).toContainEqual({
      code: 'OVERDUE',
      message: '已过截止时间，将记为逾期：截止日为 2026-06-20。',
      path: ['reportId'],
      params: [{ name: 'dueOn', value: '2026-06-20' }],
    });
    s.clock.now = EARLY;
    let { report } = await submit();
    const step = async (token: string, name: string, more: object = {}) => {
      const answer = await change(
        s,
        token,
        name,
        { reportId: report.id, expectedVersion: report.version, ...more },
        FIELDS,
      );
      report = answer.report;
      return codes(answer);
    };
    expect(await step(s.token('CITY_BUREAU', '430100'), 'approveReport')).toEqual([]);
    s.clock.now = LATE;
    await step(s.token('PROVINCE'), 'returnReport', { comment: '有误', reason: 'INCORRECT' });
    expect(await step(board, 'submitReport')).not.toContain('OVERDUE');
  });

  it('say that an extension ends on no workday, and which one comes before', async () => {
    const { id } = await filing('430000-2024-02');
    const extend = (dueOn: string) =>
      change(
        s,
        s.token('PROVINCE'),
        'extendObligation',
        { obligationId: id, dueOn, reason: '汛情', validateOnly: true },
        'warnings { code path params { name value } } userErrors { code }',
      );
    expect(await extend('2026-07-03')).toEqual({ warnings: [], userErrors: [] });
    expect((await extend('2026-07-05')).warnings).toEqual([
      { code: 'NOT_A_WORKDAY', path: ['dueOn'], params: [{ name: 'lastWorkday', value: '2026-07-03' }] },
    ]);
  });
});

describe('a consortium that is no longer on the list', () => {
  const code = '430000-2024-14';
  const stands = (status: string) => s.owner.query('UPDATE consortium SET status = $1 WHERE code = $2', [status, code]);
  const VIEWER = `query ($year: Int!) { reportObligations(filter: { year: { eq: $year }, kind: { eq: ANNUAL_WORK_PLAN } }) {
    nodes { id viewerCan { createReportDraft { allowed reason } } } } }`;
  afterEach(() => stands('ACTIVE'));

  it.each(['REMOVED', 'DISQUALIFIED'])('begins no report: %s', async (status) => {
    const board = s.token('BOARD', code);
    const obligation = async () => (await s.ask(board, VIEWER, { year: 2026 })).data.reportObligations.nodes[0];
    const reports = async () => (await s.owner.query('SELECT count(*)::int AS n FROM report'))[0].n;
    const before = await reports();
    await stands(status);
    const { id, viewerCan } = await obligation();
    expect(viewerCan.createReportDraft).toEqual({ allowed: false, reason: 'CONSORTIUM_CLOSED' });
    const { report, userErrors } = await change(s, board, 'createReportDraft', { obligationId: id });
    expect(report).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'CONSORTIUM_CLOSED', path: ['obligationId'] }]);
    expect(await reports()).toBe(before);
    await stands('WARNED');
    expect((await obligation()).viewerCan.createReportDraft).toEqual({ allowed: true, reason: null });
    expect((await change(s, board, 'createReportDraft', { obligationId: id, validateOnly: true })).userErrors).toEqual(
      [],
    );
  });
});
