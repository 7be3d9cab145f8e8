import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Workbook } from '@cj-tech-master/excelts';
import { fromBufferPromise } from 'yauzl';
import type { ArchiveDocument, ArchiveEntry } from '../../src/archive/archive.js';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const document = (name: string, text: string, changes: Partial<ArchiveDocument> = {}): ArchiveDocument => ({
  name,
  byteSize: Buffer.byteLength(text),
  sha256: sha256(text),
  open: async () => Readable.from([Buffer.from(text)]),
  ...changes,
});

export const entry = (changes: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
  folder: '430600 岳阳市',
  code: '430000-2024-13',
  consortium: '岳阳市现代石化产教联合体',
  city: '岳阳市',
  kind: 'ANNUAL_WORK_PLAN',
  year: 2027,
  submittedAt: '2027-01-15T16:00:00Z',
  approvedAt: '2027-01-17T01:02:03Z',
  acceptedAt: '2027-01-18T02:23:45Z',
  onTime: '按时',
  documents: [document('工作计划.docx', 'word'), document('工作计划 盖章.pdf', 'pdf')],
  ...changes,
});

export async function* each(...entries: ArchiveEntry[]): AsyncGenerator<ArchiveEntry> {
  yield* entries;
}

export async function bytesOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** In the order of the archive; sizes and checksums are verified while reading. */
export async function unzipped(zip: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reader = await fromBufferPromise(zip);
  for await (const file of reader.eachEntry())
    files.set(file.fileName, await bytesOf(await reader.openReadStreamPromise(file)));
  return files;
}

export const INDEX = '目录 Index.xlsx';

/** The index by its heads; a link reads as its text and its target. */
export async function indexOf(files: Map<string, Buffer>) {
  const workbook = new Workbook();
  await workbook.xlsx.load(files.get(INDEX)!);
  const sheet = workbook.worksheets[0];
  const lines: any[][] = [];
  sheet.eachRow((row) => lines.push((row.values as any[]).slice(1)));
  const [title, summary, heads, ...rows] = lines;
  return { title: title[0], summary: summary[0], heads, rows };
}
