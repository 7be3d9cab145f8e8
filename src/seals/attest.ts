import type { Asker, Outcome } from '../access/asker.js';
import type { Tx } from '../access/door.js';
import { newId } from '../database/ids.js';
import { ApiError } from '../graph/errors.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { REPORTS } from '../reports/machine.js';
import type { Report } from '../reports/report.entity.js';
import { edit } from '../workflow/engine.js';
import { SealAttestation } from './seal.entity.js';
import type { AttestSealInput } from './seal.input.js';

const MAX_PAGES = 5000;

export type SealOutcome = Outcome & { sealId?: string };

/**
 * By the board on a unit's behalf, or by the unit itself, once, on the PDF that its token is for. What a unit confirmed itself
 * stands above what was confirmed for it.
 */
export function attestSeal(asker: Asker, input: AttestSealInput): Promise<SealOutcome> {
  const { actor } = asker;
  const ofItself = actor.role === 'SEAL_UNIT';
  const errors: RawUserError[] = [];
  if (input.page != null && (input.page < 1 || input.page > MAX_PAGES))
    errors.push(userError('INVALID', ['page'], { min: 1, max: MAX_PAGES }));
  return edit(
    REPORTS,
    asker,
    'attestSeal',
    input,
    errors,
    async (tx, report, advance): Promise<RawUserError[] | SealOutcome> => {
      const { organizationId } = input;
      if (ofItself && organizationId !== actor.organizationId)
        throw new ApiError('FORBIDDEN', { requiredPermission: 'attestSeal' });
      const pdf = await draftPdf(tx, report.id);
      const missing: RawUserError[] = [];
      if (!ofItself && !(await mayHaveToSeal(tx, report, organizationId)))
        missing.push(userError('NOT_FOUND', ['organizationId']));
      if (!pdf) missing.push(userError('DOCUMENT_MISSING', ['reportId'], { kind: 'STAMPED_PDF' }));
      else if (pdf.pageCount !== null && input.page != null && input.page > pdf.pageCount && !errors.length)
        missing.push(userError('INVALID', ['page'], { min: 1, max: pdf.pageCount }));
      if (!pdf || missing.length) return missing;
      const { revisionId, sha256 } = pdf;
      const [sealed] = await tx.find(SealAttestation, { revisionId, organizationId });
      if (sealed?.byUnit) return [userError('CONFLICT', ['organizationId'])];
      await advance();
      if (sealed) await tx.delete(SealAttestation, { revisionId, organizationId });
      const { provinceId, cityId, consortiumId } = report;
      const sealId = newId(SealAttestation);
      await tx.insert(SealAttestation, {
        id: sealId,
        provinceId,
        cityId,
        consortiumId,
        revisionId,
        organizationId,
        sha256,
        attestedAt: tx.now,
        attestedBy: actor.name,
        byUnit: ofItself,
        page: input.page ?? null,
      });
      return { id: report.id, sealId, userErrors: [] };
    },
  );
}

/** The PDF that a unit's token is for: attached before the token was issued. The same bytes attached again are another. */
export const sealable = (sha256: string, tokenId: string) =>
  `d.sha256 = ${sha256} AND d.created_at <= (SELECT k.created_at FROM access_token k WHERE k.id = ${tokenId})`;

/** The draft's PDF, as far as whoever asks may know of it: a seal unit sees the one that its token is for. */
export const draftPdf = async (tx: Tx, reportId: string) =>
  (
    await tx.query<{ revisionId: string; sha256: string; pageCount: number | null }>(
      `SELECT d.revision_id AS "revisionId", d.sha256, d.page_count AS "pageCount"
       FROM report_document d JOIN report_revision r ON r.id = d.revision_id
       WHERE r.report_id = $1 AND r.number IS NULL AND d.kind = 'STAMPED_PDF' AND ($2::text IS NULL OR ${sealable('$2', '$3')})`,
      [reportId, tx.actor.sealedSha256, tx.actor.tokenId],
    )
  )[0];

/** A lead unit, or whoever else the province asks to seal. */
export async function mayHaveToSeal(tx: Tx, { consortiumId }: Report, organizationId: string): Promise<boolean> {
  const due = await tx.query('SELECT 1 FROM seals_due($1, $2::date) s WHERE s.organization_id = $3', [
    consortiumId,
    shanghaiToday(tx.now),
    organizationId,
  ]);
  return due.length > 0;
}
