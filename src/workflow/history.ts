import type { Tx } from '../access/door.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import { isBlank } from '../graph/user-errors.js';

type Row = { id: string; version: number; provinceId: string; cityId: string; consortiumId: string };

/** Where the events of a workflow are kept, and their comments, which are read with the revision that they speak of. */
export type History = { event: new () => any; comment: new () => any; subject: string };

export type Noted = {
  transition: string;
  from: string | null;
  to: string;
  revision?: { id: string; number: number | null };
  reason?: string | null;
  comment?: string | null;
  /** What rests on the event. Done before the outbox row, whose serial takes a lock that everybody waits for. */
  witness?: (eventId: string) => Promise<void>;
};

/** Event, comment, audit row and outbox row of a step, in its transaction; the database compares them at the commit. */
export async function note(tx: Tx, history: History, row: Row, step: Noted, requestId: string | null): Promise<void> {
  const { provinceId, cityId, consortiumId } = row;
  const scope = { provinceId, cityId, consortiumId };
  const { transition, from, to, revision, reason = null } = step;
  const id = newId(history.event);
  await tx.insert(history.event, {
    id,
    ...scope,
    [history.subject]: row.id,
    transition,
    from,
    to,
    at: tx.now,
    actorRole: tx.actor.role,
    actorName: tx.actor.name,
    revisionNumber: revision?.number ?? null,
    reason,
  });
  const comment = step.comment?.trim() ?? '';
  if (!isBlank(comment) && revision)
    await tx.insert(history.comment, { eventId: id, ...scope, revisionId: revision.id, comment });
  await step.witness?.(id);
  const detail = { from, to, revision: revision?.number ?? null, version: row.version };
  await record(tx, { action: transition, subjectId: row.id, ...scope, eventId: id, detail }, requestId);
}
