import '../graph/enums.js';
import type { ReceiptKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { shanghaiInstant, shanghaiTime } from '../graph/shanghai.js';
import type { ReceiptFacts } from './facts.js';
import { Sheet } from './sheet.js';

export const JWS_ATTACHMENT = 'receipt.jws';

const WORDS: Record<ReceiptKind, { title: string; english: string; statement: string }> = {
  SUBMISSION: {
    title: '材料报送回执',
    english: 'Receipt of submission',
    statement: '下列材料已提交，待市州教育行政部门审核。',
  },
  ACCEPTANCE: {
    title: '材料收件回执',
    english: 'Receipt of acceptance',
    statement: '下列材料经市州教育行政部门审核同意，省教育厅已收件。',
  },
};

/** The same bytes for the same receipt, so that its own hash can be kept too. */
export async function receiptPdf(facts: ReceiptFacts, jws: string): Promise<Buffer> {
  const issuedAt = new Date(facts.issuedAt);
  const { title, english, statement } = WORDS[facts.kind];
  const sheet = new Sheet(`${title} ${facts.number}`, facts.number, issuedAt);
  sheet.attach(JWS_ATTACHMENT, Buffer.from(jws), 'application/jose', issuedAt);

  sheet.paragraph(`${facts.province} · 市域产教联合体`, { size: 10, grey: true, align: 'center' });
  sheet.space(8);
  sheet.paragraph(title, { size: 24, align: 'center' });
  sheet.paragraph(english, { size: 9, grey: true, align: 'center' });
  sheet.space(8);
  sheet.paragraph(`编号 ${facts.number}`, { size: 11, align: 'center' });
  sheet.space(14);
  sheet.paragraph(statement, { size: 11 });
  sheet.space(8);
  sheet.pairs([
    ['联合体', `${facts.consortium.name}（${facts.consortium.code}）`],
    ['市州', facts.city],
    ['材料类别', `${facts.year}年 ${labelOf('ReportKind', facts.reportKind, 'zh')}`],
    ['标题', facts.title],
    ['版本', `第 ${facts.revision} 版`],
    ['提交时间', shanghaiInstant(facts.submittedAt)],
    ...when('市州审核通过时间', facts.cityApprovedAt),
    ...when('省厅收件时间', facts.acceptedAt),
    ['回执签发时间', shanghaiInstant(facts.issuedAt)],
    ['办理记录编号', facts.eventId],
  ]);

  sheet.heading('文件');
  sheet.table(
    [
      { title: '文件', width: 0.2, size: 9 },
      { title: '大小', width: 0.18, size: 9 },
      { title: 'SHA-256', width: 0.62, size: 7.3 },
    ],
    facts.documents.map((d) => [labelOf('DocumentKind', d.kind, 'zh'), size(d.byteSize), d.sha256]),
  );

  sheet.heading('盖章确认');
  if (facts.seals.length === 0) sheet.paragraph('无', { grey: true });
  else
    sheet.table(
      [
        { title: '牵头单位', width: 0.38, size: 9 },
        { title: '确认时间（北京时间）', width: 0.28, size: 9 },
        { title: '确认人', width: 0.24, size: 9 },
        { title: '页码', width: 0.1, size: 9 },
      ],
      facts.seals.map((seal) => [
        seal.organization,
        shanghaiTime(seal.attestedAt),
        seal.attestedBy,
        seal.page === null ? '—' : String(seal.page),
      ]),
    );

  howToVerify(sheet);
  sheet.heading('服务器签名（JWS）');
  sheet.paragraph(`与附件 ${JWS_ATTACHMENT} 相同，换行不计。 The same as the attachment; line breaks do not count.`, {
    size: 8,
    grey: true,
  });
  sheet.space(3);
  sheet.block(jws, 6, 120);
  if (sheet.incomplete) {
    sheet.space(6);
    sheet.paragraph(
      '〓 为字库所缺的字，原字见签名内容。 〓 stands for a character that the font lacks; the signed content has it.',
      {
        size: 8,
        grey: true,
      },
    );
  }
  return sheet.end(`${title} ${facts.number}`);
}

const when = (label: string, instant: string | null): [string, string][] =>
  instant ? [[label, shanghaiInstant(instant)]] : [];

function size(bytes: number): string {
  const unit = bytes >= 1_048_576 ? `（${(bytes / 1_048_576).toFixed(1)} MB）` : '';
  return `${bytes.toLocaleString('en-US')} 字节${unit}`;
}

function howToVerify(sheet: Sheet): void {
  sheet.heading('核验 · How to verify');
  for (const line of [
    '在线：在本服务的接口查询 verifyReceipt，给出回执编号，或任一文件的 SHA-256。',
    'Online: ask verifyReceipt of this service, with this number or with the SHA-256 of a file.',
    '离线：用已公布的公钥（/.well-known/jwks.json）运行 node scripts/verify-receipt.mjs 回执.pdf jwks.json 文件…；以签名的内容为准，不以版面文字为准。',
    'Offline: run that script with the published key; what is signed counts, not what is printed.',
  ])
    sheet.paragraph(line, { size: 9, grey: /^[A-Z]/.test(line) });
}
