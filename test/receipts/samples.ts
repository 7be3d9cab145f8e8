import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { ReceiptFacts } from '../../src/receipts/facts.js';

export const sample = (changes: Partial<ReceiptFacts> = {}): ReceiptFacts => ({
  number: 'R2027-0KB1-VJM1-DBMP-428Z',
  kind: 'ACCEPTANCE',
  issuedAt: '2027-01-18T02:23:45.678Z',
  province: '湖南省',
  city: '岳阳市',
  consortium: { code: '430000-2024-13', name: '岳阳市现代石化产教联合体' },
  reportKind: 'ANNUAL_WORK_PLAN',
  year: 2027,
  revision: 2,
  title: '2027年度工作计划（演示）',
  submittedAt: '2027-01-15T16:00:00.000Z',
  cityApprovedAt: '2027-01-17T01:02:03.000Z',
  acceptedAt: '2027-01-18T02:23:45.000Z',
  documents: [
    { kind: 'WORD', sha256: 'ab'.repeat(32), byteSize: 123_456 },
    { kind: 'STAMPED_PDF', sha256: '0f'.repeat(32), byteSize: 23_456_789 },
  ],
  seals: ['湖南石油化工职业技术学院', '中石化湖南石油化工有限公司'].map((organization, i) => ({
    organization,
    attestedAt: '2027-01-14T02:00:00.000Z',
    attestedBy: '联合体理事会（演示）',
    page: i === 0 ? 12 : null,
  })),
  eventId: `evt_${'0a'.repeat(16)}`,
  ...changes,
});

/** The text of each page as a reader would copy it, blanks and line breaks left out. */
export async function pagesOf(pdf: Buffer): Promise<string[]> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const document = await task.promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  await task.destroy();
  return pages.map((page) => page.replace(/\s/g, ''));
}

export async function attachmentsOf(pdf: Buffer): Promise<Record<string, string>> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const found = (await (await task.promise).getAttachments()) ?? {};
  await task.destroy();
  return Object.fromEntries(
    Object.values(found as Record<string, { filename: string; content: Uint8Array }>).map((a) => [
      a.filename,
      Buffer.from(a.content).toString(),
    ]),
  );
}
