import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Inspector } from '../../src/files/inspection/inspector.js';
import { Checks } from '../../src/reports/checks.js';
import { documentOf, wordParts, zipOf } from '../files/samples.js';
import { pdf, upload, word } from '../support/files.js';
import { change, obligationOf, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
const FIELDS =
  'report { id version draft { pairSimilarity documents { kind fileName check { state findings { code severity message } checkedAt pageCount hasText } } } viewerCan { submit { allowed reason } } } warnings { code path params { name value } } userErrors { code path message params { name value } }';
let s: TestService;
let report: { id: string; version: number };
const board = () => s.token('BOARD', CODE);
beforeAll(async () => {
  s = await testService();
  const { id } = await obligationOf(s, board(), 'ANNUAL_SUMMARY', 2026);
  ({ report } = await change(s, board(), 'createReportDraft', { obligationId: id }));
});
afterAll(() => s?.close());

async function attach(kind: string, fileName: string, bytes: Buffer, validateOnly = false) {
  const uploadId = await upload(s, board(), fileName, bytes);
  const payload = await change(
    s,
    board(),
    'attachReportDocument',
    { reportId: report.id, expectedVersion: report.version, kind, uploadId, validateOnly },
    FIELDS,
  );
  report.version = payload.report.version;
  return payload;
}
const submit = () => change(s, board(), 'submitReport', { reportId: report.id, expectedVersion: report.version });

/** Small when sent, and seconds of work. */
const heavyWord = (mark: string) =>
  zipOf(wordParts(documentOf(`<w:t>${mark}</w:t>${'<w:p><w:r/></w:p>'.repeat(600_000)}`)));

async function until(test: () => Promise<boolean>): Promise<void> {
  for (const ends = Date.now() + 20_000; !(await test()) && Date.now() < ends; )
    await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('checks', () => {
  it('a file that is refused is not attached; every reason is said, in both languages', async () => {
    const { userErrors, report: after } = await attach('WORD', '总结.doc', Buffer.from('d0cf11e0a1b11ae1', 'hex'));
    expect(after.draft.documents).toEqual([]);
    expect(userErrors.map((e: { code: string }) => e.code)).toContain('DOCUMENT_UNREADABLE');
    for (const { params } of userErrors) expect(params[0].name).toBe('finding');
  });

  it('the same bytes under the name of another format are told as that one', async () => {
    const codes = async (fileName: string) =>
      (await attach('WORD', fileName, Buffer.from('{\\rtf1 x}'))).userErrors.map(
        ({ params }: { params: { value: string }[] }) => params.at(-1)!.value,
      );
    expect(await codes('总结.doc')).toEqual(['LEGACY_WORD']);
    expect(await codes('总结.wps')).toEqual(['WPS_FORMAT']);
  });

  it('a check that did not get through is no verdict for the next time', async () => {
    const { inspect } = Inspector.prototype;
    const bytes = await word('slow minute');
    Inspector.prototype.inspect = async function (...all) {
      return { ...(await inspect.apply(this, all)), findings: ['TIMED_OUT'], ended: 'time' };
    };
    try {
      expect((await attach('WORD', '总结.docx', bytes)).userErrors).toMatchObject([{ code: 'DOCUMENT_UNREADABLE' }]);
    } finally {
      Inspector.prototype.inspect = inspect;
    }
    expect((await attach('WORD', '总结.docx', bytes)).userErrors).toEqual([]);
  });

  it('what takes too long is tried once more when nothing else is looked at, and then no more, in a rehearsal too', async () => {
    const { inspect } = Inspector.prototype;
    const bytes = await word('always slow');
    let tries = 0;
    Inspector.prototype.inspect = async function (...all) {
      tries += 1;
      return { ...(await inspect.apply(this, all)), findings: ['TIMED_OUT'], ended: 'time' };
    };
    try {
      for (const validateOnly of [true, false, true, false])
        expect((await attach('WORD', '总结.docx', bytes, validateOnly)).userErrors[0].params.at(-1).value).toBe(
          'TIMED_OUT',
        );
    } finally {
      Inspector.prototype.inspect = inspect;
    }
    expect(tries).toBe(2);
  });

  it('a pair is compared once both are there', async () => {
    const text = '联合体依托衡阳高新技术产业园区，按年度计划推进专业建设与产教融合。';
    const first = await attach('WORD', '总结.docx', await word(text));
    expect(first.report.draft).toMatchObject({
      pairSimilarity: null,
      documents: [
        {
          check: {
            state: 'PASSED',
            findings: [],
            checkedAt: s.clock.now.toISOString(),
            pageCount: null,
            hasText: null,
          },
        },
      ],
    });
    const other = await pdf('nothing of the sort: something quite different');
    const rehearsed = await attach('STAMPED_PDF', '总结.pdf', other, true);
    expect(rehearsed.report.draft.documents).toHaveLength(1);
    const second = await attach('STAMPED_PDF', '总结.pdf', other);
    expect(rehearsed.warnings).toEqual(second.warnings);
    const [stamped] = second.report.draft.documents;
    expect(second.report.draft.pairSimilarity).toBeLessThan(0.5);
    expect(stamped.check).toMatchObject({
      state: 'WARNED',
      pageCount: 1,
      hasText: true,
      findings: [{ code: 'PAIR_DIFFERS', severity: 'WARNING' }],
    });
    expect(first.warnings).toEqual([]);
    expect(second.warnings).toEqual([
      {
        code: 'DOCUMENT_WARNED',
        path: ['uploadId'],
        params: [
          { name: 'kind', value: 'STAMPED_PDF' },
          { name: 'finding', value: 'PAIR_DIFFERS' },
        ],
      },
    ]);
    // a warning never hinders: what is lacking is seals
    expect(second.report.viewerCan.submit).toEqual({ allowed: false, reason: 'SEAL_MISSING' });
    const same = await attach('WORD', '总结.docx', await word('nothing of the sort: something quite different'));
    expect(same.report.draft.pairSimilarity).toBeGreaterThan(0.9);
    expect(same.report.draft.documents[0].check.state).toBe('PASSED');
    expect(same.warnings).toEqual([]);
  });

  it('what takes longer than an answer waits is attached as pending, bars the submission, and is settled later', async () => {
    const inspect = Checks.prototype.inspect;
    let done: (() => void) | undefined;
    Checks.prototype.inspect = async function (...all) {
      await new Promise<void>((resolve) => {
        done = resolve;
      });
      return inspect.apply(this, all);
    };
    let pending: any;
    try {
      pending = await attach('WORD', '总结.docx', await word('late'));
    } finally {
      Checks.prototype.inspect = inspect;
    }
    const draft = async () =>
      (
        await s.ask(
          board(),
          `{ report(id: "${report.id}") { draft { pairSimilarity documents { kind check { state } } } viewerCan { submit { reason } } } }`,
        )
      ).data.report;
    expect(pending.userErrors).toEqual([]);
    expect(pending.warnings).toMatchObject([{ code: 'DOCUMENT_PENDING', path: ['uploadId'] }]);
    expect((await draft()).viewerCan.submit.reason).toBe('DOCUMENT_PENDING');
    expect((await submit()).userErrors.map((e: { code: string }) => e.code)).toContain('DOCUMENT_PENDING');
    done!();
    const ends = Date.now() + 20_000;
    while ((await draft()).draft.documents.some((d: any) => d.check.state === 'PENDING') && Date.now() < ends)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await draft()).draft.documents.map((d: any) => d.check.state)).not.toContain('PENDING');
  }, 60_000);

  it('nothing is done with a file before it is known that it may be attached, in a rehearsal too', async () => {
    const bytes = await word('not looked at');
    const other = '430000-2024-07';
    const { id } = await obligationOf(s, s.token('BOARD', other), 'ANNUAL_SUMMARY', 2026);
    const theirs = (await change(s, s.token('BOARD', other), 'createReportDraft', { obligationId: id })).report;
    const filed = await submitted(s, CODE, 'ANNUAL_WORK_PLAN', 2027);
    const uploadId = await upload(s, board(), '总结.docx', bytes);
    const attempts = [
      { token: board(), reportId: theirs.id, expectedVersion: theirs.version, code: 'NOT_FOUND' },
      { token: board(), reportId: filed.id, expectedVersion: filed.version, code: 'ILLEGAL_TRANSITION' },
      { token: board(), reportId: report.id, expectedVersion: report.version + 7, code: 'CONFLICT' },
      {
        token: s.token('CITY_BUREAU', '430400'),
        reportId: filed.id,
        expectedVersion: filed.version,
        code: 'FORBIDDEN',
      },
      { token: s.token('BOARD', other), reportId: theirs.id, expectedVersion: theirs.version, code: 'NOT_FOUND' },
    ];
    for (const validateOnly of [false, true])
      for (const { token, code, ...on } of attempts) {
        const input = { ...on, kind: 'WORD', uploadId, validateOnly };
        const told = await change(s, token, 'attachReportDocument', input).then(
          ({ userErrors }) => userErrors.map((e: { code: string }) => e.code),
          (error) => [error.code],
        );
        expect(told).toEqual([code]);
      }
    // it was not even taken into keeping, which reads all of it
    expect(await s.service.storage.sizeOf(`documents/${uploadId}`)).toBeUndefined();
  });

  it('a board that floods keeps no other waiting, and is told when it has too many', async () => {
    const heavy = () => heavyWord(randomUUID());
    const flood = await Promise.all(
      Array.from({ length: 30 }, async () => upload(s, board(), '总结.docx', await heavy())),
    );
    const on = { reportId: report.id, expectedVersion: report.version, kind: 'WORD', validateOnly: true };
    const order: string[] = [];
    const all = flood.map((uploadId) =>
      change(s, board(), 'attachReportDocument', { ...on, uploadId }).then(
        () => order.push('flood'),
        (error) => order.push(error.code),
      ),
    );
    const other = s.token('BOARD', '430000-2024-08');
    const { id } = await obligationOf(s, other, 'ANNUAL_SUMMARY', 2026);
    const { report: theirs } = await change(s, other, 'createReportDraft', { obligationId: id });
    const uploadId = await upload(s, other, '总结.docx', await word('an honest one'));
    const { report: after } = await change(
      s,
      other,
      'attachReportDocument',
      { reportId: theirs.id, expectedVersion: theirs.version, kind: 'WORD', uploadId },
      FIELDS,
    );
    order.push('honest');
    expect(after.draft.documents[0].check.state).toBe('PASSED');
    await Promise.all(all);
    expect(order.filter((one) => one === 'RATE_LIMITED').length).toBeGreaterThan(0);
    // one turn of the other place, whatever waits
    expect(order.slice(0, order.indexOf('honest')).filter((one) => one === 'flood').length).toBeLessThan(10);
    expect(order.filter((one) => one === 'flood').length).toBeGreaterThan(10);
  }, 180_000);

  it('a check whose process died is taken up by another', async () => {
    await attach('WORD', '总结.docx', await word('nothing of the sort: something quite different'));
    const [{ id }] = await s.owner.query(
      "SELECT d.id FROM report_document d JOIN report_revision r ON r.id = d.revision_id WHERE r.report_id = $1 AND d.kind = 'WORD'",
      [report.id],
    );
    // as a kill leaves it: the verdict was never written
    await s.owner.query('ALTER TABLE report_document DISABLE TRIGGER USER');
    await s.owner.query(
      "UPDATE report_document SET check_state = 'PENDING', checked_at = NULL, sketch = NULL, claimed_at = $1 WHERE id = $2",
      [new Date(s.clock.now.getTime() - 600_000), id],
    );
    await s.owner.query('ALTER TABLE report_document ENABLE TRIGGER USER');
    // another process has it in hand
    const module = pathToFileURL('dist/src/database/lifeline.js').href;
    const script = `import { Lifeline } from ${JSON.stringify(module)};
      const life = new Lifeline(process.env.URL);
      life.hold(${JSON.stringify(id)});
      await life.settled();
      console.log('held');
      setInterval(() => {}, 1000);`;
    const url = (s.owner.options as { url: string }).url;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, URL: url } });
    await new Promise((held) => other.stdout.once('data', held));
    expect(await s.service.checks.resume()).toBe(0);
    const isOver = new Promise((over) => other.once('exit', over));
    other.kill('SIGKILL');
    await isOver;
    // the server learns of it by the end of the connection
    await until(
      async () =>
        (await s.owner.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 4116")).length === 0,
    );
    // the service looks by itself as well: one of the two takes it up, and what somebody has taken up is left to them
    await s.service.checks.resume();
    expect(await s.service.checks.resume()).toBe(0);
    const ends = Date.now() + 20_000;
    let state = 'PENDING';
    while (state === 'PENDING' && Date.now() < ends) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      [{ state }] = await s.owner.query('SELECT check_state AS state FROM report_document WHERE id = $1', [id]);
    }
    expect(state).toBe('PASSED');
  }, 60_000);
});
