import { createHash } from 'node:crypto';
import type { EntityMetadata } from 'typeorm';
import { fold } from '../database/text.js';
import { ApiError } from '../graph/errors.js';

/** How a filter's field is answered: a column of the row, a related row, or the mere existence of one. */
export type FilterField =
  | { column: string; search?: string }
  | { related: string; column: string }
  | { exists: string };
export type FilterFields = Record<string, FilterField>;

type Context = {
  table: EntityMetadata;
  alias: string;
  bind(value: unknown): string;
  /** FROM and WHERE of the related rows, the actor's condition included. */
  related(path: string): { from: string; where: string; alias: string; table: EntityMetadata };
};

const MAX_COMPARISONS = 50;
const MAX_VALUES = 100;
const refuse = (zh: string, en: string) => new ApiError('BAD_USER_INPUT', { message: { zh, en } });

/** One generator for every entity's filter input: typed comparators, and/or/not. Null means "not given". */
export function compileFilter(
  filter: Record<string, any> | null | undefined,
  fields: FilterFields,
  c: Context,
): string[] {
  let comparisons = 0;
  const all = (input: Record<string, any>): string[] =>
    Object.entries(input).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (name === 'and') return [`(${(value as any[]).map(one).join(' AND ') || 'TRUE'})`];
      if (name === 'or') return [`(${(value as any[]).map(one).join(' OR ') || 'TRUE'})`];
      if (name === 'not') return [`NOT COALESCE(${one(value)}, FALSE)`];
      const field = fields[name];
      if ('exists' in field) {
        const { from, where } = c.related(field.exists);
        count();
        return [`${value ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${from} WHERE ${where})`];
      }
      if ('related' in field) {
        const { from, where, alias, table } = c.related(field.related);
        const sql = `${alias}.${table.findColumnWithPropertyName(field.column)!.databaseName}`;
        // "none of its parks is this one" is what `ne` means of a list
        return Object.entries(value).flatMap(([operator, operand]) => {
          const [positive, negated] = POSITIVE[operator] ? [POSITIVE[operator], true] : [operator, false];
          if (operand === null || operand === undefined) return [];
          if (positive === 'isNull') return [`${operand ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${from} WHERE ${where})`];
          return [
            `${negated ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${from} WHERE ${where} AND ${compare(sql, positive, operand)})`,
          ];
        });
      }
      const column = c.table.findColumnWithPropertyName(field.column)!;
      const search = field.search && `${c.alias}.${c.table.findColumnWithPropertyName(field.search)!.databaseName}`;
      return Object.entries(value).flatMap(([operator, operand]) =>
        operand === null || operand === undefined
          ? []
          : [compare(`${c.alias}.${column.databaseName}`, operator, operand, search)],
      );
    });
  const one = (input: Record<string, any>): string => {
    const parts = all(input);
    return parts.length ? `(${parts.join(' AND ')})` : 'TRUE';
  };
  const count = () => {
    if (++comparisons > MAX_COMPARISONS)
      throw refuse(`筛选条件至多 ${MAX_COMPARISONS} 个。`, `A filter takes ${MAX_COMPARISONS} comparisons at most.`);
  };
  const compare = (sql: string, operator: string, operand: any, search?: string): string => {
    count();
    if (Array.isArray(operand) && operand.length > MAX_VALUES)
      throw refuse(`in 与 notIn 至多 ${MAX_VALUES} 个值。`, `in and notIn take ${MAX_VALUES} values at most.`);
    switch (operator) {
      case 'eq':
        return `${sql} = ${c.bind(operand)}`;
      case 'ne':
        return `${sql} <> ${c.bind(operand)}`;
      case 'in':
        return `${sql} = ANY(${c.bind(operand)})`;
      case 'notIn':
        return `${sql} <> ALL(${c.bind(operand)})`;
      case 'gt':
        return `${sql} > ${c.bind(operand)}`;
      case 'gte':
        return `${sql} >= ${c.bind(operand)}`;
      case 'lt':
        return `${sql} < ${c.bind(operand)}`;
      case 'lte':
        return `${sql} <= ${c.bind(operand)}`;
      case 'isNull':
        return `${sql} IS ${operand ? '' : 'NOT '}NULL`;
      case 'startsWith':
        return `starts_with(${sql}, ${c.bind(operand)})`;
      case 'contains':
        return search ? searchIn(search, operand, c.bind, NAME_PART(search)) : `strpos(${sql}, ${c.bind(operand)}) > 0`;
      default:
        throw new Error(`filter: unknown operator ${operator}`);
    }
  };
  return filter ? all(filter) : [];
}

const POSITIVE: Record<string, string> = { ne: 'eq', notIn: 'in' };

/** The folded name without the pinyin initials that follow it. */
const NAME_PART = (column: string): string => `split_part(${column}, E'\\n', 1)`;

/**
 * Part of a name, in either width and any case, or pinyin initials: the bigram index finds, strpos makes sure. Not LIKE: its
 * estimate multiplies with the index's, and a part that stands in every name would be taken for a rare one.
 */
export function searchIn(column: string, text: string, bind: (value: unknown) => string, within = column): string {
  const folded = fold(text);
  if (!folded) return 'TRUE';
  const part = bind(folded);
  return `(search_grams(${column}) @> search_grams(${part}) AND strpos(${within}, ${part}) > 0)`;
}

export const fingerprint = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
