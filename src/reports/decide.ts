import type { Effect } from '../workflow/engine.js';
import { type AskerWithReceipts, checkComment, moveDesk, revisionOf, sendBack } from './moves.js';
import { ReportObligation } from './obligation.entity.js';
import type { Report } from './report.entity.js';
import type { AcceptReportInput, ApproveReportInput, ReopenReportInput, ReturnReportInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';

export const approve: Effect<Report, ApproveReportInput> = {
  check: ({ comment }) => checkComment(comment),
  async take({ tx, row: report, input, advance }) {
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    const [obligation] = await tx.find(ReportObligation, { id: report.obligationId });
    // which approval was the filing is told by its instant
    tx.after(obligation.filedAt);
    await tx.updateOne(ReportRevision, { id: revision.id }, { approvedAt: tx.now });
    await advance({ cityApprovedAt: tx.now });
    // the first approval that is not undone as INCOMPLETE is the filing
    await moveDesk(tx, report, 'CITY_APPROVED', obligation.filedAt ? {} : { filedAt: tx.now });
    return { revision, comment: input.comment };
  },
};

export const giveBack: Effect<Report, ReturnReportInput> = {
  check: ({ comment }) => checkComment(comment, 'comment', true),
  take: (taking) => sendBack(taking, { comment: taking.input.comment, reason: taking.input.reason ?? 'INCORRECT' }),
};

export const accept: Effect<Report, AcceptReportInput, AskerWithReceipts> = {
  check: ({ comment }) => checkComment(comment),
  async take({ asker, tx, row: report, input, advance }) {
    const revision = await revisionOf(tx, report, report.lastRevisionNumber);
    await tx.updateOne(ReportRevision, { id: revision.id }, { acceptedAt: tx.now });
    await advance({ acceptedAt: tx.now });
    return {
      revision,
      comment: input.comment,
      witness: (eventId) => asker.receipts.issue(tx, 'ACCEPTANCE', report, revision.id, eventId),
    };
  },
};

export const reopen: Effect<Report, ReopenReportInput> = {
  check: ({ reason }) => checkComment(reason, 'reason', true),
  take: (taking) => sendBack(taking, { comment: taking.input.reason }),
};
