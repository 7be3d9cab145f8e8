// Verifies a receipt without the service: node scripts/verify-receipt.mjs receipt.pdf jwks.json [word.docx stamped.pdf …]
// receipt.pdf (or receipt.jws) and the published key from /.well-known/jwks.json. Exit code 0: all of it holds; 1: it does not.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compactVerify, createLocalJWKSet } from 'jose';

const ATTACHMENT = 'receipt.jws';
const LABELS = {
  number: '编号 Number',
  kind: '回执类别 Receipt',
  issuedAt: '签发时间 Issued at',
  province: '省 Province',
  city: '市州 City',
  consortium: '联合体 Consortium',
  reportKind: '材料类别 Report',
  year: '年度 Year',
  revision: '版本 Revision',
  title: '标题 Title',
  submittedAt: '提交时间 Submitted at',
  cityApprovedAt: '市州审核通过时间 Approved by the city at',
  acceptedAt: '省厅收件时间 Accepted by the province at',
  eventId: '办理记录编号 Event',
};
const VALUES = {
  SUBMISSION: '材料报送回执 Submission',
  ACCEPTANCE: '材料收件回执 Acceptance',
  ANNUAL_WORK_PLAN: '年度工作计划 Annual work plan',
  HALF_YEAR_SUMMARY: '半年工作总结 Half-year summary',
  ANNUAL_SUMMARY: '年度工作总结 Annual summary',
  WORD: 'WORD文档 Word document',
  STAMPED_PDF: '盖章的PDF文档 Stamped PDF',
};

class Refused extends Error {}

/** Blanks and line breaks don't count, so that a signature copied from the page will do. */
async function signatureIn(bytes) {
  const text = bytes.subarray(0, 1024).includes('%PDF-') ? await attachmentOf(bytes) : bytes.toString('latin1');
  return text.replace(/\s/g, '');
}

async function attachmentOf(bytes) {
  const { decodePDFRawStream, PDFArray, PDFDict, PDFDocument, PDFHexString, PDFName, PDFRawStream, PDFString } =
    await import('pdf-lib');
  const { catalog } = await PDFDocument.load(bytes, { updateMetadata: false });
  const names = catalog.lookup(PDFName.of('Names'))?.lookup(PDFName.of('EmbeddedFiles'))?.lookup(PDFName.of('Names'));
  const found = [];
  for (let i = 0; names instanceof PDFArray && i + 1 < names.size(); i += 2) {
    const name = names.lookup(i);
    const isText = name instanceof PDFString || name instanceof PDFHexString;
    if (isText && name.decodeText() === ATTACHMENT) found.push(names.lookup(i + 1, PDFDict));
  }
  if (found.length !== 1) throw new Refused(`PDF 中没有附件 ${ATTACHMENT}。 The PDF has no attachment ${ATTACHMENT}.`);
  const stream = found[0].lookup(PDFName.of('EF'), PDFDict).lookup(PDFName.of('F'));
  if (!(stream instanceof PDFRawStream)) throw new Refused('附件无法读取。 The attachment can not be read.');
  return Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1');
}

async function factsIn(jws, jwks) {
  try {
    const options = { algorithms: ['EdDSA', 'Ed25519'] };
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(jwks), options);
    if (protectedHeader.typ !== 'receipt+jwt') throw new Refused('签名的内容不是回执。 What is signed is no receipt.');
    return JSON.parse(new TextDecoder().decode(payload));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(
      `签名不成立：内容被改动，或不是这些公钥签发的。 The signature does not hold: the content was changed, or another key signed it. (${error.code ?? error.message})`,
    );
  }
}

// a receipt could carry what moves the cursor of a terminal
const printable = (value) => String(value).replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');

function print(facts) {
  const consortium = `${facts.consortium.name} (${facts.consortium.code})`;
  for (const [key, label] of Object.entries(LABELS)) {
    const value = key === 'consortium' ? consortium : facts[key];
    if (value !== null && value !== undefined) console.log(`${label}: ${printable(VALUES[value] ?? value)}`);
  }
  for (const d of facts.documents)
    console.log(
      `文件 File: ${printable(VALUES[d.kind] ?? d.kind)}, ${printable(d.byteSize)} B, SHA-256 ${printable(d.sha256)}`,
    );
  for (const s of facts.seals)
    console.log(
      `盖章确认 Seal: ${printable(s.organization)}, ${printable(s.attestedAt)}, ${printable(s.attestedBy)}${s.page === null ? '' : `, 第 ${printable(s.page)} 页 page`}`,
    );
}

/** Whether the receipt names this very file. */
function compare(path, facts) {
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  const document = facts.documents.find((d) => d.sha256 === sha256);
  console.log(
    document
      ? `✓ ${path}: 与回执一致（${VALUES[document.kind]}）。 It is the file of the receipt.`
      : `✗ ${path}: 不在回执中，SHA-256 为 ${sha256}。 It is not in the receipt.`,
  );
  return document !== undefined;
}

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [receipt, keys, ...files] = positionals;
  if (!receipt || !keys)
    throw new Refused('用法 Usage: node scripts/verify-receipt.mjs receipt.pdf jwks.json [word.docx stamped.pdf]');
  const facts = await factsIn(await signatureIn(readFileSync(receipt)), JSON.parse(readFileSync(keys, 'utf8')));
  console.log(
    '✓ 签名有效，以下内容以此为准，不以 PDF 版面为准。 The signature holds; this counts, not what the page shows.',
  );
  print(facts);
  process.exitCode = files.map((path) => compare(path, facts)).every(Boolean) ? 0 : 1;
} catch (error) {
  console.error(`✗ ${error instanceof Refused ? error.message : `无法读取。 It can not be read. (${error.message})`}`);
  process.exitCode = 1;
}
