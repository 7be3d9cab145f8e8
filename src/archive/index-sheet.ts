import '../graph/enums.js';
import { Workbook } from '@cj-tech-master/excelts';
import { labelOf } from '../graph/labels.js';
import { shanghaiClock } from '../graph/shanghai.js';
import type { ArchiveEntry } from './entry.js';
import { linkTo } from './names.js';

export type IndexedFile = { path: string; byteSize: number; sha256: string };
export type IndexRow = { entry: ArchiveEntry; files: IndexedFile[] };

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
const CLOCK_NOTE = '时间均为北京时间。 Times are those of Shanghai.';
const HEAD_ROW = 3;

export async function indexSheet(title: string, rows: IndexRow[]): Promise<Buffer> {
  const workbook = new Workbook();
  const sheet = workbook.addWorksheet('目录 Index', { views: [{ state: 'frozen', ySplit: HEAD_ROW }] });
  const most = rows.reduce((sum, row) => Math.max(sum, row.files.length), 1);
  const heads = [...HEADS, ...Array.from({ length: most }, () => FILE_HEADS).flat()];
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
    for (const file of row.files) values.push('', file.byteSize, file.sha256);
    sheet.addRow(values);
    const place = HEAD_ROW + 1 + i;
    row.files.forEach((file, n) => {
      const cell = sheet.getCell(place, HEADS.length + n * FILE_HEADS.length + 1);
      cell.value = { text: file.path, hyperlink: linkTo(file.path) };
      cell.font = { color: { argb: 'FF0563C1' }, underline: true };
    });
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
  const files = rows.reduce((sum, row) => sum + row.files.length, 0);
  return `共 ${rows.length} 份材料，${files} 个文件。 ${rows.length} reports, ${files} files.`;
}

/** A cell has no place for control characters; its text is never a formula, whatever it begins with. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, ' ').slice(0, 1_000);
