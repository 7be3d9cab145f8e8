import type { Pool } from 'pg';
import type { DataSource, EntityMetadata } from 'typeorm';
import type { Actor } from './actor.js';
import { condition } from './conditions.js';
import { translated } from './database-errors.js';
import { named, Session } from './session.js';

/** Thrown to leave a write with its transaction rolled back and a value in hand. */
class RolledBack<T> extends Error {
  constructor(readonly value: T) {
    super('rolled back');
  }
}

const RETRIED = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/** Opens sessions: nobody else touches the data source. */
export class Door {
  constructor(
    readonly source: DataSource,
    readonly now: () => Date,
  ) {}

  private get pool(): Pool {
    return (this.source.driver as any).master;
  }

  read = (actor: Actor): Session => new Session(this.pool, actor, 'read', this.now);

  /** Reads with a session of its own, which ends with the work. */
  async reading<T>(actor: Actor, work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.read(actor);
    try {
      const result = await work(session);
      await session.end('commit');
      return result;
    } catch (error) {
      await session.end('rollback').catch(() => {});
      throw error;
    }
  }

  /**
   * One transaction for one change. Everything in it commits together or not at all; serialization failures and deadlocks
   * are tried again from a new transaction. `keep` decides from the result whether it is committed.
   */
  async writing<T>(actor: Actor, work: (tx: Tx) => Promise<T>, keep: (result: T) => boolean = () => true): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const session = new Session(this.pool, actor, 'write', this.now);
      try {
        const result = await work(new Tx(session, this.source, this.now()));
        if (!keep(result)) throw new RolledBack(result);
        await session.end('commit');
        return result;
      } catch (error) {
        await session.end('rollback').catch(() => {});
        if (error instanceof RolledBack) return error.value as T;
        if (!RETRIED.has((error as { code?: string }).code ?? '') || attempt === ATTEMPTS)
          throw translated(error, true);
      }
    }
  }
}

/** A write's transaction, in the entities' words. */
export class Tx {
  constructor(
    private readonly session: Session,
    private readonly source: DataSource,
    readonly now: Date,
  ) {}

  get actor(): Actor {
    return this.session.actor;
  }
  query = <R = any>(text: string, values: unknown[] = []): Promise<R[]> => this.session.query<R>(named(text), values);

  /** The rows that the actor may read, locked where asked. */
  async find<E extends object>(
    entity: new () => E,
    where: Partial<Record<keyof E & string, unknown>>,
    lock = false,
  ): Promise<E[]> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const tests = Object.entries(where).map(([property, value]) => {
      const column = `t.${columnOf(table, property)}`;
      if (value === null) return `${column} IS NULL`;
      return Array.isArray(value) ? `${column} = ANY(${bind(value)})` : `${column} = ${bind(value)}`;
    });
    const allowed = condition(this.actor.role, 'read', table, 't', {
      scope: (key) => bind(this.actor[key]),
      constant: bind,
    });
    const columns = table.columns.map((c) => `t.${c.databaseName} AS "${c.propertyName}"`);
    return this.query<E>(
      `SELECT ${columns.join(', ')} FROM ${table.tableName} t WHERE ${[...tests, allowed].join(' AND ')}${lock ? ' FOR UPDATE OF t' : ''}`,
      values,
    );
  }
  async lock<E extends { id: string }>(entity: new () => E, id: string): Promise<E | undefined> {
    return (await this.find(entity, { id } as Partial<Record<keyof E & string, unknown>>, true))[0];
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

  /** How many rows it changed: state and version stand in `where`, so that a lost race changes none. */
  async update<E extends object>(entity: new () => E, where: Partial<E>, set: Partial<E>): Promise<number> {
    const table = this.source.getMetadata(entity);
    const values: unknown[] = [];
    const assign = ([p, v]: [string, unknown]) => `${columnOf(table, p)} = $${values.push(v)}`;
    const rows = await this.query<{ n: string }>(
      `WITH changed AS (UPDATE ${table.tableName} SET ${Object.entries(set).map(assign)} WHERE ${Object.entries(where).map(assign).join(' AND ')} RETURNING 1) SELECT count(*) AS n FROM changed`,
      values,
    );
    return Number(rows[0].n);
  }

  async delete<E extends object>(entity: new () => E, where: Partial<E>): Promise<void> {
    const table = this.source.getMetadata(entity);
    const given = Object.entries(where);
    await this.query(
      `DELETE FROM ${table.tableName} WHERE ${given.map(([p], i) => `${columnOf(table, p)} = $${i + 1}`).join(' AND ')}`,
      given.map(([, v]) => v),
    );
  }
}

function columnOf(table: EntityMetadata, property: string): string {
  const column = table.findColumnWithPropertyName(property);
  if (!column) throw new Error(`${table.name} has no column ${property}`);
  return column.databaseName;
}
