import 'reflect-metadata';
import { receiptPdf } from '../../src/receipts/receipt-pdf.js';
import { attachmentsOf, pagesOf, sample } from './samples.js';

const JWS = `eyJhbGciOiJFZERTQSJ9.${'QUJDx-_'.repeat(300)}.c2ln`;
const textOf = async (pdf: Buffer) => (await pagesOf(pdf)).join('');

test('it says everything that is signed, in Chinese and in Shanghai time, as text that can be copied', async () => {
  const facts = sample();
  const pdf = await receiptPdf(facts, JWS);
  const text = await textOf(pdf);
  for (const part of [
    '材料收件回执',
    facts.number,
    '湖南省',
    '岳阳市',
    '岳阳市现代石化产教联合体（430000-2024-13）',
    '2027年年度工作计划',
    '2027年度工作计划（演示）',
    '第2版',
    // midnight in Shanghai is four in the afternoon in London, the day before
    '提交时间2027年1月16日00:00:00（北京时间）',
    '市州审核通过时间2027年1月17日09:02:03（北京时间）',
    '省厅收件时间2027年1月18日10:23:45（北京时间）',
    'WORD文档',
    '123,456字节',
    '23,456,789字节（22.4MB）',
    ...facts.documents.map((d) => d.sha256),
    '湖南石油化工职业技术学院2027年1月14日10:00:00联合体理事会（演示）12',
    facts.eventId,
    'verifyReceipt',
    '/.well-known/jwks.json',
    '第1页，共2页',
    JWS,
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('〓');
  expect(await attachmentsOf(pdf)).toEqual({ 'receipt.jws': JWS });
});

test('a receipt of submission says nothing of what has not happened', async () => {
  const text = await textOf(
    await receiptPdf(sample({ kind: 'SUBMISSION', cityApprovedAt: null, acceptedAt: null }), JWS),
  );
  expect(text).toContain('材料报送回执');
  expect(text).toContain('待市州教育行政部门审核');
  expect(text).not.toContain('省厅收件时间');
  expect(text).not.toContain('市州审核通过时间');
});

test('the same receipt has the same bytes, whatever was made before it, and a small font', async () => {
  const first = await receiptPdf(sample(), JWS);
  // ⾏ is drawn as 行 is: the font must not remember the one where the other was meant
  await receiptPdf(sample({ title: '⾏⼈⾃' }), JWS);
  const again = await receiptPdf(sample(), JWS);
  expect(again.equals(first)).toBe(true);
  expect(again.length).toBeLessThan(200_000);
  const text = await textOf(await receiptPdf(sample({ title: '银行人自' }), JWS));
  expect(text).toContain('银行人自');
  expect((await receiptPdf(sample({ revision: 3 }), JWS)).equals(first)).toBe(false);
});

test('several at once do not mix', async () => {
  const titles = ['一', '二', '三', '四'];
  const pdfs = await Promise.all(titles.map((title) => receiptPdf(sample({ title: `第${title}份` }), JWS)));
  for (const [i, pdf] of pdfs.entries()) expect(await textOf(pdf)).toContain(`标题第${titles[i]}份`);
});

test('a long name wraps whole, and seals go over pages under their heading', async () => {
  const name = `${'先进装备制造与新材料'.repeat(20)}产教联合体`;
  const seals = Array.from({ length: 80 }, (_, i) => ({
    organization: `第${i + 1}牵头单位`.padEnd(i % 40, '长'),
    attestedAt: '2027-01-14T02:00:00.000Z',
    attestedBy: '联合体理事会（演示）',
    page: i,
  }));
  const pages = await pagesOf(await receiptPdf(sample({ consortium: { code: 'C', name }, seals }), JWS));
  expect(pages[0]).toContain(name);
  expect(pages.length).toBeGreaterThan(3);
  const text = pages.join('');
  for (const seal of seals) expect(text).toContain(seal.organization);
  expect(pages[1]).toContain('确认人');
  pages.forEach((page, i) => {
    expect(page).toContain(`第${i + 1}页，共${pages.length}页`);
  });
});

test('what the font lacks, and what is no character, stops nothing', async () => {
  const name = '\u0000𠮷\u202e祥\ud800<&{x}>\n😀';
  const text = await textOf(await receiptPdf(sample({ consortium: { code: 'C', name } }), JWS));
  expect(text).toContain('〓祥<&{x}>〓');
  expect(text).toContain('〓为字库所缺的字');
  // more than a page of one cell
  const endless = await pagesOf(await receiptPdf(sample({ title: '很长'.repeat(2_000) }), JWS));
  expect(endless.length).toBeLessThan(6);
});
