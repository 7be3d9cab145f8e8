import type { Tx } from '../access/door.js';
import { newId } from '../database/ids.js';
import type { ReportState } from '../graph/enums.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { Organization } from '../organizations/organization.entity.js';
import { type Asker, type AskerWithReceipts, advance, changeReport, note, type Outcome } from './change.js';
import { draftGaps, type Gaps } from './gaps.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import type {
  AcceptReportInput,
  ApproveReportInput,
  ReopenReportInput,
  ReturnReportInput,
  SubmitReportInput,
  WithdrawReportInput,
} from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { DESK_OF, objections, type TransitionName, transitionOf } from './workflow.js';

const MAX_COMMENT = 2000;
const comment = (value: string | null | undefined, required = false) =>
  checkText(value, ['comment'], { required, max: MAX_COMMENT });

/** The table's verdict as business errors, all at once. */
function verdict(
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
async function moveDesk(tx: Tx, report: Report, to: ReportState, more: Partial<ReportObligation> = {}): Promise<void> {
  const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
  const desk = DESK_OF[to] === 'BOARD' ? 'BOARD' : 'CITY_BUREAU';
  const set = {
    ...more,
    ...(tx.now <= obligation.dueAt && desk !== obligation.desk ? { desk } : {}),
  } as Partial<ReportObligation>;
  if (Object.keys(set).length) await tx.updateOne(ReportObligation, { id: obligation.id }, set);
}

const revisionOf = async (tx: Tx, report: Report, number: number | null): Promise<ReportRevision> =>
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

export function submitReport(asker: AskerWithReceipts, input: SubmitReportInput): Promise<Outcome> {
  return changeReport(asker, 'submitReport', input, comment(input.comment), async (tx, report) => {
    const [{ gaps }] = await tx.query<{ gaps: Gaps | null }>(
      `SELECT ${draftGaps('t', '$2')} AS gaps FROM report t WHERE t.id = $1`,
      [report.id, tx.now],
    );
    const missing = gaps?.seals.length ? await tx.find(Organization, { id: gaps.seals }) : [];
    const errors = verdict('submitReport', tx, report, gaps, new Map(missing.map(({ id, name }) => [id, name])));
    if (errors.length) return errors;
    const draft = await revisionOf(tx, report, null);
    const number = report.lastRevisionNumber + 1;
    await freezeSeals(tx, draft, shanghaiToday(tx.now));
    await tx.updateOne(ReportRevision, { id: draft.id }, { number, submittedAt: tx.now });
    const lost = await advance(tx, report, {
      state: 'SUBMITTED',
      submittedAt: tx.now,
      queuedAt: tx.now,
      cityApprovedAt: null,
      acceptedAt: null,
      submittedFrom: report.state,
      submittedByAccountId: tx.actor.accountId,
      lastRevisionNumber: number,
    });
    if (lost.length) return lost;
    await moveDesk(tx, report, 'SUBMITTED');
    const revision = { ...draft, number };
    await note(
      tx,
      report,
      { transition: 'submitReport', from: report.state, to: 'SUBMITTED', revision, comment: input.comment },
      asker.requestId,
      (eventId) => asker.receipts.issue(tx, 'SUBMISSION', report, draft.id, eventId),
    );
    return { id: report.id, userErrors: [] };
  });
}

/** The units that had to seal on the day of the submission stay with the revision. */
const freezeSeals = (tx: Tx, { id, provinceId, cityId, consortiumId }: ReportRevision, today: string) =>
  tx.query(
    `INSERT INTO required_seal (id, province_id, city_id, consortium_id, revision_id, organization_id, position)
     SELECT 'rqs_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, s.organization_id, s.position FROM seals_due($3, $5::date) s`,
    [provinceId, cityId, consortiumId, id, today],
  );

export function withdrawReport(asker: Asker, input: WithdrawReportInput): Promise<Outcome> {
  return changeReport(asker, 'withdrawReport', input, comment(input.comment), async (tx, report) => {
    const errors = verdict('withdrawReport', tx, report, null);
    if (errors.length) return errors;
    return goBack(asker, tx, report, transitionOf('withdrawReport', tx.actor.role, report)!.to, 'withdrawReport', {
      comment: input.comment,
    });
  });
}

export function approveReport(asker: Asker, input: ApproveReportInput): Promise<Outcome> {
  return changeReport(asker, 'approveReport', input, comment(input.comment), async (tx, report) => {
    const errors = verdict('approveReport', tx, report, null);
    if (errors.length) return errors;
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    await tx.updateOne(ReportRevision, { id: revision.id }, { approvedAt: tx.now });
    const lost = await advance(tx, report, { state: 'CITY_APPROVED', cityApprovedAt: tx.now });
    if (lost.length) return lost;
    const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
    // the first approval that is not undone as INCOMPLETE is the filing
    await moveDesk(tx, report, 'CITY_APPROVED', obligation.filedAt ? {} : { filedAt: tx.now });
    await note(
      tx,
      report,
      { transition: 'approveReport', from: report.state, to: 'CITY_APPROVED', revision, comment: input.comment },
      asker.requestId,
    );
    return { id: report.id, userErrors: [] };
  });
}

export function returnReport(asker: Asker, input: ReturnReportInput): Promise<Outcome> {
  const reason = input.reason ?? 'INCORRECT';
  return changeReport(asker, 'returnReport', input, comment(input.comment, true), async (tx, report) => {
    const errors = verdict('returnReport', tx, report, null);
    if (errors.length) return errors;
    return goBack(asker, tx, report, 'RETURNED', 'returnReport', { comment: input.comment, reason });
  });
}

export function acceptReport(asker: AskerWithReceipts, input: AcceptReportInput): Promise<Outcome> {
  return changeReport(asker, 'acceptReport', input, comment(input.comment), async (tx, report) => {
    const errors = verdict('acceptReport', tx, report, null);
    if (errors.length) return errors;
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    await tx.updateOne(ReportRevision, { id: revision.id }, { acceptedAt: tx.now });
    const lost = await advance(tx, report, { state: 'ACCEPTED', acceptedAt: tx.now });
    if (lost.length) return lost;
    await note(
      tx,
      report,
      { transition: 'acceptReport', from: report.state, to: 'ACCEPTED', revision, comment: input.comment },
      asker.requestId,
      (eventId) => asker.receipts.issue(tx, 'ACCEPTANCE', report, revision.id, eventId),
    );
    return { id: report.id, userErrors: [] };
  });
}

export function reopenReport(asker: Asker, input: ReopenReportInput): Promise<Outcome> {
  const errors = checkText(input.reason, ['reason'], { required: true, max: MAX_COMMENT });
  return changeReport(asker, 'reopenReport', input, errors, async (tx, report) => {
    const refused = verdict('reopenReport', tx, report, null);
    if (refused.length) return refused;
    return goBack(asker, tx, report, 'RETURNED', 'reopenReport', { comment: input.reason });
  });
}

/** Withdrawn, returned or reopened: the revision stays as it is, and the board has a copy of it to work on. */
async function goBack(
  asker: Asker,
  tx: Tx,
  report: Report,
  to: ReportState,
  transition: TransitionName,
  { comment, reason = null }: { comment?: string | null; reason?: ReturnReportInput['reason'] | null },
): Promise<Outcome | RawUserError[]> {
  const revision = await revisionOf(tx, report, report.lastRevisionNumber);
  const lost = await advance(tx, report, { state: to });
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
