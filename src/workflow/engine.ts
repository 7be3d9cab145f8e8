import type { Asker, Outcome } from '../access/asker.js';
import type { Rows, Tx } from '../access/door.js';
import type { Action } from '../access/policy.js';
import { refuseRole, refuseRow } from '../access/refuse.js';
import { type RawUserError, type RawUserWarning, userError } from '../graph/user-errors.js';
import { type History, type Noted, note } from './history.js';
import { type EditName, objections, stepFrom, type Way } from './workflow.js';

/** Whatever has a state: one table of these columns, and more. */
export type Stateful = {
  id: string;
  version: number;
  state: string;
  updatedAt: Date;
  provinceId: string;
  cityId: string;
  consortiumId: string;
};

type Known = { state: string | null };
type OnOne = { expectedVersion: number; validateOnly?: boolean | null };

/** Moves the object on. State and version stand in the WHERE: of two, one changes the row and the other learns of it. */
export type Advance<E> = (set?: Partial<E>) => Promise<void>;
/** Thrown where a change would move on and must not: its input is wrong, or of two at once it came second. */
class Stopped extends Error {
  constructor(readonly userErrors: RawUserError[]) {
    super('stopped');
  }
}

export type Taking<E, I, A extends Asker = Asker> = {
  asker: A;
  tx: Tx;
  row: E;
  to: E extends { state: infer S } ? S : never;
  input: I;
  advance: Advance<E>;
};
/** What a step's event says beside from and to. */
export type Said = Omit<Noted, 'transition' | 'from' | 'to'> & { warnings?: RawUserWarning[] };
export type Effect<E, I, A extends Asker = Asker> = {
  /** What is wrong with the input by itself. */
  check(input: I): RawUserError[];
  /** What is done beside moving on. A step that does not advance by itself advances at its end. */
  take(taking: Taking<E, I, A>): Promise<Said>;
};

/** A declaration, where what it speaks of is kept, and what its steps do: each of them, or it does not compile. */
export type Machine<W extends Way, E extends Stateful, F extends Known, A extends Asker> = {
  way: W;
  entity: new () => E;
  /** The input that names the object. */
  key: string;
  history: History;
  /** What the guards look at, beyond the row. */
  facts(rows: Rows, row: E, name: string): Promise<F>;
  effects: Record<TakenName<W>, Effect<E, any, A>>;
};

/** Those that something that is there already takes. */
type TakenName<W extends Way> = Exclude<W['steps'][number], { from: null }>['name'];
type BegunName<W extends Way> = Extract<W['steps'][number], { from: null }>['name'];

export const machine =
  <E extends Stateful, F extends Known, A extends Asker>() =>
  <const W extends Way<F>>(parts: Machine<W, E, F, A>): Machine<W, E, F, A> =>
    parts;

const committed = (input: { validateOnly?: boolean | null }) => (outcome: Outcome) =>
  outcome.userErrors.length === 0 && !input.validateOnly;

type Work<E, T> = (tx: Tx, row: E, advance: Advance<E>) => Promise<RawUserError[] | T>;

/** The row locked through the door, version and guards under the lock, all errors at once. */
async function change<W extends Way, E extends Stateful, F extends Known, A extends Asker, T extends Outcome>(
  { way, entity, key, facts }: Machine<W, E, F, A>,
  tx: Tx,
  name: string,
  input: OnOne,
  inputErrors: RawUserError[],
  work: Work<E, T>,
): Promise<Outcome | T> {
  const action = name as Action;
  const id = (input as unknown as Record<string, string>)[key];
  const row = refuseRow(tx.actor, action, way.name, await tx.lock(entity, id, action));
  tx.notBefore(row.updatedAt);
  const refused = (userErrors: RawUserError[]): Outcome => ({ id: row.id, userErrors });
  const conflict = (currentVersion: number) => userError('CONFLICT', ['expectedVersion'], { currentVersion });
  if (row.version !== input.expectedVersion) return refused([...inputErrors, conflict(row.version)]);
  const against = objections(way, name, tx.actor, await facts(tx, row, name), key);
  if (against.length) return refused([...inputErrors, ...against.flatMap((one) => one.errors)]);
  const advance: Advance<E> = async (set = {}) => {
    // what is wrong with the input is told together with what the work finds before it moves on
    if (inputErrors.length) throw new Stopped(inputErrors);
    const { state, version } = row;
    const moved = { ...set, version: version + 1, updatedAt: tx.now } as Partial<E>;
    if ((await tx.update(entity, { id: row.id, state, version } as never, moved)) !== 1)
      throw new Stopped([conflict(version + 1)]);
  };
  try {
    const result = await work(tx, row, advance);
    return Array.isArray(result) ? refused([...inputErrors, ...result]) : result;
  } catch (error) {
    if (error instanceof Stopped) return refused(error.userErrors);
    throw error;
  }
}

/** Takes a step of the declaration: guards, change, event, comment, audit row and outbox row, in one transaction. */
export async function take<W extends Way, E extends Stateful, F extends Known, A extends Asker, I extends OnOne>(
  machine: Machine<W, E, F, A>,
  asker: A,
  name: TakenName<W>,
  input: I,
): Promise<Outcome> {
  refuseRole(asker.actor, name as Action, machine.way.name);
  return asker.door.writing(asker.actor, (tx) => takeIn(tx, machine, asker, name, input), committed(input));
}

/** The same within a transaction that does more than this: whoever opened it rolls back where an outcome has errors. */
export const takeIn = <W extends Way, E extends Stateful, F extends Known, A extends Asker, I extends OnOne>(
  tx: Tx,
  machine: Machine<W, E, F, A>,
  asker: A,
  name: TakenName<W>,
  input: I,
): Promise<Outcome> => {
  const { check, take } = machine.effects[name];
  const wrong = check(input);
  return change(machine, tx, name, input, wrong, async (_, row, advance) => {
    if (wrong.length) return [];
    const to = stepFrom(machine.way, name, tx.actor.role, row)!.to as Taking<E, I, A>['to'];
    let moved = false;
    const on: Advance<E> = (set = {}) => {
      moved = true;
      return advance({ ...set, state: to } as Partial<E>);
    };
    const { warnings = [], ...said } = await take({ asker, tx, row, to, input, advance: on });
    if (!moved) await on();
    const after = { ...row, version: row.version + 1 };
    await note(tx, machine.history, after, { transition: name, from: row.state, to, ...said }, asker.requestId);
    return { id: row.id, userErrors: [], warnings };
  });
};

/** Changes what the state lets be changed, and counts the version up. `work` answers errors, or what became of it. */
export async function edit<W extends Way, E extends Stateful, F extends Known, A extends Asker, T extends Outcome>(
  machine: Machine<W, E, F, A>,
  asker: Asker,
  name: EditName<W>,
  input: OnOne,
  inputErrors: RawUserError[],
  work: Work<E, T>,
): Promise<Outcome | T> {
  refuseRole(asker.actor, name as Action, machine.way.name);
  return asker.door.writing<Outcome | T>(
    asker.actor,
    (tx) => change(machine, tx, name, input, inputErrors, work),
    committed(input),
  );
}

/** What begins, and on what: the parent is locked, so that of two beginnings one is told of the other. */
export type Beginning<P extends { id: string }, E extends Stateful, K> = {
  parent: new () => P;
  /** The input that names the parent. */
  key: string;
  facts(tx: Tx, parent: P): Promise<K>;
  make(tx: Tx, parent: P, known: K): Promise<E>;
};

export async function begin<
  W extends Way,
  P extends { id: string },
  E extends Stateful,
  F extends Known,
  A extends Asker,
  K extends { facts: F; existingId?: string },
>(
  { way, history }: Machine<W, E, F, A>,
  asker: Asker,
  name: BegunName<W>,
  input: { validateOnly?: boolean | null },
  inputErrors: RawUserError[],
  { parent: type, key, facts, make }: Beginning<P, E, K>,
): Promise<Outcome> {
  const action = name as Action;
  refuseRole(asker.actor, action, type.name);
  return asker.door.writing<Outcome>(
    asker.actor,
    async (tx) => {
      const id = (input as Record<string, string>)[key];
      const parent = refuseRow(tx.actor, action, type.name, await tx.lock(type, id, action));
      const known = await facts(tx, parent);
      const against = objections(way, name, tx.actor, known.facts, key);
      const userErrors = [...inputErrors, ...against.flatMap((one) => one.errors)];
      if (userErrors.length) return { id: known.existingId ?? null, userErrors };
      const made = await make(tx, parent, known);
      await note(tx, history, made, { transition: name, from: null, to: made.state }, asker.requestId);
      return { id: made.id, userErrors: [] };
    },
    committed(input),
  );
}
