import type { Asker } from '../access/asker.js';
import type { Tx } from '../access/door.js';
import { newId } from '../database/ids.js';
import { oneLine } from '../database/one-line.js';
import { TEXT } from '../graph/bounds.js';
import type { ReceiptKind, ReportState, ReturnReason } from '../graph/enums.js';
import { checkText, type RawUserError } from '../graph/user-errors.js';
import { SealAttestation } from '../seals/seal.entity.js';
import type { Said, Taking } from '../workflow/engine.js';
import { ReportDocument } from './document.entity.js';
import { ReportObligation } from './obligation.entity.js';
import type { Report } from './report.entity.js';
import { ReportRevision } from './revision.entity.js';
import { deskOf } from './workflow.js';

/** Issues a receipt within the transaction of its event; src/receipts has it. */
export type ReceiptBook = {
  issue(tx: Tx, kind: ReceiptKind, report: Report, revisionId: string, eventId: string): Promise<void>;
};
export type AskerWithReceipts = Asker & { receipts: ReceiptBook };

export const checkComment = (value: string | null | undefined, field = 'comment', required = false): RawUserError[] =>
  checkText(value, [field], { required, max: TEXT.comment });

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

/** Withdrawn, returned or reopened: the revision stays as it is, and the board has a copy of it to work on, its documents and the seals on its PDF. */
export async function sendBack<I>(
  { tx, row: report, to, advance }: Taking<Report, I>,
  { comment, reason = null }: { comment?: string | null; reason?: ReturnReason | null },
): Promise<Said> {
  const revision = await revisionOf(tx, report, report.lastRevisionNumber);
  await advance();
  const draftId = newId(ReportRevision);
  const undecided = { number: null, submittedAt: null, approvedAt: null, acceptedAt: null };
  await tx.copy(ReportRevision, { id: revision.id }, { id: draftId, ...undecided, title: oneLine(revision.title) });
  await tx.copy(ReportDocument, { revisionId: revision.id }, { revisionId: draftId });
  await tx.copy(SealAttestation, { revisionId: revision.id }, { revisionId: draftId });
  const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
  // sent back by the province as incomplete, this approval was no filing
  const undone =
    reason === 'INCOMPLETE' && tx.actor.role === 'PROVINCE' && sameInstant(obligation.filedAt, revision.approvedAt);
  await moveDesk(tx, report, to, undone ? { filedAt: null } : {});
  return { revision, comment, reason };
}

const sameInstant = (a: Date | null, b: Date | null): boolean => !!a && !!b && a.getTime() === b.getTime();
