import type { Tx } from '../access/door.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { userWarning } from '../graph/user-errors.js';
import { Organization } from '../organizations/organization.entity.js';
import { type Asker, type AskerWithReceipts, changeReport, note, type Outcome } from './change.js';
import { warningsOf } from './document-check.js';
import { draftGaps, type Gaps } from './gaps.js';
import type { SubmitReportInput, WithdrawReportInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { checkComment, goBack, moveDesk, revisionOf, verdict } from './steps.js';
import { transitionOf } from './workflow.js';

export function submitReport(asker: AskerWithReceipts, input: SubmitReportInput): Promise<Outcome> {
  return changeReport(asker, 'submitReport', input, checkComment(input.comment), async (tx, report, advance) => {
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
    const lost = await advance({
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
    const { filedAt, dueAt, dueOn } = await moveDesk(tx, report, 'SUBMITTED');
    const overdue = !filedAt && tx.now > dueAt;
    const warnings = [
      ...(overdue ? [userWarning('OVERDUE', ['reportId'], { dueOn })] : []),
      ...(await warningsOf(tx, draft.id, ['reportId'])),
    ];
    const revision = { ...draft, number };
    await note(
      tx,
      report,
      { transition: 'submitReport', from: report.state, to: 'SUBMITTED', revision, comment: input.comment },
      asker.requestId,
      (eventId) => asker.receipts.issue(tx, 'SUBMISSION', report, draft.id, eventId),
    );
    return { id: report.id, userErrors: [], warnings };
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
  return changeReport(asker, 'withdrawReport', input, checkComment(input.comment), async (tx, report, advance) => {
    const errors = verdict('withdrawReport', tx, report, null);
    if (errors.length) return errors;
    return goBack(
      asker,
      tx,
      report,
      advance,
      transitionOf('withdrawReport', tx.actor.role, report)!.to,
      'withdrawReport',
      {
        comment: input.comment,
      },
    );
  });
}
