import type { Tx } from '../access/door.js';
import { newId } from '../database/ids.js';
import { TEXT } from '../graph/bounds.js';
import type { ReportState } from '../graph/enums.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { type Advance, type Asker, note, type Outcome } from './change.js';
import type { Gaps } from './gaps.js';
import { ReportObligation } from './obligation.entity.js';
import type { Report } from './report.entity.js';
import type { ReturnReportInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { deskOf, objections, type TransitionName } from './workflow.js';

export const checkComment = (value: string | null | undefined, field = 'comment', required = false): RawUserError[] =>
  checkText(value, [field], { required, max: TEXT.comment });

/** The table's verdict as business errors, all at once. */
export function verdict(
  name: TransitionName,
  tx: Tx,
  report: Report,
  gaps: Gaps | null,
  names?: ReadonlyMap<string, string>,
): RawUserError[] {
  return objections(name, tx.actor, { ...report, gaps }).flatMap((reason) => {
    if (reason === 'DOCUMENT_PENDING')
      return gaps!.pending.map((kind) => userError('DOCUMENT_PENDING', ['reportId'], { kind }));
    if (reason === 'DOCUMENT_UNREADABLE')
      return gaps!.refused.flatMap(({ kind, findings }) =>
        findings.map((finding) => userError('DOCUMENT_UNREADABLE', ['reportId'], { kind, finding })),
      );
    if (reason === 'SEAL_MISSING')
      return gaps!.seals.map((organizationId) => {
        const organization = names?.get(organizationId);
        return userError('SEAL_MISSING', ['reportId'], { organizationId, ...(organization && { organization }) });
      });
    if (reason === 'DOCUMENT_MISSING')
      return gaps!.documents.map((kind) => userError('DOCUMENT_MISSING', ['reportId'], { kind }));
    if (reason === 'SAME_PERSON') return [userError('SAME_PERSON', ['reportId'])];
    return [userError('ILLEGAL_TRANSITION', ['reportId'], { state: report.state })];
  });
}

/** The desk stands still when the deadline has passed. */
export async function moveDesk(
  tx: Tx,
  report: Report,
  to: ReportState,
  more: Partial<ReportObligation> = {},
): Promise<ReportObligation> {
  const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
  const desk = deskOf(to);
  const set = {
    ...more,
    ...(tx.now <= obligation.dueAt && desk !== obligation.desk ? { desk } : {}),
  } as Partial<ReportObligation>;
  if (Object.keys(set).length) await tx.updateOne(ReportObligation, { id: obligation.id }, set);
  return { ...obligation, ...set };
}

export const revisionOf = async (tx: Tx, report: Report, number: number | null): Promise<ReportRevision> =>
  (await tx.find(ReportRevision, { reportId: report.id, number }))[0];

/** With its check: the same bytes have the same verdict. */
const COPIED =
  'kind, file_name, byte_size, sha256, storage_key, created_at, check_state, findings, checked_at, page_count, has_text, signatures, sketch';

/** RETURNED and a withdrawal have a draft at once: a copy of the revision, its documents, and the seals on its PDF. */
async function copyToDraft(tx: Tx, revision: ReportRevision): Promise<void> {
  const { provinceId, cityId, consortiumId, reportId, title, summary, pairSimilarity } = revision;
  const id = newId('rev');
  const scoped = { provinceId, cityId, consortiumId };
  await tx.insert(ReportRevision, { id, ...scoped, reportId, number: null, title, summary, pairSimilarity });
  const scope = 'province_id, city_id, consortium_id';
  await tx.query(
    `INSERT INTO report_document (id, revision_id, ${scope}, ${COPIED})
     SELECT 'doc_' || replace(gen_random_uuid()::text, '-', ''), $2, ${scope}, ${COPIED}
     FROM report_document WHERE revision_id = $1`,
    [revision.id, id],
  );
  await tx.query(
    `INSERT INTO seal_attestation (id, revision_id, ${scope}, organization_id, sha256, attested_at, attested_by, by_unit, page)
     SELECT 'sea_' || replace(gen_random_uuid()::text, '-', ''), $2, ${scope}, organization_id, sha256, attested_at, attested_by, by_unit, page
     FROM seal_attestation WHERE revision_id = $1`,
    [revision.id, id],
  );
}

/** Withdrawn, returned or reopened: the revision stays as it is, and the board has a copy of it to work on. */
export async function goBack(
  asker: Asker,
  tx: Tx,
  report: Report,
  advance: Advance,
  to: ReportState,
  transition: TransitionName,
  { comment, reason = null }: { comment?: string | null; reason?: ReturnReportInput['reason'] | null },
): Promise<Outcome | RawUserError[]> {
  const revision = await revisionOf(tx, report, report.lastRevisionNumber);
  const lost = await advance({ state: to });
  if (lost.length) return lost;
  await copyToDraft(tx, revision);
  const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
  // sent back by the province as incomplete, this approval was no filing
  const undone =
    reason === 'INCOMPLETE' && tx.actor.role === 'PROVINCE' && sameInstant(obligation.filedAt, revision.approvedAt);
  await moveDesk(tx, report, to, undone ? { filedAt: null } : {});
  await note(tx, report, { transition, from: report.state, to, revision, comment, reason }, asker.requestId);
  return { id: report.id, userErrors: [] };
}

const sameInstant = (a: Date | null, b: Date | null): boolean => !!a && !!b && a.getTime() === b.getTime();
