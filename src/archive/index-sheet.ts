import '../graph/enums.js';
import { Workbook } from '@cj-tech-master/excelts';
import { labelOf } from '../graph/labels.js';
import { shanghaiClock } from '../graph/shanghai.js';
import type { ArchiveEntry } from './entry.js';
import { linkTo } from './names.js';

/** What became of one file: where it lies, and what is not as the record has it. */
export type Outcome = { path: string | null; name: string; byteSize: number; sha256: string; problem: string | null };
export type IndexRow = { entry: ArchiveEntry; files: Outcome[] };

const HEADS: [string, number][] = [
  ['序号 No.', 8],
  ['市州 City', 16],
  ['联合体编号 Code', 18],
  ['名称 Consortium', 40],
  ['材料类别 Report', 22],
  ['年度 Year', 10],
  ['提交时间 Submitted', 20],
  ['审核时间 Approved', 20],
  ['收件时间 Accepted', 20],
  ['报送及时性 Punctuality', 18],
];
const FILE_HEADS: [string, number][] = [
  ['文件 File', 50],
  ['大小（字节） Bytes', 14],
  ['SHA-256', 68],
];
const PROBLEM_HEAD: [string, number] = ['说明 Remarks', 60];
const CLOCK_NOTE = '时间均为北京时间。 Times are those of Shanghai.';
const HEAD_ROW = 3;

export async function indexSheet(title: string, rows: IndexRow[]): Promise<Buffer> {
  const workbook = new Workbook();
  const sheet = workbook.addWorksheet('目录 Index', { views: [{ state: 'frozen', ySplit: HEAD_ROW }] });
  const most = rows.reduce((sum, row) => Math.max(sum, row.files.length), 1);
  const heads = [...HEADS, ...Array.from({ length: most }, () => FILE_HEADS).flat(), PROBLEM_HEAD];
  heads.forEach(([, width], i) => {
    sheet.getColumn(i + 1).width = width;
  });

  sheet.getCell(1, 1).value = printable(title);
  sheet.getCell(1, 1).font = { bold: true, size: 14 };
  sheet.getCell(2, 1).value = `${CLOCK_NOTE} ${summary(rows)}`;
  heads.forEach(([head], i) => {
    const cell = sheet.getCell(HEAD_ROW, i + 1);
    cell.value = head;
    cell.font = { bold: true };
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFEDEDED' } };
  });
  for (const [i, row] of rows.entries()) {
    const values = [i + 1, ...factsOf(row.entry)];
    row.files.forEach((file) => {
      values.push(file.path === null ? printable(file.name) : '', file.byteSize, file.sha256);
    });
    sheet.addRow(values);
    const place = HEAD_ROW + 1 + i;
    row.files.forEach((file, n) => {
      if (file.path === null) return;
      const cell = sheet.getCell(place, HEADS.length + n * FILE_HEADS.length + 1);
      cell.value = { text: file.path, hyperlink: linkTo(file.path) };
      cell.font = { color: { argb: 'FF0563C1' }, underline: true };
    });
    const problems = row.files.flatMap((file) => (file.problem ? [`${printable(file.name)}：${file.problem}`] : []));
    if (problems.length === 0) continue;
    const cell = sheet.getCell(place, heads.length);
    cell.value = problems.join('\n');
    cell.font = { color: { argb: 'FFC00000' } };
    cell.alignment = { wrapText: true };
  }
  sheet.autoFilter = { from: { row: HEAD_ROW, column: 1 }, to: { row: HEAD_ROW + rows.length, column: heads.length } };
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

const factsOf = (entry: ArchiveEntry): (string | number)[] => [
  printable(entry.city),
  printable(entry.code),
  printable(entry.consortium),
  labelOf('ReportKind', entry.kind, 'zh'),
  entry.year,
  shanghaiClock(entry.submittedAt),
  shanghaiClock(entry.approvedAt),
  shanghaiClock(entry.acceptedAt),
  printable(entry.onTime),
];

function summary(rows: IndexRow[]): string {
  const files = rows.flatMap((row) => row.files);
  const bad = files.filter((file) => file.problem).length;
  const zh = bad ? `，其中 ${bad} 个有问题，见“说明”` : '';
  const en = bad ? `, ${bad} of them with remarks` : '';
  return `共 ${rows.length} 份材料，${files.length} 个文件${zh}。 ${rows.length} reports, ${files.length} files${en}.`;
}

/** A cell has no place for control characters; its text is never a formula, whatever it begins with. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, ' ').slice(0, 1_000);
