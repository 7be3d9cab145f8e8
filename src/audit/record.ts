import type { Tx } from '../access/door.js';
import { AuditEntry, OutboxEvent } from './audit.entity.js';

export type Happening = {
  action: string;
  subjectId: string;
  provinceId: string | null;
  cityId?: string | null;
  consortiumId?: string | null;
  /** Of a step: its event, by which the database knows that each has its own rows here. */
  eventId?: string | null;
  /** Ids and codes only: never content, never a secret. */
  detail: Record<string, unknown>;
};

/** The audit row and the outbox row of a change, in its own transaction; the outbox last, since its serial takes a lock. */
export async function record(tx: Tx, happening: Happening, requestId: string | null): Promise<void> {
  const { actor, now } = tx;
  await tx.insert(AuditEntry, {
    at: now,
    actorRole: actor.role,
    accountId: actor.accountId,
    tokenId: actor.tokenId,
    requestId,
    action: happening.action,
    subjectId: happening.subjectId,
    provinceId: happening.provinceId,
    eventId: happening.eventId ?? null,
    detail: happening.detail,
  });
  await tx.insert(OutboxEvent, {
    at: now,
    type: happening.action,
    subjectId: happening.subjectId,
    provinceId: happening.provinceId ?? actor.provinceId ?? '',
    cityId: happening.cityId ?? null,
    consortiumId: happening.consortiumId ?? null,
    eventId: happening.eventId ?? null,
    payload: happening.detail,
  });
}
