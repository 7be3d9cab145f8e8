import { fromBufferPromise } from 'yauzl';
import { change, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
  for (const [code, city] of [
    ['430000-2024-06', '430400'],
    ['430000-2024-01', '430100'],
  ]) {
    const report = await submitted(s, code, 'HALF_YEAR_SUMMARY', 2026);
    const step = (role: string, name: string, of?: string) =>
      change(s, s.token(role, of), name, { reportId: report.id, expectedVersion: report.version++ });
    await step('CITY_BUREAU', 'approveReport', city);
    await step('PROVINCE', 'acceptReport');
  }
  await submitted(s, '430000-2024-07', 'HALF_YEAR_SUMMARY', 2026);
});
afterAll(() => s?.close());

const request = (token: string, input: object) =>
  change(s, token, 'requestReportArchive', input, 'url userErrors { code path }');

describe('a year’s archive', () => {
  it('holds what the province accepted, and an index, for the officer alone', async () => {
    const { url, userErrors } = await request(s.token('PROVINCE'), { year: 2026 });
    expect(userErrors).toEqual([]);
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(decodeURIComponent(response.headers.get('content-disposition')!)).toContain('2026年已收全部材料.zip');
    const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()));
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) names.push(entry.fileName);
    expect(names.sort()).toEqual([
      '430100 长沙市/430000-2024-01 长沙市先进制造业产教联合体/半年工作总结/2026-长沙市先进制造业产教联合体-半年工作总结.docx',
      '430100 长沙市/430000-2024-01 长沙市先进制造业产教联合体/半年工作总结/2026-长沙市先进制造业产教联合体-半年工作总结.pdf',
      '430400 衡阳市/430000-2024-06 衡阳市域产教联合体/半年工作总结/2026-衡阳市域产教联合体-半年工作总结.docx',
      '430400 衡阳市/430000-2024-06 衡阳市域产教联合体/半年工作总结/2026-衡阳市域产教联合体-半年工作总结.pdf',
      '目录 Index.xlsx',
    ]);
    for (const role of ['CITY_BUREAU', 'BOARD', 'ANALYST'])
      expect((await fetch(url, { headers: { authorization: `Bearer ${s.token(role)}` } })).status).toBe(404);
    expect((await fetch(url.replace('year=2026', 'year=2025'))).status).toBe(404);
    const { rows } = {
      rows: await s.owner.query("SELECT detail FROM audit_entry WHERE action = 'requestReportArchive'"),
    };
    expect(rows).toEqual([{ detail: { year: 2026, kind: null } }]);
  });

  it('is refused to everybody else, and for years that are none', async () => {
    for (const role of ['BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'EXPERT', 'ANALYST', 'ADMINISTRATOR'])
      await expect(request(s.token(role), { year: 2026 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(request(null as never, { year: 2026 })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await request(s.token('PROVINCE'), { year: 1999 })).userErrors).toEqual([
      { code: 'INVALID', path: ['year'] },
    ]);
    expect((await request(s.token('PROVINCE'), { year: 2026, validateOnly: true })).url).toBeNull();
  });
});
