import { ApiError } from '../graph/errors.js';
import type { Actor } from './actor.js';
import { abilityOf, hasRight, typed } from './conditions.js';
import type { Action } from './policy.js';

/** Before anything is looked up: a role that never has the right learns nothing, whatever the id. */
export function refuseRole(actor: Actor, action: Action, subject: string): void {
  if (hasRight(actor.role, action, subject)) return;
  throw new ApiError(actor.role === 'PUBLIC' ? 'UNAUTHENTICATED' : 'FORBIDDEN', { requiredPermission: action });
}

/** Not found or forbidden is decided here and nowhere else: may not read → it does not exist; may read → not allowed. */
export function refuseRow<R extends object>(
  actor: Actor,
  action: Action,
  subject: string,
  row: R | undefined | null,
): R {
  const ability = abilityOf(actor);
  const acts = row && ability.can(action, typed(subject, row));
  // whoever may act on a row knows that it exists, without reading it
  if (!row || !(acts || ability.can('read', typed(subject, row)))) throw new ApiError('NOT_FOUND');
  if (!acts) throw new ApiError('FORBIDDEN', { requiredPermission: action });
  return row;
}
