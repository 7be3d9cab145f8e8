import { createHash } from 'node:crypto';
import type { EntityMetadata } from 'typeorm';
import { fold } from '../database/text.js';
import { tooLong } from '../graph/bounds.js';
import { ApiError } from '../graph/errors.js';

/** How a filter's field is answered: a column of the row, a related row, or the mere existence of one. */
export type FilterField =
  | { column: string; search?: string }
  | { related: string; column: string }
  | { exists: string };
export type FilterFields = Record<string, FilterField>;

type Input = Record<string, any>;
type Test =
  | { of: Test[]; by: ' AND ' | ' OR ' }
  | { not: Test }
  | { field: string; operator: string; operand: unknown };

/** A filter as it was meant: without what restricts nothing, and with its structure apart from its values. */
export type Filter = { test: Test | null; shape: string; values: unknown[] };

type Context = {
  table: EntityMetadata;
  alias: string;
  bind(value: unknown): string;
  /** FROM and WHERE of the related rows, the actor's condition included. */
  related(path: string): { from: string; where: string; alias: string; table: EntityMetadata };
};

const MAX_COMPARISONS = 50;
const MAX_BRANCHES = 50;
/** Of all lists of a filter together: each may be held against every row. */
const MAX_VALUES = 500;
/** Parts of names: the dearest comparison of all. */
const MAX_PARTS = 10;
/** One character may unfold into eighteen, and no name is so long. */
const MAX_FOLDED = 200;
const EXISTS = 'exists';

/** What a search looks for: folded as names are. */
export function searched(text: string): string {
  const folded = fold(text);
  if (folded.length > MAX_FOLDED) throw tooLong('query', MAX_FOLDED, folded.length);
  return folded;
}

const tooMany = (what: string, limit: number, actual: number, zh: string, en: string) =>
  new ApiError('BAD_USER_INPUT', {
    message: { zh: `${zh}至多 ${limit}，收到 ${actual}。`, en: `${en} ${limit} at most, got ${actual}.` },
    params: { what, limit, actual },
  });

/**
 * One reading for every entity's filter input: typed comparators, and/or/not. Null means "not given", and so does whatever
 * holds nothing but that: an empty object, an empty group, a blank search. Everything is counted before anything is compiled.
 */
export function readFilter(filter: Input | null | undefined, fields: FilterFields): Filter {
  const values: unknown[] = [];
  let [comparisons, branches, listed, parts] = [0, 0, 0, 0];
  const branch = (input: Input): Test | null => {
    branches++;
    return all(input);
  };
  const group = (of: (Test | null)[], by: ' AND ' | ' OR '): Test | null => {
    const given = of.filter((test) => test !== null);
    return given.length > 1 ? { of: given, by } : (given[0] ?? null);
  };
  const all = (input: Input): Test | null => group(Object.entries(input).flatMap(given), ' AND ');
  const given = ([name, value]: [string, any]): (Test | null)[] => {
    if (value === null || value === undefined) return [];
    if (name === 'and') return [group((value as Input[]).map(branch), ' AND ')];
    if (name === 'or') return [group((value as Input[]).map(branch), ' OR ')];
    if (name === 'not') {
      const test = branch(value);
      return [test && { not: test }];
    }
    const field = fields[name];
    if ('exists' in field) return [comparison(name, EXISTS, value)];
    const isSearch = 'search' in field && field.search;
    return Object.entries(value).map(([operator, operand]) => {
      if (operand === null || operand === undefined) return null;
      const text = isSearch && operator === 'contains' ? searched(operand as string) : operand;
      return text === '' && isSearch && operator === 'contains' ? null : comparison(name, operator, text);
    });
  };
  const comparison = (field: string, operator: string, operand: unknown): Test => {
    comparisons++;
    if (Array.isArray(operand)) listed += operand.length;
    if (operator === 'contains') parts++;
    if (!isFlag(operator)) values.push(operand);
    return { field, operator, operand };
  };
  const test = filter ? all(filter) : null;
  if (branches > MAX_BRANCHES)
    throw tooMany('branches', MAX_BRANCHES, branches, 'and、or、not 的项合计', 'Members of and, or and not together:');
  if (comparisons > MAX_COMPARISONS)
    throw tooMany('comparisons', MAX_COMPARISONS, comparisons, '筛选条件', 'Comparisons of a filter:');
  if (listed > MAX_VALUES)
    throw tooMany('values', MAX_VALUES, listed, '各 in 与 notIn 的值合计', 'Values of all in and notIn together:');
  if (parts > MAX_PARTS) throw tooMany('parts', MAX_PARTS, parts, 'contains', 'Uses of contains:');
  return { test, shape: shapeOf(test), values };
}

/** Flags are part of the text; every other operand is a value. */
const isFlag = (operator: string): boolean => operator === 'isNull' || operator === EXISTS;

function shapeOf(test: Test | null): string {
  if (!test) return '';
  if ('of' in test) return `(${test.of.map(shapeOf).join(test.by)})`;
  if ('not' in test) return `!${shapeOf(test.not)}`;
  return `${test.field}.${test.operator}${isFlag(test.operator) ? test.operand : ''}`;
}

/** The filter as a condition; its values are bound in the order in which they were read. */
export function compileFilter({ test }: Filter, fields: FilterFields, c: Context): string[] {
  const compile = (t: Test): string => {
    if ('of' in t) return `(${t.of.map(compile).join(t.by)})`;
    if ('not' in t) return `NOT COALESCE(${compile(t.not)}, FALSE)`;
    const { operator, operand } = t;
    const field = fields[t.field];
    if ('exists' in field) {
      const { from, where } = c.related(field.exists);
      return `${operand ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${from} WHERE ${where})`;
    }
    if ('related' in field) {
      const { from, where, alias, table } = c.related(field.related);
      const sql = `${alias}.${table.findColumnWithPropertyName(field.column)!.databaseName}`;
      if (operator === 'isNull') return `${operand ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${from} WHERE ${where})`;
      // "none of its parks is this one" is what `ne` means of a list
      const [positive, negated] = POSITIVE[operator] ? [POSITIVE[operator], 'NOT '] : [operator, ''];
      return `${negated}EXISTS (SELECT 1 FROM ${from} WHERE ${where} AND ${compare(sql, positive, operand, c.bind)})`;
    }
    const column = c.table.findColumnWithPropertyName(field.column)!;
    const search = field.search && `${c.alias}.${c.table.findColumnWithPropertyName(field.search)!.databaseName}`;
    return compare(`${c.alias}.${column.databaseName}`, operator, operand, c.bind, search);
  };
  return test ? [compile(test)] : [];
}

function compare(sql: string, operator: string, operand: any, bind: (value: unknown) => string, search?: string) {
  switch (operator) {
    case 'eq':
      return `${sql} = ${bind(operand)}`;
    case 'ne':
      return `${sql} <> ${bind(operand)}`;
    case 'in':
      return `${sql} = ANY(${bind(operand)})`;
    case 'notIn':
      return `${sql} <> ALL(${bind(operand)})`;
    case 'gt':
      return `${sql} > ${bind(operand)}`;
    case 'gte':
      return `${sql} >= ${bind(operand)}`;
    case 'lt':
      return `${sql} < ${bind(operand)}`;
    case 'lte':
      return `${sql} <= ${bind(operand)}`;
    case 'isNull':
      return `${sql} IS ${operand ? '' : 'NOT '}NULL`;
    case 'startsWith':
      return `starts_with(${sql}, ${bind(operand)})`;
    case 'contains':
      return search ? searchIn(search, bind(operand), NAME_PART(search)) : `strpos(${sql}, ${bind(operand)}) > 0`;
    default:
      throw new Error(`filter: unknown operator ${operator}`);
  }
}

const POSITIVE: Record<string, string> = { ne: 'eq', notIn: 'in' };

/** The folded name without the pinyin initials that follow it. */
const NAME_PART = (column: string): string => `split_part(${column}, E'\\n', 1)`;

/**
 * Part of a folded name, or pinyin initials: the bigram index finds, strpos makes sure. Not LIKE: its estimate multiplies
 * with the index's, and a part that stands in every name would be taken for a rare one. strpos first: it is the cheaper one,
 * where no index helps, as under a `not`.
 */
export const searchIn = (column: string, part: string, within = column): string =>
  `(strpos(${within}, ${part}) > 0 AND search_grams(${column}) @> search_grams(${part}))`;

export const fingerprint = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
