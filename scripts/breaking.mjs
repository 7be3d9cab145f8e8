// What a change of the API would break, but for what was announced: deprecated, with a day that has passed by now.
import { buildASTSchema, buildSchema, findBreakingChanges, Kind, parse, visit } from 'graphql';

const DAY = /\b\d{4}-\d{2}-\d{2}\b/;
const REPLACEMENT = /`[^`]+`/;
/** No removal in so many days before a filing deadline. */
const QUIET_DAYS = 30;

const isDay = (text) => text !== undefined && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

function isQuiet(day, dueDays) {
  const left = (due, years) => (Date.parse(`${Number(day.slice(0, 4)) + years}-${due}`) - Date.parse(day)) / 86_400_000;
  return dueDays.some((due) => [0, 1].some((years) => left(due, years) >= 0 && left(due, years) <= QUIET_DAYS));
}

function reasonOf({ directives = [] }) {
  const deprecated = directives.find(({ name }) => name.value === 'deprecated');
  return deprecated && (deprecated.arguments.find(({ name }) => name.value === 'reason')?.value.value ?? '');
}

const ELEMENTS = [Kind.FIELD_DEFINITION, Kind.INPUT_VALUE_DEFINITION, Kind.ENUM_VALUE_DEFINITION];
const each = (onElement) => Object.fromEntries(ELEMENTS.map((kind) => [kind, onElement]));

/** Names of the types that fields lead to; that a type implements an interface leads nowhere. */
function reached(document) {
  const definitions = new Map(document.definitions.filter((d) => d.name).map((d) => [d.name.value, d]));
  const found = new Set();
  const follow = (name) => {
    if (found.has(name)) return;
    found.add(name);
    const definition = definitions.get(name);
    if (definition) visit(definition, { NamedType: (type) => follow(type.name.value) });
  };
  for (const root of ['Query', 'Mutation']) follow(root);
  return found;
}

/**
 * Breaking changes from the published API to the emitted one (SDL) that were not announced, on `today` (YYYY-MM-DD).
 * `dueDays`: the filing deadlines, MM-DD.
 */
export function breaking(published, emitted, today, dueDays) {
  const before = parse(published, { noLocation: true });
  const over = (node) => {
    const day = DAY.exec(reasonOf(node) ?? '')?.[0];
    return isDay(day) && day <= today && !isQuiet(today, dueDays) ? null : undefined;
  };
  const kept = visit(before, each(over));
  // a type that nothing but removed fields led to goes with them
  const [led, leads] = [reached(before), reached(kept)];
  const definitions = kept.definitions.filter((d) => !d.name || !led.has(d.name.value) || leads.has(d.name.value));
  return findBreakingChanges(buildASTSchema({ ...kept, definitions }), buildSchema(emitted)).map((c) => c.description);
}

function announcements(sdl) {
  const found = new Map();
  const note = (node, _key, _parent, _path, ancestors) => {
    const reason = reasonOf(node);
    const path = [...ancestors, node].flatMap((at) => at.name?.value ?? []).join('.');
    if (reason !== undefined) found.set(path, reason);
  };
  visit(parse(sdl, { noLocation: true }), each(note));
  return found;
}

/** What is wrong with announcements: each names a day outside of the quiet time and a replacement; a new one, a day to come. */
export function wrongAnnouncements(published, emitted, today, dueDays) {
  const before = announcements(published);
  return [...announcements(emitted)].flatMap(([path, reason]) => {
    const day = DAY.exec(reason)?.[0];
    if (!isDay(day) || !REPLACEMENT.test(reason)) return [`${path}: “${reason}” needs a day and a \`replacement\``];
    if (isQuiet(day, dueDays)) return [`${path}: ${day} is within the ${QUIET_DAYS} days before a filing deadline`];
    if (before.get(path) !== reason && day <= today) return [`${path}: ${day} is not in the future`];
    return [];
  });
}
