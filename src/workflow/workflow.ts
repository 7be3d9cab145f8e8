import type { Actor } from '../access/actor.js';
import type { PermissionReason, Role } from '../graph/enums.js';
import '../graph/enums.js';
import { labelsOf } from '../graph/labels.js';
import { type RawUserError, type UserErrorCode, userError } from '../graph/user-errors.js';

/** A code that both a flag and a mutation can say: its sentences stand in graph/enums.ts and graph/user-errors.ts. */
export type GuardCode = Extract<PermissionReason, UserErrorCode>;
type Params = Record<string, string | number>;

/** One entry for the flag and the mutation alike. `finds`: what is in the way, a set of parameters for each error; nothing lets pass. */
export type Guard<F> = { code: GuardCode; path: string; finds(facts: F, actor: Actor): Params[] };

export type Step<S extends string, G extends string, F> = {
  name: string;
  /** Null: it begins here. */
  from: S | null;
  to: S;
  by: Role;
  guards?: readonly G[];
  /** Which of several rows that are alike but for `to` is meant. */
  when?: (facts: F) => boolean;
};

/** A change that leaves the state as it is, and no event. */
export type Edit<S extends string, G extends string> = {
  name: string;
  in: readonly S[];
  by: readonly Role[];
  guards?: readonly G[];
};

export type Way<F = any, S extends string = string, G extends string = string> = {
  /** The entity whose way it is: the subject of the rules, and the workflow's name in the database. */
  name: string;
  /** The labelled enum of its states, and whose turn it is in each. */
  states: string;
  turns: Record<S, Role | null>;
  guards: Record<G, Guard<F>>;
  steps: readonly Step<S, G, F>[];
  edits: readonly Edit<S, G>[];
};

type Facts = { state: string | null };

/** Declares a workflow; one that contradicts itself does not start. */
export const workflow =
  <F extends Facts>() =>
  <S extends string, G extends string, const W extends Way<F, S, G>>(
    way: W & { turns: Record<S, Role | null>; guards: Record<G, Guard<F>> },
  ): W => {
    check(way);
    return way;
  };

/** What a declaration changes without a step, by name. */
export type EditName<W extends Way> = W['edits'][number]['name'];

function check({ name, states, turns, guards, steps, edits }: Way): void {
  const wrong = (what: string) => new Error(`workflow ${name}: ${what}`);
  const known = Object.keys(turns);
  const labels = labelsOf(states)?.map(({ value }) => value) ?? [];
  if ([...known].sort().join() !== [...labels].sort().join())
    throw wrong(`${states} has ${labels.join(', ')}, the turns have ${known.join(', ')}`);
  const unknown = [
    ...steps.flatMap(({ from, to }) => (from === null ? [to] : [from, to])),
    ...edits.flatMap((e) => e.in),
  ];
  for (const state of unknown) if (!known.includes(state)) throw wrong(`${state} is none of its states`);

  const reached = new Set(steps.filter(({ from }) => from === null).map(({ to }) => to));
  for (let size = -1; size !== reached.size; ) {
    size = reached.size;
    for (const { from, to } of steps) if (from !== null && reached.has(from)) reached.add(to);
  }
  for (const state of known) if (!reached.has(state)) throw wrong(`${state} can't be reached`);

  for (const step of steps) {
    const twins = steps.filter((o) => o.name === step.name && o.by === step.by && o.from === step.from);
    if (twins.length > 1 && twins.some(({ when }) => !when)) throw wrong(`${step.name} from ${step.from} is ambiguous`);
    if (step.from === step.to) throw wrong(`${step.name} goes nowhere; an edit stays where it is`);
  }
  const used = new Set([...steps, ...edits].flatMap((one) => one.guards ?? []));
  for (const guard of Object.keys(guards)) if (!used.has(guard)) throw wrong(`nothing asks the guard ${guard}`);
}

/** A guard that stands in the way: what a flag calls it, and the mutation's errors. */
export type Objection = { reason: PermissionReason; errors: RawUserError[] };

const wrongState = (facts: Facts, path: string): Objection => ({
  reason: 'WRONG_STATE',
  errors: [userError('ILLEGAL_TRANSITION', [path], facts.state === null ? {} : { state: facts.state })],
});
const NOT_YOUR_ROLE: Objection = { reason: 'NOT_YOUR_ROLE', errors: [] };

/** The row of the table that this role would follow from here, if there is one. */
export function stepFrom(way: Way, name: string, role: Actor['role'], facts: Facts): Way['steps'][number] | undefined {
  const rows = way.steps.filter((step) => step.name === name && step.by === role && step.from === facts.state);
  return rows.length > 1 ? rows.find((step) => step.when!(facts)) : rows[0];
}

/** Every reason why not, in the order of the declaration; none means that it may be done. Flags and mutations both ask here. */
export function objections<F extends Facts>(
  way: Way<F>,
  name: string,
  actor: Actor,
  facts: F,
  path: string,
): Objection[] {
  const against = (guards: readonly string[] = []): Objection[] =>
    guards.flatMap((guard) => {
      const { code, path, finds } = way.guards[guard];
      const errors = finds(facts, actor).map((params) => userError(code, [path], params));
      return errors.length ? [{ reason: code, errors }] : [];
    });
  const edit = way.edits.find((one) => one.name === name);
  if (edit) {
    if (!edit.by.some((role) => role === actor.role)) return [NOT_YOUR_ROLE];
    return edit.in.some((state) => state === facts.state) ? against(edit.guards) : [wrongState(facts, path)];
  }
  const rows = way.steps.filter((step) => step.name === name);
  if (!rows.some((step) => step.by === actor.role)) return [NOT_YOUR_ROLE];
  // what begins has no state to be wrong; that there is one already is a guard's to say
  const row = rows[0].from === null ? rows[0] : stepFrom(way, name, actor.role, facts);
  return row ? against(row.guards) : [wrongState(facts, path)];
}

/** Who could do it now, whoever asks: nobody in a wrong state, nor where a beginning is barred. */
export function rolesFor<F extends Facts>(way: Way<F>, name: string, actor: Actor, facts: F): Role[] {
  const edit = way.edits.find((one) => one.name === name);
  if (edit) return edit.in.some((state) => state === facts.state) ? [...edit.by] : [];
  const begins = (step: Way['steps'][number]) =>
    step.from === null && objections(way, name, { ...actor, role: step.by }, facts, '').length === 0;
  const rows = way.steps.filter(
    (step) => step.name === name && (begins(step) || (step.from !== null && step.from === facts.state)),
  );
  return [...new Set(rows.map(({ by }) => by))];
}

/** The rows that the database holds of it (migrations/): which role may take which step, and may edit in which state. */
export const rowsOf = (
  way: Way,
): { workflow: string; name: string; from: string | null; to: string; by: Role; noted: boolean }[] => [
  ...way.steps.map(({ name, from, to, by }) => ({ workflow: way.name, name, from, to, by, noted: true })),
  ...way.edits.flatMap(({ name, in: states, by }) =>
    states.flatMap((state) =>
      by.map((role) => ({ workflow: way.name, name, from: state, to: state, by: role, noted: false })),
    ),
  ),
];
