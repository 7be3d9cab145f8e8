import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { ApiError } from '../graph/errors.js';
import { type Actor, DATABASE_ROLE } from './actor.js';
import { translated } from './database-errors.js';

export type Statement = { text: string; name?: string };

/** Names kept per connection; clients invent selections without end, so the oldest go. */
const MAX_NAMES = 500;
const names = new WeakMap<PoolClient, Map<string, true>>();

export const named = (text: string): Statement => ({
  text,
  name: createHash('sha256').update(text).digest('base64url').slice(0, 32),
});

/**
 * Sets the scope that the policies read, and asks in the same statement whether the token still holds: its row is looked up
 * by the setting just made, so that the policy of the token's own table knows who is asking.
 */
const ENTRY = named(
  `SELECT t.revoked_at, t.expires_at FROM (SELECT set_config('app.account_id', $1, true), set_config('app.token_id', $2, true) AS id,
     set_config('app.province_id', $3, true), set_config('app.city_id', $4, true), set_config('app.department', $5, true),
     set_config('app.consortium_id', $6, true) OFFSET 0) s
   LEFT JOIN LATERAL (SELECT revoked_at, expires_at FROM access_token WHERE id = s.id OFFSET 0) t ON TRUE`,
);
const scopeOf = (a: Actor) => [a.accountId, a.tokenId, a.provinceId, a.cityId, a.department, a.consortiumId];

/**
 * The only way to the database in a request: one transaction on one connection, opened when first needed, as the actor's
 * database role with its scope set. A connection that can't roll back is destroyed.
 */
export class Session {
  private client: Promise<PoolClient> | undefined;
  private opened: Promise<void> | undefined;
  private ended = false;
  private committed = false;
  private renewed = false;
  /** The transaction has begun: whatever was answered since is part of one picture. */
  private begun = false;
  statements = 0;
  /** What was wrong with the token, if it was asked. */
  refusal: ApiError | undefined;

  constructor(
    private readonly pool: Pool,
    readonly actor: Actor,
    private readonly mode: 'read' | 'write',
    private readonly now: () => Date,
  ) {}

  /**
   * Runs a statement in the session's transaction. Opening travels in the same write as the first one.
   * `last`: the caller promises that nothing follows, and the commit travels along.
   */
  async query<R = any>(statement: Statement, values: unknown[] = [], last = false): Promise<R[]> {
    if (this.ended) throw new Error('the session has ended');
    this.client ??= this.pool.connect().then(listening);
    const connection = this.client;
    try {
      return await this.send<R>(await connection, statement, values, last);
    } catch (error) {
      if (!this.renew(connection, error)) throw error;
      return this.query<R>(statement, values, last);
    }
  }

  /** A read whose connection had broken before it began is asked once more, on a fresh one. */
  private renew(broken: Promise<PoolClient>, error: unknown): boolean {
    if (this.mode !== 'read' || this.ended || !isBroken(error)) return false;
    // another root field of the same request was quicker
    if (this.client !== broken) return true;
    if (this.begun || this.renewed) return false;
    this.renewed = true;
    broken.then((client) => client.release(error as Error)).catch(() => {});
    this.client = undefined;
    this.opened = undefined;
    this.committed = false;
    return true;
  }

  private async send<R>(client: PoolClient, statement: Statement, values: unknown[], last: boolean): Promise<R[]> {
    // opening, statement and commit leave in one write
    const { stream } = (client as any).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    this.opened ??= this.open(client);
    this.statements++;
    const answer = client.query({ ...remember(client, statement), values });
    if (last && this.mode === 'read') {
      this.committed = true;
      const connection = this.client;
      client.query('COMMIT').catch(() => {
        if (this.client === connection) this.committed = false;
      });
    }
    // both are awaited, so that neither rejection is left alone; the token's verdict comes first
    const [opening, result] = await Promise.allSettled([this.opened, answer]);
    if (opening.status === 'rejected') throw opening.reason;
    if (result.status === 'rejected') throw this.mode === 'read' ? translated(result.reason) : result.reason;
    return result.value.rows;
  }

  private open(client: PoolClient): Promise<void> {
    const { actor } = this;
    const begin =
      this.mode === 'read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN ISOLATION LEVEL READ COMMITTED';
    const begun = client.query(`${begin}; SET LOCAL ROLE ${DATABASE_ROLE[actor.role]}`).then(() => {
      this.begun = true;
    });
    const scope = scopeOf(actor);
    // the public and the jobs have no scope, and a transaction begins without one
    const entered = scope.some((value) => value !== null)
      ? client.query({ ...remember(client, ENTRY), values: scope.map((value) => value ?? '') })
      : undefined;
    const opened = Promise.all([begun, entered]).then(() =>
      actor.tokenId ? entered?.then(({ rows }) => this.judge(rows[0])) : undefined,
    );
    opened.catch(() => {});
    return opened;
  }

  /** Asked in every request's first statement: a revoked token is refused at once, on every instance. */
  private judge(row: { revoked_at: Date | null; expires_at: Date | null }): void {
    if (!row.expires_at) this.refusal = new ApiError('UNAUTHENTICATED');
    else if (row.revoked_at) this.refusal = new ApiError('TOKEN_REVOKED');
    else if (row.expires_at <= this.now()) this.refusal = new ApiError('TOKEN_EXPIRED');
    if (this.refusal) throw this.refusal;
  }

  /** Ends the transaction and gives the connection back. */
  async end(outcome: 'commit' | 'rollback'): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    if (!this.client) return;
    let client: PoolClient;
    try {
      client = await this.client;
    } catch {
      return;
    }
    // an answer may be given up before all of it was asked for; what was wrong with the token is known all the same
    await this.opened?.catch(() => {});
    if (this.committed) return client.release();
    try {
      await client.query(outcome === 'commit' ? 'COMMIT' : 'ROLLBACK');
      client.release();
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
  }
}

/** By its SQLSTATE (shut down, connection exception) or by what the socket or the client says. */
function isBroken(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(57P0[123]|08...|ECONNRESET|EPIPE)$/.test(code) || /Connection terminated|not queryable/.test(message);
}

/** A connection that breaks between two statements says so with an event, which would end the process if nobody listened. */
function listening(client: PoolClient): PoolClient {
  if (!names.has(client)) {
    names.set(client, new Map());
    client.on('error', () => {});
  }
  return client;
}

/** Keeps the prepared names of a connection bounded. */
function remember(client: PoolClient, statement: Statement): Statement {
  if (!statement.name) return statement;
  const known = names.get(client)!;
  known.delete(statement.name);
  known.set(statement.name, true);
  if (known.size > MAX_NAMES) {
    const [oldest] = known.keys();
    known.delete(oldest);
    delete (client as any).connection.parsedStatements[oldest];
    client.query(`DEALLOCATE "${oldest}"`).catch(() => {});
  }
  return statement;
}
