import { Client } from 'pg';
import { change, obligationOf, readyDraft, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const NOW = new Date('2026-06-10T02:00:00Z');
let s: TestService;
beforeAll(async () => {
  s = await testService({ now: NOW });
});
afterEach(() => {
  s.clock.now = NOW;
});
afterAll(() => s?.close());

const codes = (answer: { userErrors: { code: string }[] }) => answer.userErrors.map((e) => e.code);

describe('a change', () => {
  it('of a draft is there afterwards, and leaves what it does not name', async () => {
    const board = s.token('BOARD', '430000-2024-06');
    const obligation = await obligationOf(s, board, 'HALF_YEAR_SUMMARY', 2026);
    const first = await change(s, board, 'createReportDraft', { obligationId: obligation.id, summary: '旧摘要' });
    const update = (expectedVersion: number, input: object) =>
      change(
        s,
        board,
        'updateReportDraft',
        { reportId: first.report.id, expectedVersion, ...input },
        'report { version draft { title summary } } userErrors { code }',
      );
    expect(await update(1, { title: ' 新标题 ' })).toEqual({
      report: { version: 2, draft: { title: '新标题', summary: '旧摘要' } },
      userErrors: [],
    });
    expect((await update(2, { summary: null })).report.draft).toEqual({ title: '新标题', summary: null });
    expect(await update(3, { title: null, summary: 'x'.repeat(5001) })).toMatchObject({
      report: { version: 3, draft: { title: '新标题', summary: null } },
      userErrors: [{ code: 'REQUIRED' }, { code: 'TOO_LONG' }],
    });
  });

  it('that finds no row that it should have is none at all, and nobody’s conflict', async () => {
    const { door } = s.service;
    const { Report } = await import('../../src/reports/report.entity.js');
    const nobody = { id: `rep_${'0'.repeat(32)}`, version: 1 };
    await expect(
      door.writing(s.actor('PROVINCE'), (tx) => tx.updateOne(Report, nobody, { version: 2 })),
    ).rejects.toThrow('Report: 0 rows changed instead of one');
  });

  it('is told everything that is wrong with it at once', async () => {
    const code = '430000-2024-13';
    const board = s.token('BOARD', code);
    const obligation = await obligationOf(s, board, 'HALF_YEAR_SUMMARY', 2026);
    const { report } = await change(s, board, 'createReportDraft', { obligationId: obligation.id });
    const input = { reportId: report.id, expectedVersion: report.version };
    const long = { comment: '长'.repeat(2001) };
    expect(codes(await change(s, board, 'submitReport', { ...input, ...long }))).toEqual([
      'TOO_LONG',
      'DOCUMENT_MISSING',
      'DOCUMENT_MISSING',
      'SEAL_MISSING',
      'SEAL_MISSING',
      'SEAL_MISSING',
    ]);
    // a stale version stays alone with what is wrong with the input
    expect(codes(await change(s, board, 'submitReport', { ...input, ...long, expectedVersion: 7 }))).toEqual([
      'TOO_LONG',
      'CONFLICT',
    ]);
    const ready = await submitted(s, '430000-2024-14', 'HALF_YEAR_SUMMARY', 2026);
    const there = { reportId: ready.id, expectedVersion: ready.version };
    const owner = s.token('BOARD', '430000-2024-14');
    const strange = { ...there, kind: 'WORD', uploadId: `upl_${'0'.repeat(32)}` };
    expect(codes(await change(s, owner, 'attachReportDocument', strange))).toEqual(['NOT_FOUND', 'ILLEGAL_TRANSITION']);
    const seal = { ...there, page: 0, organizationId: `org_${'0'.repeat(32)}` };
    expect(codes(await change(s, owner, 'attestSeal', seal))).toEqual(['INVALID', 'ILLEGAL_TRANSITION']);
    const draft = { ...input, page: 0, organizationId: `org_${'0'.repeat(32)}` };
    expect(codes(await change(s, board, 'attestSeal', draft))).toEqual(['INVALID', 'NOT_FOUND', 'DOCUMENT_MISSING']);
    expect(codes(await change(s, owner, 'updateReportDraft', { ...there, title: '' }))).toEqual([
      'REQUIRED',
      'ILLEGAL_TRANSITION',
    ]);
    const bureau = s.token('CITY_BUREAU', '430600');
    expect(codes(await change(s, bureau, 'approveReport', { ...there, ...long }))).toEqual(['TOO_LONG']);
    const rows = await s.owner.query('SELECT version, state FROM report WHERE id = $1', [ready.id]);
    expect(rows).toEqual([{ version: ready.version, state: 'SUBMITTED' }]);
  });
});

describe('an extension', () => {
  const extend = (obligationId: string, dueOn: string, more: object = {}) =>
    change(
      s,
      s.token('PROVINCE'),
      'extendObligation',
      { obligationId, dueOn, reason: '汛情', ...more },
      'obligation { deadline { dueOn dueAt } } userErrors { code path params { name value } }',
    );

  it('reaches a report that somebody is just changing', async () => {
    const code = '430000-2024-16';
    const draft = await readyDraft(s, code, 'HALF_YEAR_SUMMARY', 2026);
    const [{ id }] = await s.owner.query('SELECT obligation_id AS id FROM report WHERE id = $1', [draft.id]);
    const busy = new Client({ connectionString: (s.owner.options as { url: string }).url });
    await busy.connect();
    try {
      await busy.query('BEGIN');
      await busy.query("SELECT set_config('app.consortium_id', consortium_id, true) FROM report WHERE id = $1", [
        draft.id,
      ]);
      await busy.query('SET LOCAL ROLE iec_board');
      await busy.query('UPDATE report SET version = version + 1 WHERE id = $1', [draft.id]);
      const extended = extend(id, '2026-07-01');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await busy.query('COMMIT');
      expect(codes(await extended)).toEqual([]);
    } finally {
      await busy.end();
    }
    const [row] = await s.owner.query(
      'SELECT p.due_on::text AS report, o.due_on::text AS obligation, p.version FROM report p JOIN report_obligation o ON o.id = p.obligation_id WHERE p.id = $1',
      [draft.id],
    );
    expect(row).toEqual({ report: '2026-07-01', obligation: '2026-07-01', version: draft.version + 2 });
  });

  it('loses nothing among many', async () => {
    const code = '430000-2024-17';
    const board = s.token('BOARD', code);
    const obligation = await obligationOf(s, board, 'ANNUAL_SUMMARY', 2026);
    const days = Array.from({ length: 8 }, (_, i) => `2027-01-1${i}`);
    await Promise.all([
      ...days.map((day) => extend(obligation.id, day)),
      change(s, board, 'createReportDraft', { obligationId: obligation.id }),
    ]);
    const [row] = await s.owner.query(
      'SELECT p.due_on::text AS report, o.due_on::text AS obligation FROM report p JOIN report_obligation o ON o.id = p.obligation_id WHERE o.id = $1',
      [obligation.id],
    );
    expect(row).toEqual({ report: '2027-01-17', obligation: '2027-01-17' });
  });

  it('is bound by today and the due day, not by the year of the paper', async () => {
    const board = s.token('BOARD', '430000-2024-18');
    const { id } = await obligationOf(s, board, 'HALF_YEAR_SUMMARY', 2024);
    s.clock.now = new Date('2027-03-01T02:00:00Z');
    expect(await extend(id, '2029-03-02')).toMatchObject({
      userErrors: [
        {
          code: 'INVALID',
          path: ['dueOn'],
          params: expect.arrayContaining([{ name: 'notAfter', value: '2029-03-01' }]),
        },
      ],
    });
    expect(codes(await extend(id, '2027-04-01'))).toEqual([]);
  });

  it('tells an analyst that it was made, and everybody else why', async () => {
    const board = s.token('BOARD', '430000-2024-20');
    const { id } = await obligationOf(s, board, 'ANNUAL_SUMMARY', 2026);
    expect(codes(await extend(id, '2027-01-31', { reason: '某某住院' }))).toEqual([]);
    const why = async (token: string) =>
      (
        await s.ask(
          token,
          'query ($id: ID!) { node(id: $id) { ... on ReportObligation { deadline { extended extensionReason } } } }',
          { id },
        )
      ).data.node.deadline;
    expect(await why(s.token('ANALYST'))).toEqual({ extended: true, extensionReason: null });
    for (const token of [board, s.token('CITY_BUREAU', '431200'), s.token('PROVINCE')])
      expect(await why(token)).toEqual({ extended: true, extensionReason: '某某住院' });
  });

  it('ends in the future, also where the due day itself does not count', async () => {
    const board = s.token('BOARD', '430000-2024-19');
    const { id } = await obligationOf(s, board, 'ANNUAL_WORK_PLAN', 2026);
    await s.owner.query('UPDATE province SET due_day_counts = false');
    try {
      expect(await extend(id, '2026-06-10')).toMatchObject({
        userErrors: [{ code: 'INVALID', params: expect.arrayContaining([{ name: 'notBefore', value: '2026-06-11' }]) }],
      });
      expect(await extend(id, '2026-06-11')).toEqual({
        obligation: { deadline: { dueOn: '2026-06-11', dueAt: '2026-06-10T15:59:59.999Z' } },
        userErrors: [],
      });
    } finally {
      await s.owner.query('UPDATE province SET due_day_counts = true');
    }
  });
});
