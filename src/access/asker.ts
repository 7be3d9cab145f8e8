import type { RawUserError, RawUserWarning } from '../graph/user-errors.js';
import type { Actor } from './actor.js';
import type { Door } from './door.js';

/** What every change needs: who, through which door, in which request. */
export type Asker = { actor: Actor; door: Door; requestId: string | null };

/** What became of a change: the object that it concerns, and all that the rules object to; nothing is done unless that is empty. */
export type Outcome = { id: string | null; userErrors: RawUserError[]; warnings?: RawUserWarning[] };
