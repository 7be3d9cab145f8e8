import { type Asker, type AskerWithReceipts, changeReport, note, type Outcome } from './change.js';
import { ReportObligation } from './obligation.entity.js';
import type { AcceptReportInput, ApproveReportInput, ReopenReportInput, ReturnReportInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { checkComment, goBack, moveDesk, revisionOf, verdict } from './steps.js';

export function approveReport(asker: Asker, input: ApproveReportInput): Promise<Outcome> {
  return changeReport(asker, 'approveReport', input, checkComment(input.comment), async (tx, report, advance) => {
    const errors = verdict('approveReport', tx, report, null);
    if (errors.length) return errors;
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
    // which approval was the filing is told by its instant
    tx.after(obligation.filedAt);
    await tx.updateOne(ReportRevision, { id: revision.id }, { approvedAt: tx.now });
    const lost = await advance({ state: 'CITY_APPROVED', cityApprovedAt: tx.now });
    if (lost.length) return lost;
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
  return changeReport(
    asker,
    'returnReport',
    input,
    checkComment(input.comment, 'comment', true),
    async (tx, report, advance) => {
      const errors = verdict('returnReport', tx, report, null);
      if (errors.length) return errors;
      return goBack(asker, tx, report, advance, 'RETURNED', 'returnReport', { comment: input.comment, reason });
    },
  );
}

export function acceptReport(asker: AskerWithReceipts, input: AcceptReportInput): Promise<Outcome> {
  return changeReport(asker, 'acceptReport', input, checkComment(input.comment), async (tx, report, advance) => {
    const errors = verdict('acceptReport', tx, report, null);
    if (errors.length) return errors;
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    await tx.updateOne(ReportRevision, { id: revision.id }, { acceptedAt: tx.now });
    const lost = await advance({ state: 'ACCEPTED', acceptedAt: tx.now });
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
  const errors = checkComment(input.reason, 'reason', true);
  return changeReport(asker, 'reopenReport', input, errors, async (tx, report, advance) => {
    const refused = verdict('reopenReport', tx, report, null);
    if (refused.length) return refused;
    return goBack(asker, tx, report, advance, 'RETURNED', 'reopenReport', { comment: input.reason });
  });
}
