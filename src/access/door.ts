import type { Pool } from 'pg';
import type { DataSource, EntityMetadata } from 'typeorm';
import { newIdSql } from '../database/ids.js';
import type { Call } from '../graph/call.js';
import { ApiError } from '../graph/errors.js';
import { type Actor, JOB } from './actor.js';
import { condition, hasRight } from './conditions.js';
import { isGuard, translated } from './database-errors.js';
import type { Action } from './policy.js';
import { named, Session } from './session.js';
import { Turns } from './turns.js';

/** Thrown to leave a write with its transaction rolled back and a value in hand. */
class RolledBack<T> extends Error {
  constructor(readonly value: T) {
    super('rolled back');
  }
}

/** Of those that are tried again, how often: a guard that lost a race only now is told by the checks the next time. */
const attemptsFor = (code = ''): number => (code === '40001' || code === '40P01' ? 5 : isGuard(code) ? 2 : 1);

/** Opens sessions: nobody else touches the data source. A request has a door of its own, which remembers what it did. */
export class Door {
  /** Was a statement run, and so the token asked, since this was last reset? */
  asked = false;
  /** Why the token does not hold, once a session has asked. */
  refusal: ApiError | undefined;
  /** The actor's changes that were committed: what a job writes on the way is none. */
  committed = 0;
  /** Runs in the transaction of each of them, last. */
  beforeCommit: ((tx: Tx) => Promise<unknown>) | undefined;

  private readonly turns: Turns;

  constructor(
    private readonly source: DataSource,
    readonly now: () => Date,
    private readonly of?: { turns: Turns; call: Call | undefined },
  ) {
    this.turns = of?.turns ?? new Turns((source.driver as any).master as Pool);
  }

  /** The entity's class, by its name. */
  entity = (name: string): Function => this.source.getMetadata(name).target as Function;

  /** Without a call: to its end, however long that takes. */
  forRequest = (call?: Call): Door => new Door(this.source, this.now, { turns: this.turns, call });

  read = (actor: Actor): Session => new Session(this.turns, actor, 'read', this.now, this.of?.call);

  /** Reads with a session of its own, which ends with the work. */
  async reading<T>(actor: Actor, work: (rows: Rows) => Promise<T>): Promise<T> {
    const session = this.read(actor);
    try {
      const result = await work(new Rows(session, this.source, this.now()));
      await session.end('commit');
      return result;
    } catch (error) {
      await session.end('rollback').catch(() => {});
      throw error;
    } finally {
      this.note(session);
    }
  }

  private note({ statements, refusal }: Session): void {
    this.asked ||= statements > 0;
    this.refusal ??= refusal;
  }

  /**
   * One transaction for one change. Everything in it commits together or not at all; serialization failures, deadlocks and
   * what a guard refused are tried again from a new transaction. `keep` decides from the result whether it is committed.
   */
  async writing<T>(actor: Actor, work: (tx: Tx) => Promise<T>, keep: (result: T) => boolean = () => true): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const session = new Session(this.turns, actor, 'write', this.now, this.of?.call);
      try {
        const tx = new Tx(session, this.source, this.now());
        const result = await work(tx);
        if (!keep(result)) throw new RolledBack(result);
        if (actor !== JOB) await this.beforeCommit?.(tx);
        await session.end('commit');
        if (actor !== JOB) this.committed++;
        return result;
      } catch (error) {
        await session.end('rollback').catch(() => {});
        if (error instanceof RolledBack) return error.value as T;
        if (attempt >= attemptsFor((error as { code?: string }).code)) throw translated(error, true);
      } finally {
        this.note(session);
      }
    }
  }
}

/** What a transaction reads, in the entities' words. */
export class Rows {
  constructor(
    readonly session: Session,
    protected readonly source: DataSource,
    public now: Date,
  ) {}

  get actor(): Actor {
    return this.session.actor;
  }
  query = <R = any>(text: string, values: unknown[] = []): Promise<R[]> => this.session.query<R>(named(text), values);

  /** Wall one for a statement by hand: the condition on the rows of `alias`, its values added to those of the statement. */
  allowed(entity: Function, alias: string, values: unknown[], action: Action = 'read'): string {
    const bind = (value: unknown) => `$${values.push(value)}`;
    return condition(this.actor.role, action, this.source.getMetadata(entity), alias, {
      scope: (key) => bind(this.actor[key]),
      constant: bind,
    });
  }

  /** The rows that the actor may read, locked where asked. */
  async find<E extends object>(
    entity: new () => E,
    where: Where<E>,
    lock = false,
    action: Action = 'read',
  ): Promise<E[]> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const tests = testsOf(table, where, (value) => `$${values.push(value)}`);
    const allowed = this.allowed(entity, 't', values, action);
    const columns = table.columns.map((c) => `t.${c.databaseName} AS "${c.propertyName}"`);
    return this.query<E>(
      `SELECT ${columns.join(', ')} FROM ${table.tableName} t WHERE ${[...tests, allowed].join(' AND ')}${lock ? ' FOR UPDATE OF t' : ''}`,
      values,
    );
  }
}

/** A write's transaction. */
export class Tx extends Rows {
  /** What follows does not come before what it follows, whatever this machine's clock says: clocks go back, and no two are alike. */
  notBefore(instant: Date | null | undefined): void {
    if (instant && instant > this.now) this.now = instant;
  }

  /** Later than each of these, where the later one counts. */
  after(...instants: (Date | null | undefined)[]): void {
    for (const instant of instants) if (instant) this.notBefore(new Date(instant.getTime() + 1));
  }

  /** Whoever may read none of them, and act on some, finds those. */
  async lock<E extends { id: string }>(entity: new () => E, id: string, action: Action): Promise<E | undefined> {
    const by = hasRight(this.actor.role, 'read', entity.name) ? 'read' : action;
    return (await this.find(entity, { id } as Where<E>, true, by))[0];
  }

  /** Without RETURNING: whoever may write a row need not be able to read it. */
  async insert<E extends object>(entity: new () => E, row: Partial<E>): Promise<void> {
    const table = this.source.getMetadata(entity);
    const given = Object.entries(row).filter(([, value]) => value !== undefined);
    await this.query(
      `INSERT INTO ${table.tableName} (${given.map(([p]) => columnOf(table, p))}) VALUES (${given.map((_, i) => `$${i + 1}`)})`,
      given.map(([, value]) => value),
    );
  }

  /**
   * Copies of rows, with ids of their own: every column that the table has, but for what `set` says anew. Without RETURNING, as
   * above.
   */
  async copy<E extends { id: string }>(
    entity: new () => E,
    where: Where<E>,
    set: { [P in keyof E & string]?: E[P] | null },
  ): Promise<void> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const columns = table.columns.filter((column) => !column.isGenerated);
    const copied = columns.map(({ propertyName, databaseName }) => {
      const value = set[propertyName as keyof E & string];
      if (value === null) return 'NULL';
      if (value !== undefined) return bind(value);
      return propertyName === 'id' ? newIdSql(entity) : `t.${databaseName}`;
    });
    await this.query(
      `INSERT INTO ${table.tableName} (${columns.map((c) => c.databaseName)})
       SELECT ${copied} FROM ${table.tableName} t WHERE ${testsOf(table, where, bind).join(' AND ')}`,
      values,
    );
  }

  /** How many rows it changed: state and version stand in `where`, so that a lost race changes none. */
  async update<E extends object>(entity: new () => E, where: Where<E>, set: Partial<E>): Promise<number> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const assigned = Object.entries(set).map(([property, value]) => `${columnOf(table, property)} = ${bind(value)}`);
    const rows = await this.query<{ n: string }>(
      `WITH changed AS (UPDATE ${table.tableName} t SET ${assigned} WHERE ${testsOf(table, where, bind).join(' AND ')} RETURNING 1) SELECT count(*) AS n FROM changed`,
      values,
    );
    return Number(rows[0].n);
  }

  /** Exactly one row, which this transaction has locked or found under a lock: that it finds none, or many, is nobody's doing. */
  async updateOne<E extends object>(entity: new () => E, where: Where<E>, set: Partial<E>): Promise<void> {
    const changed = await this.update(entity, where, set);
    if (changed !== 1) throw new Error(`${entity.name}: ${changed} rows changed instead of one`);
  }

  async delete<E extends object>(entity: new () => E, where: Where<E>): Promise<void> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const tests = testsOf(table, where, (value) => `$${values.push(value)}`);
    await this.query(`DELETE FROM ${table.tableName} t WHERE ${tests.join(' AND ')}`, values);
  }
}

/** Null is null, an array any of its values; what is undefined was forgotten. */
type Where<E> = { [P in keyof E & string]?: E[P] | readonly E[P][] | null };

function testsOf<E>(table: EntityMetadata, where: Where<E>, bind: (value: unknown) => string): string[] {
  return Object.entries(where).map(([property, value]) => {
    const column = `t.${columnOf(table, property)}`;
    if (value === undefined) throw new Error(`${table.name}.${property} is compared with undefined`);
    if (value === null) return `${column} IS NULL`;
    return Array.isArray(value) ? `${column} = ANY(${bind(value)})` : `${column} = ${bind(value)}`;
  });
}

function columnOf(table: EntityMetadata, property: string): string {
  const column = table.findColumnWithPropertyName(property);
  if (!column) throw new Error(`${table.name} has no column ${property}`);
  return column.databaseName;
}
