import { createHash } from 'node:crypto';
import { isPooled, LOCAL_SETTINGS } from '../database/data-source.js';
import { answerTooLarge, MAX_ANSWER_BYTES } from '../graph/answer-size.js';
import type { Call } from '../graph/call.js';
import { ApiError } from '../graph/errors.js';
import type { Text } from '../graph/language.js';
import { type Actor, DATABASE_ROLE } from './actor.js';
import { type Asked, ask, Batch, type Statement, unnamed } from './batch.js';
import { cancel } from './cancel.js';
import { isBroken, translated } from './database-errors.js';
import type { Turn, Turns } from './turns.js';

export type { Statement };

export const named = (text: string): Statement => ({
  text,
  name: createHash('sha256').update(text).digest('base64url').slice(0, 32),
});

/** Reads nothing: what opens a session asks whether its token holds. */
export const ALIVE: Statement = named('SELECT 1');

/** A connection's transactions read, and only read one picture, unless they say otherwise (database/data-source.ts). */
const BEGIN: Record<Mode, Asked> = {
  read: ask({ ...named('BEGIN'), plain: true }),
  write: ask({ ...named('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'), plain: true }),
};
/** Through a pooler nothing is left of how a connection began. */
const BEGIN_POOLED: Record<Mode, Asked[]> = {
  read: [
    ask({ text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', plain: true }),
    ask({ text: LOCAL_SETTINGS, plain: true }),
  ],
  write: [BEGIN.write, ask({ text: LOCAL_SETTINGS, plain: true })],
};
const COMMIT = ask({ ...named('COMMIT'), plain: true });

/** A plan is made for the role that asked first, and made anew when another asks: so each has its own. */
const asRole = (role: string, { name, ...statement }: Statement): Statement => ({
  ...statement,
  name: name && `${role} ${name}`,
});

const REVOKED = 'revoked';
/**
 * Sets the scope that the policies read, and asks in the same statement until when the token holds (seconds since 1970, or
 * that it was revoked): its row is looked up by the setting just made, so that the policy of the token's own table knows who
 * is asking.
 */
const SCOPE: Statement = {
  plain: true,
  ...named(
    `SELECT CASE WHEN t.revoked_at IS NOT NULL THEN '${REVOKED}' ELSE extract(epoch FROM t.expires_at)::text END
     FROM (SELECT set_config('app.account_id', $1, true), set_config('app.token_id', $2, true) AS id,
       set_config('app.province_id', $3, true), set_config('app.city_id', $4, true), set_config('app.department', $5, true),
       set_config('app.consortium_id', $6, true) OFFSET 0) s
     LEFT JOIN LATERAL (SELECT revoked_at, expires_at FROM access_token WHERE id = s.id OFFSET 0) t ON TRUE`,
  ),
};

/** Who comes with the same token comes as the same object: what sets its role and scope is written once. */
const entries = new WeakMap<Actor, Asked[]>();
function entryOf(actor: Actor): Asked[] {
  const known = entries.get(actor);
  if (known) return known;
  const role = DATABASE_ROLE[actor.role];
  const entry = [ask({ ...named(`SELECT set_config('role', '${role}', true)`), plain: true })];
  const { accountId, tokenId, provinceId, cityId, department, consortiumId } = actor;
  const scope = [accountId, tokenId, provinceId, cityId, department, consortiumId];
  // the public and the jobs have no scope, and a transaction begins without one
  if (scope.some((value) => value !== null))
    entry.push(
      ask(
        asRole(role, SCOPE),
        scope.map((value) => value ?? ''),
      ),
    );
  entries.set(actor, entry);
  return entry;
}

type Mode = 'read' | 'write';

const LATE: Text = {
  zh: '请求未能在规定时间内完成，已中止；请减少所问的内容，或稍后重试。',
  en: 'The request did not end in time and was cut off; ask for less, or try again later.',
};

/**
 * The only way to the database in a request: one transaction on one connection, opened when first needed, as the actor's
 * database role with its scope set. A connection that can't roll back is destroyed.
 */
export class Session {
  private held: Turn | undefined;
  /** The role and the scope are set, and the token holds. */
  private opened = false;
  /** Something is left to commit or to roll back. */
  private pending = false;
  private ended = false;
  /** Nothing may follow the last statement: role and scope went with its transaction. */
  private closed = false;
  /** Why the transaction can't go on, and what is the matter with the connection. */
  private failure: unknown;
  private broken: Error | undefined;
  private turn: Promise<unknown> | undefined;
  statements = 0;
  private received = 0;
  /** What was wrong with the token, if it was asked. */
  refusal: ApiError | undefined;

  constructor(
    private readonly turns: Turns,
    readonly actor: Actor,
    private readonly mode: Mode,
    readonly now: () => Date,
    /** Once it has ended nothing more is asked, and what is running is cut off. */
    private readonly call?: Call,
  ) {}

  /**
   * Runs a statement in the session's transaction, one after the other. Opening travels in the same write as the first one.
   * `last`: the caller promises that nothing follows, and the commit travels along.
   */
  query<R = any>(statement: Statement, values: unknown[] = [], last = false): Promise<R[]> {
    const run = () => this.run<R>(statement, values, last && this.mode === 'read');
    const answer = this.turn ? this.turn.then(run) : run();
    this.turn = answer.catch(() => {});
    return answer;
  }

  private async run<R>(statement: Statement, values: unknown[], last: boolean): Promise<R[]> {
    if (this.failure) throw this.failure;
    if (this.ended || this.closed) throw new Error('the session has ended');
    this.closed = last;
    this.statements++;
    try {
      return await this.send<R>(statement, values, last, this.turns.pool.options.max);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private async send<R>(statement: Statement, values: unknown[], last: boolean, more: number): Promise<R[]> {
    if (this.call?.ended) throw this.late();
    this.held ??= await this.turns.take(this.actor, this.call);
    if (this.call?.ended) throw this.late();
    const { client } = this.held;
    // a batch by itself is a transaction
    const pooled = isPooled(client);
    const alone = last && !this.opened && !pooled;
    const begin = pooled ? BEGIN_POOLED[this.mode] : alone ? [] : [BEGIN[this.mode]];
    const before = this.opened ? [] : [...begin, ...entryOf(this.actor)];
    const after = last && !alone ? [COMMIT] : [];
    const asked = [...before, ask(asRole(DATABASE_ROLE[this.actor.role], statement), values), ...after];
    const batch = new Batch(pooled ? asked.map(unnamed) : asked);
    if (!alone) this.pending = true;
    let cut = undefined as Promise<void> | undefined;
    const over = this.call?.during(() => {
      cut = cancel(client);
    });
    client.query(batch);
    const failed = await batch.done.then(
      () => undefined,
      (error: Error) => ({ error }),
    );
    over?.();
    if (cut) {
      // it may be heard after this batch has ended, and must not be heard by what follows on the connection
      await cut.catch((error) => {
        this.broken = error;
      });
      if (!failed) throw this.late();
    }
    const { results } = batch;
    if (failed && isBroken(failed.error)) {
      // where nothing was answered nothing was committed: asked again on another, and all that the pool has may be broken
      if (more > 0 && !this.opened && results.length === 0) {
        this.held.give(failed.error);
        this.held = undefined;
        return this.send(statement, values, last, more - 1);
      }
      this.broken = failed.error;
    }
    const problem = failed && (this.mode === 'read' ? translated(failed.error) : failed.error);
    if (results.length < before.length) throw problem;
    if (!this.opened && this.actor.tokenId) this.judge(results[before.length - 1][0].r);
    this.opened = true;
    if (problem) throw problem;
    if (last) this.pending = false;
    // the bound is the whole answer's, however many fields it has
    this.received += batch.received;
    if (this.received > MAX_ANSWER_BYTES) throw answerTooLarge();
    return results[before.length] as R[];
  }

  private late(): ApiError {
    return new ApiError(this.mode === 'read' ? 'QUERY_TOO_COSTLY' : 'UNAVAILABLE', { message: LATE });
  }

  /** Asked in every request's first statement: a revoked token is refused at once, on every instance. */
  private judge(until: string | null): void {
    if (until === null) this.refusal = new ApiError('UNAUTHENTICATED');
    else if (until === REVOKED) this.refusal = new ApiError('TOKEN_REVOKED');
    else if (Number(until) * 1000 <= this.now().getTime()) this.refusal = new ApiError('TOKEN_EXPIRED');
    if (this.refusal) throw this.refusal;
  }

  /** Ends the transaction and gives the connection back. A write of which a part failed is not committed. */
  async end(outcome: 'commit' | 'rollback'): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    // an answer may be given up before all of it was asked for; what was wrong with the token is known all the same
    await this.turn;
    const { held } = this;
    if (held && (this.broken || !this.pending)) held.give(this.broken);
    else if (held)
      try {
        await held.client.query(outcome === 'commit' && !this.failure ? 'COMMIT' : 'ROLLBACK');
        held.give();
      } catch (error) {
        held.give(error as Error);
        throw this.mode === 'read' ? translated(error) : error;
      }
    if (outcome === 'commit' && this.mode === 'write' && this.failure) throw this.failure;
  }
}
