import { FINDINGS } from '../files/inspection/findings.js';
import { labelOf } from '../graph/labels.js';
import type { Language } from '../graph/language.js';
import type { DocumentCheck, FindingCode } from './check.types.js';
import type { ReportDocument } from './revision.entity.js';

/** Below this the PDF holds less than half of the Word text: the two hardly belong together. */
const DIFFERS_BELOW = 0.5;

/** The stored verdict as clients see it; that a pair differs is a matter of both files, and found in the comparison. */
export function checkOf(row: ReportDocument, similarity: number | null, language: Language): DocumentCheck {
  const differs = row.kind === 'STAMPED_PDF' && similarity !== null && similarity < DIFFERS_BELOW;
  const codes: FindingCode[] = differs ? [...row.findings, 'PAIR_DIFFERS'] : row.findings;
  return {
    state: differs && row.checkState === 'PASSED' ? 'WARNED' : row.checkState,
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
