import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import { ApiError } from './errors.js';
import { type Hints, longest } from './hints.js';

/**
 * What one text or list that comes from outside may hold. One bound for all that say nothing of their own, so that none is without:
 * the server measures every argument and every input by it before anything else hears of them (server/operands.ts).
 * `byRule`: a text that people write; its mutation answers `TOO_LONG` beside whatever else is wrong with the input.
 */
export type Bound = { length: number; items: number; byRule?: true };

const BOUND: Bound = { length: 100, items: 100 };
/** Characters of the texts that people write. */
export const TEXT = { label: 100, title: 200, fileName: 200, comment: 2_000, summary: 5_000 } as const;

/** What a published list may hold: its files are read by it, and so are the lists that it fills. */
export const LISTED = { units: 10, cities: 30, name: 100 } as const;

const written = (length: number): Bound => ({ ...BOUND, length, byRule: true });
/** A cursor holds the values of its order: a name and its spelling. */
const CURSOR: Bound = { ...BOUND, length: 4_000 };
/** By name, whatever takes it. */
const OWN: Record<string, Bound> = {
  after: CURSOR,
  before: CURSOR,
  label: written(TEXT.label),
  title: written(TEXT.title),
  fileName: written(TEXT.fileName),
  comment: written(TEXT.comment),
  reason: written(TEXT.comment),
  summary: written(TEXT.summary),
};

export type Holder = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;
export const boundOf = ({ name }: Holder): Bound => (Object.hasOwn(OWN, name) ? OWN[name] : BOUND);

const number = (n: number) => n.toLocaleString('en-US');
const TEXTS = new Set(['String', 'ID']);

/** Everything that takes texts or a list says how much it takes, and every list how many it holds. */
export function sayBounds(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) say(field);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        for (const arg of field.args) say(arg);
        const { atMost } = field.extensions as Hints;
        const most = atMost && longest(atMost);
        if (most && field.description && !field.description.includes('至多'))
          field.description = joined(field.description, `至多${most}项`, `${number(most)} at most`);
      }
  }
}

function say(holder: GraphQLArgument | GraphQLInputField): void {
  const { description, type } = holder;
  const { length, items, byRule } = boundOf(holder);
  const text = TEXTS.has(getNamedType(type).name);
  // what people write says it in words of its own, and so do the members of and, or
  if (!description || byRule || (!text && description.includes('至多'))) return;
  const list = isListType(getNullableType(type as GraphQLInputType));
  const zh = [list && `至多${items}个值`, text && `${list ? '每个' : ''}至多${length}字`].filter(Boolean).join('，');
  const en = [
    list && `${number(items)} values at most`,
    text && `${number(length)} characters${list ? ' each' : ''} at most`,
  ];
  if (zh) holder.description = joined(description, zh, en.filter(Boolean).join(', '));
}

/** `甲。 A.` becomes `甲（至多100字）。 A (100 characters at most).` */
function joined(description: string, zh: string, en: string): string {
  const parts = /^(.*。)( .*)\.$/su.exec(description);
  if (!parts) throw new Error(`no description in both languages: ${description}`);
  const said = parts[1].slice(0, -1);
  const open = (text: string, mark: string, between: string, bracket: string) =>
    text.endsWith(mark) ? `${text.slice(0, -1)}${between}` : `${text}${bracket}`;
  return `${open(said, '）', '；', '（')}${zh}）。${open(parts[2], ')', '; ', ' (')}${en}).`;
}

export const tooLong = (name: string, limit: number, actual: number): ApiError =>
  new ApiError('BAD_USER_INPUT', {
    message: {
      zh: `${name} 至多 ${limit} 字，收到 ${actual}。`,
      en: `${name} takes ${limit} characters at most, got ${actual}.`,
    },
    params: { what: 'characters', limit, actual, name },
  });

export const tooManyItems = (name: string, limit: number, actual: number): ApiError =>
  new ApiError('BAD_USER_INPUT', {
    message: {
      zh: `${name} 至多 ${limit} 个值，收到 ${actual}。`,
      en: `${name} takes ${limit} values at most, got ${actual}.`,
    },
    params: { what: 'values', limit, actual, name },
  });
