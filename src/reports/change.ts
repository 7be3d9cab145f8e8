import type { Actor } from '../access/actor.js';
import type { Door, Tx } from '../access/door.js';
import type { Action } from '../access/policy.js';
import { refuseRole, refuseRow } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import type { ReceiptKind, ReportState, ReturnReason } from '../graph/enums.js';
import { isBlank, type RawUserError, type RawUserWarning, userError } from '../graph/user-errors.js';
import { ReportEvent, ReportEventComment } from './event.entity.js';
import { Report } from './report.entity.js';
import { ReportRevision } from './revision.entity.js';

/** What every change needs: who, through which door, in which request. */
export type Asker = { actor: Actor; door: Door; requestId: string | null };

/** Issues a receipt within the transaction of its event; src/receipts has it. */
export type ReceiptBook = {
  issue(tx: Tx, kind: ReceiptKind, report: Report, revisionId: string, eventId: string): Promise<void>;
};
export type AskerWithReceipts = Asker & { receipts: ReceiptBook };
export type Outcome = { id: string | null; userErrors: RawUserError[]; warnings?: RawUserWarning[] };

type OnReport = { reportId: string; expectedVersion: number; validateOnly?: boolean | null };

/** Moves the report on. State and version stand in the WHERE: of two, one changes the row and the other learns of it. */
export type Advance = (set?: Partial<Report>) => Promise<RawUserError[]>;

/**
 * One change of one report: right before anything is looked up, the row locked through the door, version and rules under the
 * lock, all errors at once, and commit only if there are none and it is no rehearsal. A step judges, then advances the report,
 * then does what rests on its input: with a wrong one it is judged as well, and ends where it would advance.
 */
export async function changeReport<T extends Outcome>(
  asker: Asker,
  action: Action,
  input: OnReport,
  inputErrors: RawUserError[],
  work: (tx: Tx, report: Report, advance: Advance) => Promise<RawUserError[] | T>,
): Promise<Outcome | T> {
  refuseRole(asker.actor, action, 'Report');
  return asker.door.writing<Outcome | T>(
    asker.actor,
    async (tx) => {
      const report = refuseRow(tx.actor, action, 'Report', await tx.lock(Report, input.reportId, action));
      tx.notBefore(report.updatedAt);
      const fail = (userErrors: RawUserError[]): Outcome => ({ id: report.id, userErrors });
      if (report.version !== input.expectedVersion)
        return fail([...inputErrors, userError('CONFLICT', ['expectedVersion'], { currentVersion: report.version })]);
      const advance: Advance = async (set = {}) => (inputErrors.length ? inputErrors : moved(tx, report, set));
      const result = await work(tx, report, advance);
      if (result === inputErrors) return fail(inputErrors);
      const errors = Array.isArray(result) ? result : result.userErrors;
      if (inputErrors.length) return fail([...inputErrors, ...errors]);
      return Array.isArray(result) ? fail(result) : result;
    },
    (outcome) => outcome.userErrors.length === 0 && !input.validateOnly,
  );
}

async function moved(tx: Tx, report: Report, set: Partial<Report>): Promise<RawUserError[]> {
  const changed = await tx.update(
    Report,
    { id: report.id, state: report.state, version: report.version },
    { ...set, version: report.version + 1, updatedAt: tx.now },
  );
  return changed === 1 ? [] : [userError('CONFLICT', ['expectedVersion'], { currentVersion: report.version + 1 })];
}

export type Step = {
  transition: string;
  from: ReportState | null;
  to: ReportState;
  revision?: ReportRevision;
  reason?: ReturnReason | null;
  comment?: string | null;
};

/**
 * Event, comment, audit and outbox row of a transition, in its transaction. What else rests on the event is done in between:
 * the outbox's serial takes a lock that everybody waits for.
 */
export async function note(
  tx: Tx,
  report: Report,
  step: Step,
  requestId: string | null,
  witness?: (eventId: string) => Promise<void>,
): Promise<void> {
  const { provinceId, cityId, consortiumId } = report;
  const scope = { provinceId, cityId, consortiumId };
  const id = newId('evt');
  await tx.insert(ReportEvent, {
    id,
    ...scope,
    reportId: report.id,
    transition: step.transition,
    from: step.from,
    to: step.to,
    at: tx.now,
    actorRole: tx.actor.role as ReportEvent['actorRole'],
    actorName: tx.actor.name,
    revisionNumber: step.revision?.number ?? null,
    reason: step.reason ?? null,
  });
  const comment = step.comment?.trim() ?? '';
  if (!isBlank(comment) && step.revision)
    await tx.insert(ReportEventComment, { eventId: id, ...scope, revisionId: step.revision.id, comment });
  await witness?.(id);
  await record(
    tx,
    {
      action: step.transition,
      subjectId: report.id,
      ...scope,
      detail: { from: step.from, to: step.to, revision: step.revision?.number ?? null, version: report.version + 1 },
    },
    requestId,
  );
}
