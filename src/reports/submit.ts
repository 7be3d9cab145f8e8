import type { Tx } from '../access/door.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { userWarning } from '../graph/user-errors.js';
import type { Effect } from '../workflow/engine.js';
import { warningsOf } from './document-check.js';
import { type AskerWithReceipts, checkComment, moveDesk, revisionOf, sendBack } from './moves.js';
import type { Report } from './report.entity.js';
import type { SubmitReportInput, WithdrawReportInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';

export const submit: Effect<Report, SubmitReportInput, AskerWithReceipts> = {
  check: ({ comment }) => checkComment(comment),
  async take({ asker, tx, row: report, input, advance }) {
    const draft = await revisionOf(tx, report, null);
    const number = report.lastRevisionNumber + 1;
    await freezeSeals(tx, draft, shanghaiToday(tx.now));
    await tx.updateOne(ReportRevision, { id: draft.id }, { number, submittedAt: tx.now });
    await advance({
      submittedAt: tx.now,
      queuedAt: tx.now,
      cityApprovedAt: null,
      acceptedAt: null,
      submittedFrom: report.state,
      submittedByAccountId: tx.actor.accountId,
      lastRevisionNumber: number,
    });
    const { filedAt, dueAt, dueOn } = await moveDesk(tx, report, 'SUBMITTED');
    const overdue = !filedAt && tx.now > dueAt;
    return {
      revision: { ...draft, number },
      comment: input.comment,
      witness: (eventId) => asker.receipts.issue(tx, 'SUBMISSION', report, draft.id, eventId),
      warnings: [
        ...(overdue ? [userWarning('OVERDUE', ['reportId'], { dueOn })] : []),
        ...(await warningsOf(tx, draft.id, ['reportId'])),
      ],
    };
  },
};

/** The units that had to seal on the day of the submission stay with the revision. */
const freezeSeals = (tx: Tx, { id, provinceId, cityId, consortiumId }: ReportRevision, today: string) =>
  tx.query(
    `INSERT INTO required_seal (id, province_id, city_id, consortium_id, revision_id, organization_id, position)
     SELECT 'rqs_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, s.organization_id, s.position FROM seals_due($3, $5::date) s`,
    [provinceId, cityId, consortiumId, id, today],
  );

export const withdraw: Effect<Report, WithdrawReportInput> = {
  check: ({ comment }) => checkComment(comment),
  take: (taking) => sendBack(taking, { comment: taking.input.comment }),
};
