import 'reflect-metadata';
import { Filler } from '../../src/templates/filler.js';
import { upload, word } from '../support/files.js';
import { change, obligationOf } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';
import { linesOf, paragraphs, sample } from './samples.js';

const BOUNDS = {
  milliseconds: 20_000,
  rssBytes: 536_870_912,
  heapMegabytes: 320,
  children: 2,
  idleMilliseconds: 1_000,
  jobsPerChild: 20,
  waiting: 2,
};
const now = (bytes: Buffer) => async () => bytes;
/** A few kilobytes that stand for gigabytes. */
const MUCH = paragraphs(`${'{#members}{name}{/members}'.repeat(60_000)}`);
const ROWS = paragraphs(...Array.from({ length: 30_000 }, () => '{#members}{name} {number} {name}{/members}'));

describe('a filler', () => {
  const filler = new Filler(BOUNDS);
  afterAll(() => filler.stop());

  it('fills as before, once for the same data', async () => {
    let read = 0;
    const blank = async () => {
      read += 1;
      return paragraphs('{consortium.name}');
    };
    const first = await filler.fill('a', 'k1', blank, sample());
    expect((await linesOf(first))[0]).toBe('岳阳市现代石化产教联合体');
    expect(await filler.fill('b', 'k1', blank, sample())).toBe(first);
    expect(read).toBe(1);
    const other = await filler.fill('a', 'k1', blank, sample({ today: '2027-01-10' }));
    expect(other).not.toBe(first);
    expect(await filler.problems('a', blank)).toEqual([]);
    expect(read).toBe(3);
  });

  it('ends what takes too long or too much, says so, and goes on', async () => {
    expect(MUCH.length + ROWS.length).toBeLessThan(200_000);
    const timers = { count: 0 };
    const timer = setInterval(() => timers.count++, 10);
    const small = new Filler({ ...BOUNDS, milliseconds: 4_000, rssBytes: 250_000_000, heapMegabytes: 100 });
    for (const template of [MUCH, ROWS]) {
      expect(await small.problems('a', now(template))).toMatchObject([
        { tag: null, zh: expect.stringContaining('过于复杂') },
      ]);
      await expect(small.fill('a', 'much', now(template), sample())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    clearInterval(timer);
    // the service's own loop went round all the while
    expect(timers.count).toBeGreaterThan(20);
    expect(await small.problems('a', now(paragraphs('{today}')))).toEqual([]);
    await small.stop();
  });

  it('lets so many of one wait and no more, and others all the same', async () => {
    const all = Array.from({ length: 6 }, (_, i) => filler.fill('a', `w${i}`, now(paragraphs('{today}')), sample()));
    const other = filler.fill('b', 'w', now(paragraphs('{today}')), sample());
    const ends = await Promise.allSettled(all);
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(3);
    for (const end of ends)
      if (end.status === 'rejected')
        expect(end.reason).toMatchObject({ code: 'RATE_LIMITED', text: { zh: expect.stringContaining('2') } });
    expect(Buffer.isBuffer(await other)).toBe(true);
  });
});

describe('in service', () => {
  let s: TestService;
  beforeAll(async () => {
    s = await testService();
  });
  afterAll(() => s?.close());

  it('a template that can’t be filled within its bounds is refused, and a bystander is answered meanwhile', async () => {
    const province = s.token('PROVINCE');
    const uploadId = await upload(s, province, '模板.docx', paragraphs('{#members}{name}{/members}'.repeat(250_000)));
    let done = false;
    const replaced = change(
      s,
      province,
      'replaceReportTemplate',
      { kind: 'ANNUAL_SUMMARY', uploadId, validateOnly: true },
      'kind userErrors { code path params { name value } }',
    ).finally(() => {
      done = true;
    });
    let answered = 0;
    while (!done) {
      expect((await s.ask(null, '{ __typename }')).data).toEqual({ __typename: 'Query' });
      answered += 1;
    }
    expect(answered).toBeGreaterThan(20);
    const { userErrors } = await replaced;
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['uploadId'] }]);
    expect(userErrors[0].params[0].value).toContain('过于复杂');
  }, 120_000);

  it('an honest one goes through, and a board downloads it', async () => {
    const province = s.token('PROVINCE');
    const uploadId = await upload(s, province, '模板.docx', await word('致{consortium.name}'));
    expect(
      await change(s, province, 'replaceReportTemplate', { kind: 'ANNUAL_SUMMARY', uploadId }, 'userErrors { code }'),
    ).toEqual({ userErrors: [] });
    const board = s.token('BOARD', '430000-2024-06');
    const { id } = await obligationOf(s, board, 'ANNUAL_SUMMARY', 2026);
    const { data } = await s.ask(board, `{ node(id: "${id}") { ... on ReportObligation { templateUrl } } }`);
    const response = await fetch(data.node.templateUrl);
    expect(response.status).toBe(200);
    expect((await linesOf(Buffer.from(await response.arrayBuffer()))).join()).toContain('致衡阳市域产教联合体');
  });
});
