import { Field, Int, ObjectType } from 'type-graphql';
import type { Rows } from '../access/door.js';
import { FINDINGS, type FindingCode } from '../files/inspection/findings.js';
import { similarity } from '../files/inspection/sketch.js';
import { DocumentCheckState, type DocumentKind, FindingSeverity } from '../graph/enums.js';
import { AtMost, Weighs } from '../graph/hints.js';
import { labelledEnum, labelOf } from '../graph/labels.js';
import type { Language } from '../graph/language.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { type RawUserWarning, userWarning } from '../graph/user-errors.js';
import type { ReportDocument } from './document.entity.js';

export type { FindingCode };

export const DocumentFindingCode = labelledEnum(
  'DocumentFindingCode',
  { zh: '检查发现的代码；说明见 docs/checks.md。', en: 'What a check can find: docs/checks.md.' },
  FINDINGS,
);

@ObjectType({ simpleResolvers: true, description: '一项检查发现。 One finding.' })
export class DocumentFinding {
  @Field(() => DocumentFindingCode, { description: '代码。 Code.' })
  code!: FindingCode;
  @Field(() => FindingSeverity, { description: '轻重。 Severity.' })
  severity!: FindingSeverity;
  @Field({ description: '说明与办法。 What is wrong, and what to do.' })
  @Weighs(300)
  message!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'PDF 中的数字签名；只说明所列两项，不证明签名人身份。 A digital signature in a PDF; only what the two flags say was checked, not who holds the key.',
})
export class PdfSignature {
  @Field(() => String, { nullable: true, description: '证书上的名称。 Name on the certificate.' })
  @Weighs(200)
  signedBy!: string | null;
  @Field(() => DateTimeResolver, { nullable: true, description: '所称签名时间。 When it claims to be made.' })
  signedAt!: string | null;
  @Field({
    description:
      '签名范围是否为除签名本身外的整个文件。 Does the signed range cover the whole file but the signature itself?',
  })
  coversWholeFile!: boolean;
  @Field({ description: '该范围的摘要是否相符。 Does the digest of the range match?' })
  digestMatches!: boolean;
}

@ObjectType({ simpleResolvers: true, description: '文件检查。 The check of a file.' })
export class DocumentCheck {
  @Field(() => DocumentCheckState, { description: '状态。 State.' })
  state!: DocumentCheckState;
  @Field(() => [DocumentFinding], { description: '发现。 Findings.' })
  @AtMost(15)
  findings!: DocumentFinding[];
  @Field(() => DateTimeResolver, { nullable: true, description: '检查时间。 When it was checked.' })
  checkedAt!: Date | string | null;
  @Field(() => Int, { nullable: true, description: 'PDF 页数。 Pages of a PDF.' })
  pageCount!: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'PDF 是否含文字（否则为纯扫描件）；WORD 为空。 Has the PDF text, or is it a pure scan? Null for Word.',
  })
  hasText!: boolean | null;
  @Field(() => [PdfSignature], { description: '数字签名。 Digital signatures.' })
  @AtMost(50)
  signatures!: PdfSignature[];
}

/** Below this the PDF holds less than half of the Word text: the two hardly belong together. */
const DIFFERS_BELOW = 0.5;

type Checked = Pick<ReportDocument, 'kind' | 'checkState' | 'findings'>;
type Compared = Pick<ReportDocument, 'kind' | 'checkState' | 'hasText' | 'sketch'>;

/** How much of the Word text the PDF holds, as far as both are checked and have text. */
export function pairSimilarity(pair: Compared[]): number | null {
  const sketchOf = (kind: DocumentKind) => {
    const document = pair.find((d) => d.kind === kind);
    return document && document.checkState !== 'PENDING' && document.hasText !== false ? document.sketch : null;
  };
  return similarity(sketchOf('WORD'), sketchOf('STAMPED_PDF'));
}

const findingsOf = ({ kind, findings }: Pick<Checked, 'kind' | 'findings'>, similar: number | null): FindingCode[] =>
  kind === 'STAMPED_PDF' && similar !== null && similar < DIFFERS_BELOW ? [...findings, 'PAIR_DIFFERS'] : findings;

/** What hinders nothing, said to whoever attaches one of them (`attached`) or submits them. */
export const documentWarnings = (
  documents: Checked[],
  similar: number | null,
  path: string[],
  attached?: DocumentKind,
): RawUserWarning[] =>
  documents.flatMap((document) => {
    const { kind } = document;
    const concerns = (code?: FindingCode) => !attached || attached === kind || code === 'PAIR_DIFFERS';
    if (document.checkState === 'PENDING') return concerns() ? [userWarning('DOCUMENT_PENDING', path, { kind })] : [];
    return findingsOf(document, similar)
      .filter((code) => FINDINGS[code].severity === 'WARNING' && concerns(code))
      .map((finding) => userWarning('DOCUMENT_WARNED', path, { kind, finding }));
  });

/** Of a revision that was found through the door. */
export async function warningsOf(
  rows: Rows,
  revisionId: string,
  path: string[],
  attached?: DocumentKind,
): Promise<RawUserWarning[]> {
  const documents = await rows.query<Checked & { similar: number | null }>(
    `SELECT d.kind, d.check_state AS "checkState", d.findings, r.pair_similarity AS similar FROM report_document d
     JOIN report_revision r ON r.id = d.revision_id WHERE r.id = $1 ORDER BY d.kind DESC`,
    [revisionId],
  );
  return documentWarnings(documents, documents[0]?.similar ?? null, path, attached);
}

/** The stored verdict as clients see it; that a pair differs is a matter of both files, and found in the comparison. */
export function checkOf(row: ReportDocument, similar: number | null, language: Language): DocumentCheck {
  const codes = findingsOf(row, similar);
  return {
    state: codes.length > row.findings.length && row.checkState === 'PASSED' ? 'WARNED' : row.checkState,
    findings: codes.map((code) => ({
      code,
      severity: FINDINGS[code].severity,
      message: labelOf('DocumentFindingCode', code, language),
    })),
    checkedAt: row.checkedAt,
    pageCount: row.pageCount,
    hasText: row.hasText,
    signatures: row.signatures,
  };
}
