import PizZip from 'pizzip';
import { sweepFiles } from '../../src/reports/orphans.js';
import { FILES_IN_USE } from '../../src/service.js';
import { upload, word } from '../support/files.js';
import { opensInWord } from '../support/inspected.js';
import { change, obligationOf, readyDraft } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const urlOf = async (token: string, kind: string) => {
  const { id } = await obligationOf(s, token, kind, 2027);
  return (await s.ask(token, `{ node(id: "${id}") { ... on ReportObligation { templateUrl } } }`)).data.node
    .templateUrl;
};
const textOf = (docx: Buffer) =>
  new PizZip(docx)
    .file('word/document.xml')!
    .asText()
    .replace(/<[^>]+>/g, '');
const download = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};
const replace = (token: string, input: object) =>
  change(s, token, 'replaceReportTemplate', input, 'kind userErrors { code path params { name value } }');

describe('templates', () => {
  it.each(['ANNUAL_WORK_PLAN', 'HALF_YEAR_SUMMARY', 'ANNUAL_SUMMARY'])(
    '%s comes prefilled for its board',
    async (kind) => {
      const { response, bytes } = await download(await urlOf(s.token('BOARD', CODE), kind));
      expect(response.status).toBe(200);
      expect(decodeURIComponent(response.headers.get('content-disposition')!)).toMatch(
        /2027-衡阳市域产教联合体-.*-模板\.docx/,
      );
      await opensInWord(bytes);
      const text = textOf(bytes);
      for (const expected of [
        '衡阳市域产教联合体',
        '衡阳高新技术产业园区',
        '湖南高速铁路职业技术学院',
        '湖南财经工业职业技术学院',
        '特变电工衡阳变压器有限公司',
        '2027',
      ])
        expect(text).toContain(expected);
      expect(text).not.toMatch(/[{}]/);
    },
  );

  it('is nobody else’s', async () => {
    for (const token of [s.token('CITY_BUREAU', '430400'), s.token('PROVINCE'), s.token('ANALYST')])
      expect(await urlOf(token, 'ANNUAL_WORK_PLAN')).toBeNull();
    const url = await urlOf(s.token('BOARD', CODE), 'ANNUAL_WORK_PLAN');
    expect((await download(url, { authorization: `Bearer ${s.token('PROVINCE')}` })).response.status).toBe(404);
  });

  it('the province replaces one; what can’t be filled is refused with every reason', async () => {
    const province = s.token('PROVINCE');
    const good = await upload(
      s,
      province,
      '计划.docx',
      await word('致{consortium.name}：{#leadSchools}{name}；{/leadSchools}'),
    );
    expect(await replace(province, { kind: 'ANNUAL_WORK_PLAN', uploadId: good, validateOnly: true })).toMatchObject({
      userErrors: [],
    });
    const board = s.token('BOARD', CODE);
    expect(textOf((await download(await urlOf(board, 'ANNUAL_WORK_PLAN'))).bytes)).not.toContain('致衡阳');
    expect(await replace(province, { kind: 'ANNUAL_WORK_PLAN', uploadId: good })).toEqual({
      kind: 'ANNUAL_WORK_PLAN',
      userErrors: [],
    });
    expect(textOf((await download(await urlOf(board, 'ANNUAL_WORK_PLAN'))).bytes)).toContain(
      '致衡阳市域产教联合体：湖南高速铁路职业技术学院；湖南财经工业职业技术学院；',
    );
    const bad = await upload(s, province, '计划.docx', await word('{nobody} {#parks}'));
    const { kind, userErrors } = await replace(province, { kind: 'ANNUAL_WORK_PLAN', uploadId: bad });
    expect(kind).toBeNull();
    expect(userErrors.length).toBeGreaterThan(0);
    for (const error of userErrors) expect(error).toMatchObject({ code: 'INVALID', path: ['uploadId'] });
    const notWord = await upload(s, province, '计划.docx', Buffer.from('x'));
    expect((await replace(province, { kind: 'ANNUAL_WORK_PLAN', uploadId: notWord })).userErrors[0]).toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      params: [{ name: 'finding', value: 'WRONG_TYPE' }],
    });
    for (const role of ['BOARD', 'CITY_BUREAU', 'ANALYST', 'ADMINISTRATOR'])
      await expect(replace(s.token(role), { kind: 'ANNUAL_WORK_PLAN', uploadId: good })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    // an upload is its sender's
    expect(
      (
        await replace(province, {
          kind: 'ANNUAL_WORK_PLAN',
          uploadId: await upload(s, board, 'a.docx', await word('x')),
        })
      ).userErrors,
    ).toMatchObject([{ code: 'NOT_FOUND', path: ['uploadId'] }]);
  });

  it('are left alone by the sweep of files, as documents are; what nobody used is not', async () => {
    await readyDraft(s, CODE, 'ANNUAL_WORK_PLAN', 2027);
    const keys = async (table: string) =>
      (await s.owner.query(`SELECT DISTINCT storage_key AS key FROM ${table}`)).map((row: { key: string }) => row.key);
    const kept = [...(await keys('report_template')), ...(await keys('report_document'))];
    expect(kept.length).toBeGreaterThanOrEqual(3);
    // settled, and refused by its check
    const unused = (await keys('upload')).filter((key: string) => !kept.includes(key));
    const { storage, door } = s.service;
    const there = async (all: string[]) => {
      const sizes = await Promise.all(all.map((key) => storage.sizeOf(key)));
      return all.filter((_, i) => sizes[i] !== undefined);
    };
    expect((await there(unused)).length).toBeGreaterThan(0);
    const { now } = s.clock;
    s.clock.now = new Date(Date.now() + 25 * 3_600_000);
    await sweepFiles(door, storage, FILES_IN_USE);
    s.clock.now = now;
    expect(await there(unused)).toEqual([]);
    expect(await there(kept)).toEqual(kept);
  });
});
