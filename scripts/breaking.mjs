// What a change of the schema would break, but for what was announced: deprecated, with a day that has passed by now.
import { buildASTSchema, buildSchema, findBreakingChanges, Kind, parse, visit } from 'graphql';

const DAY = /\b\d{4}-\d{2}-\d{2}\b/;
const REPLACEMENT = /`[^`]+`/;
/** No removal in so many days before a filing deadline. */
const QUIET_DAYS = 30;

function reasonOf({ directives = [] }) {
  const deprecated = directives.find(({ name }) => name.value === 'deprecated');
  return deprecated && (deprecated.arguments.find(({ name }) => name.value === 'reason')?.value.value ?? '');
}

const ELEMENTS = [Kind.FIELD_DEFINITION, Kind.INPUT_VALUE_DEFINITION, Kind.ENUM_VALUE_DEFINITION];
const each = (onElement) => Object.fromEntries(ELEMENTS.map((kind) => [kind, { enter: onElement }]));

/** Messages of unannounced breaking changes from `before` to `after` (SDL), on `today` (YYYY-MM-DD). */
export function breaking(before, after, today) {
  const over = (node) => {
    const day = DAY.exec(reasonOf(node) ?? '')?.[0];
    return day !== undefined && day <= today ? null : undefined;
  };
  const expected = visit(parse(before, { noLocation: true }), each(over));
  const used = new Set(['Query', 'Mutation']);
  visit(expected, { NamedType: ({ name }) => void used.add(name.value) });
  // a type that nothing but removed fields led to goes with them
  const definitions = expected.definitions.filter(
    (d) => !('name' in d) || used.has(d.name.value) || d.interfaces?.length,
  );
  return findBreakingChanges(buildASTSchema({ ...expected, definitions }), buildSchema(after)).map(
    (c) => c.description,
  );
}

/** What is wrong with the announcements in a schema: each names a day outside of the quiet time, and a replacement. */
export function wrongAnnouncements(sdl, dueDays) {
  const wrong = [];
  visit(
    parse(sdl, { noLocation: true }),
    each((node) => {
      const reason = reasonOf(node);
      if (reason === undefined) return;
      const day = DAY.exec(reason)?.[0];
      if (!day || !REPLACEMENT.test(reason)) wrong.push(`${node.name.value}: ${reason}`);
      else if (dueDays.some((due) => isQuiet(day, due))) wrong.push(`${node.name.value}: ${day} is before a deadline`);
    }),
  );
  return wrong;
}

function isQuiet(day, due) {
  const at = Date.parse(day);
  return [0, 1].some((years) => {
    const left = (Date.parse(`${Number(day.slice(0, 4)) + years}-${due}`) - at) / 86_400_000;
    return left >= 0 && left <= QUIET_DAYS;
  });
}
