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

  it('has a bound, said at the request; a link that was given before does not hold beyond it', async () => {
    const { url } = await request(s.token('PROVINCE'), { year: 2026 });
    // as the database would hold them: rows of a year, without the way there
    const copies = async (n: number) => {
      const tables = ['report', 'report_revision', 'report_obligation'];
      for (const table of tables) await s.owner.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
      const columns = async (table: string, changed: string[]) =>
        (
          await s.owner.query(
            "SELECT quote_ident(column_name) c FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND NOT column_name = ANY($2)",
            [table, changed],
          )
        )
          .map(({ c }: { c: string }) => c)
          .join(', ');
      const copy = async (table: string, changed: Record<string, string>, where: string) => {
        const rest = await columns(table, Object.keys(changed));
        await s.owner.query(
          `INSERT INTO ${table} (${Object.keys(changed)}, ${rest}) SELECT ${Object.values(changed)}, ${rest} FROM ${table} t, generate_series(1, ${n}) i WHERE ${where}`,
        );
      };
      const [{ id, obligation_id: obligation }] = await s.owner.query(
        "SELECT id, obligation_id FROM report WHERE state = 'ACCEPTED' AND id NOT LIKE 'copy%' ORDER BY id LIMIT 1",
      );
      const name = (column: string) => `'copy' || ${n} || '_' || i || '_' || ${column}`;
      await copy('report_obligation', { id: name('id'), year: `${n} * 3000 + i` }, `id = '${obligation}'`);
      await copy('report', { id: name('id'), obligation_id: name('obligation_id') }, `id = '${id}'`);
      await copy(
        'report_revision',
        { id: name('id'), report_id: name('report_id') },
        `report_id = '${id}' AND number IS NOT NULL`,
      );
      for (const table of tables)
        await s.owner.query(
          `DO $$ DECLARE g name; BEGIN FOR g IN SELECT tgname FROM pg_trigger WHERE tgrelid = '${table}'::regclass AND NOT tgisinternal LOOP EXECUTE format('ALTER TABLE ${table} ENABLE ALWAYS TRIGGER %I', g); END LOOP; END $$`,
        );
    };
    await copies(1998);
    expect((await request(s.token('PROVINCE'), { year: 2026 })).userErrors).toEqual([]);
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect((await fromBufferPromise(bytes)).entryCount).toBe(5);
    await copies(1);
    for (const [input, path] of [
      [{ year: 2026 }, 'kind'],
      [{ year: 2026, validateOnly: true }, 'kind'],
    ] as const)
      expect(await request(s.token('PROVINCE'), input)).toEqual({
        url: null,
        userErrors: [{ code: 'TOO_MANY', path: [path] }],
      });
    expect((await fetch(url)).status).toBe(404);
    expect((await request(s.token('PROVINCE'), { year: 2026, kind: 'ANNUAL_WORK_PLAN' })).userErrors).toEqual([]);
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
