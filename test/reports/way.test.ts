import { change, obligationOf, readyDraft, STATE, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06'; // 衡阳
let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const seen = async (token: string | null, id: string) =>
  (
    await s.ask(
      token,
      `query ($id: ID!) { report(id: $id) { ${STATE} revisions { number } history { from to comment actorName } } }`,
      { id },
    )
  ).data.report;

describe('the way of a report', () => {
  it('goes from the board through its bureau to the province, and everybody else sees what the domain says', async () => {
    const [board, bureau, province] = [s.token('BOARD', CODE), s.token('CITY_BUREAU', '430400'), s.token('PROVINCE')];
    const strangers = [
      null,
      s.token('BOARD', '430000-2024-01'),
      s.token('CITY_BUREAU', '430100'),
      s.token('ADMINISTRATOR'),
    ];
    let report = await readyDraft(s, CODE, 'ANNUAL_WORK_PLAN', 2027);
    const step = async (token: string, name: string, input: object = {}) => {
      const answer = await change(s, token, name, { reportId: report.id, expectedVersion: report.version, ...input });
      expect(answer.userErrors).toEqual([]);
      report = answer.report;
      return answer.report;
    };
    // a draft is the board's own
    expect((await seen(board, report.id)).draft).not.toBeNull();
    expect(await seen(bureau, report.id)).toMatchObject({ state: 'DRAFT', draft: null, revisions: [] });
    expect(await seen(province, report.id)).toMatchObject({ state: 'DRAFT', draft: null, revisions: [] });
    for (const stranger of strangers) expect(await seen(stranger, report.id)).toBeNull();

    await step(board, 'submitReport', { comment: '请审核' });
    expect(await seen(bureau, report.id)).toMatchObject({ state: 'SUBMITTED', revisions: [{ number: 1 }] });
    expect(await seen(province, report.id)).toMatchObject({ state: 'SUBMITTED', revisions: [], currentRevision: null });
    await step(bureau, 'returnReport', { comment: '数据有误', reason: 'INCORRECT' });
    expect((await seen(board, report.id)).draft).not.toBeNull();
    await step(board, 'submitReport');
    await step(bureau, 'approveReport');
    const forProvince = await seen(province, report.id);
    // neither the returned revision nor the comment that returned it
    expect(forProvince.revisions).toEqual([{ number: 2 }]);
    expect(forProvince.history.map((e: { comment: string | null }) => e.comment)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    await step(province, 'acceptReport');
    expect(report).toMatchObject({ state: 'ACCEPTED' });
    for (const stranger of strangers) expect(await seen(stranger, report.id)).toBeNull();
    const analyst = await seen(s.token('ANALYST'), report.id);
    expect(analyst).toMatchObject({ state: 'ACCEPTED', revisions: [], draft: null });
    expect(analyst.history[0].actorName).toBe('联合体理事会');

    await step(province, 'reopenReport', { reason: '更正' });
    expect(await seen(province, report.id)).toMatchObject({ state: 'RETURNED', revisions: [{ number: 2 }] });
    const rows = await s.owner.query(
      'SELECT count(*)::int n, count(DISTINCT serial)::int d FROM outbox_event WHERE subject_id = $1',
      [report.id],
    );
    expect(rows).toEqual([{ n: 7, d: 7 }]);
  });

  it('lets nobody else take a step, and nothing happens when they try', async () => {
    const report = await submitted(s, CODE, 'HALF_YEAR_SUMMARY', 2026);
    const counts = () =>
      s.owner.query(
        'SELECT (SELECT count(*) FROM report_event) e, (SELECT count(*) FROM outbox_event) o, (SELECT count(*) FROM audit_entry) a, (SELECT version FROM report WHERE id = $1) v',
        [report.id],
      );
    const before = await counts();
    const input = { reportId: report.id, expectedVersion: report.version };
    const refused: [string | null, string, object, string][] = [
      [null, 'approveReport', {}, 'UNAUTHENTICATED'],
      [s.token('BOARD', CODE), 'approveReport', {}, 'FORBIDDEN'],
      [s.token('PROVINCE'), 'approveReport', {}, 'FORBIDDEN'],
      [s.token('CITY_DEPARTMENT', '430400'), 'approveReport', {}, 'FORBIDDEN'],
      [s.token('ANALYST'), 'acceptReport', {}, 'FORBIDDEN'],
      [s.token('ADMINISTRATOR'), 'acceptReport', {}, 'FORBIDDEN'],
      [s.token('CITY_BUREAU', '430100'), 'approveReport', {}, 'NOT_FOUND'],
      [s.token('BOARD', '430000-2024-01'), 'withdrawReport', {}, 'NOT_FOUND'],
      [s.token('CITY_BUREAU', '430400'), 'withdrawReport', {}, 'FORBIDDEN'],
    ];
    for (const [token, name, more, code] of refused)
      await expect(change(s, token, name, { ...input, ...more })).rejects.toMatchObject({ code });
    // the province sees the report but it is not its turn
    const early = await change(s, s.token('PROVINCE'), 'acceptReport', input);
    expect(early.userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    expect(await counts()).toEqual(before);
  });

  it('answers a foreign id and one that never was in the same bytes', async () => {
    const report = await submitted(s, '430000-2024-01', 'HALF_YEAR_SUMMARY', 2026);
    const ask = async (reportId: string) =>
      await s.ask(
        s.token('CITY_BUREAU', '430400'),
        'mutation ($input: ApproveReportInput!) { approveReport(input: $input) { userErrors { code } } }',
        { input: { reportId, expectedVersion: 9 } },
        { 'x-request-id': 'same' },
      );
    const foreign = await ask(report.id);
    expect(foreign.errors![0]!.extensions.code).toBe('NOT_FOUND');
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(await ask(`rep_${'0'.repeat(32)}`)));
  });

  it('says all that is missing at once, and rehearses without a trace', async () => {
    const board = s.token('BOARD', '430000-2024-13');
    const obligation = await obligationOf(s, board, 'ANNUAL_SUMMARY', 2026);
    const rehearsal = await change(s, board, 'createReportDraft', { obligationId: obligation.id, validateOnly: true });
    expect(rehearsal).toMatchObject({ report: null, userErrors: [] });
    const { report } = await change(s, board, 'createReportDraft', { obligationId: obligation.id });
    const { userErrors } = await change(s, board, 'submitReport', {
      reportId: report.id,
      expectedVersion: report.version,
    });
    // two files, one lead school and two lead enterprises
    expect(userErrors.map((e: { code: string }) => e.code)).toEqual([
      'DOCUMENT_MISSING',
      'DOCUMENT_MISSING',
      'SEAL_MISSING',
      'SEAL_MISSING',
      'SEAL_MISSING',
    ]);
    const again = await change(s, board, 'createReportDraft', { obligationId: obligation.id });
    expect(again).toMatchObject({ report: { id: report.id }, userErrors: [{ code: 'REPORT_EXISTS' }] });
  });

  it('lets one of two deciders win; the other gets CONFLICT with the object as it is', async () => {
    const report = await submitted(s, '430000-2024-07', 'HALF_YEAR_SUMMARY', 2026);
    const bureau = s.token('CITY_BUREAU', '430200');
    const input = { reportId: report.id, expectedVersion: report.version };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        change(s, bureau, i % 2 ? 'approveReport' : 'returnReport', i % 2 ? input : { ...input, comment: '改' }),
      ),
    );
    const winners = answers.filter((a) => a.userErrors.length === 0);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter((a) => a.userErrors.length)) expect(loser.userErrors[0].code).toBe('CONFLICT');
    const [{ n }] = await s.owner.query(
      "SELECT count(*)::int n FROM report_event WHERE report_id = $1 AND transition IN ('approveReport', 'returnReport')",
      [report.id],
    );
    expect(n).toBe(1);
  });

  it('withdraws to the state it was submitted from, and keeps the number', async () => {
    const report = await submitted(s, '430000-2024-10', 'HALF_YEAR_SUMMARY', 2026);
    const board = s.token('BOARD', '430000-2024-10');
    const { report: back } = await change(s, board, 'withdrawReport', {
      reportId: report.id,
      expectedVersion: report.version,
    });
    expect(back).toMatchObject({ state: 'DRAFT', currentRevision: { number: 1 } });
    const { report: again } = await change(s, board, 'submitReport', {
      reportId: report.id,
      expectedVersion: back.version,
    });
    expect(again).toMatchObject({ state: 'SUBMITTED', draft: null, currentRevision: { number: 2 } });
  });
});
