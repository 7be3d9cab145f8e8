import { type GraphQLObjectType, getNamedType } from 'graphql';
import type { EntityMetadata } from 'typeorm';
import { NotDirect } from '../graph/direct.js';
import { ApiError } from '../graph/errors.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graph/page-size.js';
import type { AnswerWriter } from './answer-writer.js';
import { decodeCursor, encodeCursor, foreignCursor } from './cursors.js';
import {
  compileFilter,
  type Filter,
  type FilterFields,
  fingerprint,
  readFilter,
  searched,
  searchIn,
} from './filters.js';
import type { Selection, Writer } from './writer.js';

export type PageDefinition = {
  entity: Function;
  /** Sort fields of the API → columns, served by an index that ends in the id. */
  sorts: Record<string, readonly string[]>;
  defaultSort: { field: string; direction: 'ASC' | 'DESC' };
  filters?: FilterFields;
  /** Column that `query:` looks into. */
  search?: string;
  /** For a page inside another row: what ties its rows to the parent's alias, in SQL. */
  within?: (w: Writer, parent: string, row: string) => string;
  /** Null, not an empty page, unless this holds of the parent. */
  visibleIf?: (w: Writer, parent: string) => string;
};

export type PageArguments = {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: Record<string, any> | null;
  query?: string | null;
  sort?: { field: string; direction?: 'ASC' | 'DESC' | null } | null;
};

/** What a compiled page's JSON looks like before it becomes a connection. */
export type RawPage = { rows: { n: any; c?: string[] }[]; total?: number; parent?: string; foreign?: true };
/** What is asked, settled: the arguments are not looked at again. */
export type Plan = {
  limit: number;
  backward: boolean;
  anchored: boolean;
  filter: Filter;
  /** Folded; empty: none. */
  search: string;
  mark(): string;
  order: string[];
  descending: boolean;
  cursor: string[] | null;
  /** Of a page inside another row: the row that the cursor belongs to. */
  parent: string | null;
};

const refuse = (zh: string, en: string, params?: Record<string, unknown>) =>
  new ApiError('BAD_USER_INPUT', { message: { zh, en }, params });

/** Checks the arguments and settles what is asked: never a silent cut. */
export function planOf(definition: PageDefinition, table: EntityMetadata, args: PageArguments): Plan {
  if (args.first != null && args.last != null)
    throw refuse('first 与 last 不能同时使用。', 'Use first or last, not both.');
  if ((args.after != null && args.last != null) || (args.before != null && args.last == null))
    throw refuse('after 配合 first，before 配合 last。', 'after goes with first, before with last.');
  const limit = args.first ?? args.last ?? DEFAULT_PAGE;
  if (limit < 1 || limit > MAX_PAGE)
    throw refuse(`每页 1 至 ${MAX_PAGE} 条，收到 ${limit}。`, `A page has 1 to ${MAX_PAGE} rows, got ${limit}.`, {
      what: 'rows',
      limit: MAX_PAGE,
      actual: limit,
    });
  const field = args.sort?.field ?? definition.defaultSort.field;
  const direction = args.sort ? (args.sort.direction ?? 'ASC') : definition.defaultSort.direction;
  const backward = args.last != null;
  const filter = readFilter(args.filter, definition.filters ?? {});
  const search = definition.search && args.query ? searched(args.query) : '';
  const mark = () =>
    fingerprint(definition.entity.name, !!definition.within, field, direction, filter.shape, filter.values, search);
  const given = args.after ?? args.before ?? null;
  const order = [...definition.sorts[field], 'id'];
  const types = order.map((property) => String(table.findColumnWithPropertyName(property)!.type));
  const values = given === null ? null : decodeCursor(given, mark(), definition.within ? ['text', ...types] : types);
  const [parent, cursor] = values && definition.within ? [values[0], values.slice(1)] : [null, values];
  return {
    limit,
    backward,
    anchored: given !== null,
    filter,
    search,
    mark,
    order,
    descending: (direction === 'DESC') !== backward,
    cursor,
    parent,
  };
}

type Bind = (value: unknown) => string;
/** `bind` decides whether a value is a constant of the text or of this execution. */
export type PageRequest = { definition: PageDefinition; plan: Plan; bind: Bind };
type PageQuery = {
  table: EntityMetadata;
  alias: string;
  /** The actor's condition and the filter's, without the cursor's. */
  conditions: string[];
  /** Columns of the order, the id last. */
  names: string[];
  rowsOf(row: string, limit: number): string;
  total: string;
};

/** Conditions, order and cursor of one page. */
function pageQuery(w: Writer, { definition, plan, bind }: PageRequest, parent?: string): PageQuery {
  const table = w.table(definition.entity);
  const alias = w.alias();
  const conditions = [w.allowed(table, alias)];
  if (parent && definition.within) conditions.push(definition.within(w, parent, alias));
  conditions.push(
    ...compileFilter(plan.filter, definition.filters ?? {}, {
      table,
      alias,
      bind,
      related: (path) => {
        const relation = table.findRelationWithPropertyPath(path)!;
        const other = w.alias();
        const to = relation.inverseEntityMetadata;
        return {
          table: to,
          alias: other,
          from: `${to.tableName} ${other}`,
          where: `${w.on(table, alias, path, other)} AND ${w.allowed(to, other)}`,
        };
      },
    }),
  );
  if (plan.search)
    conditions.push(searchIn(`${alias}.${w.column(table, definition.search!).databaseName}`, bind(plan.search)));

  const columns = plan.order.map((property) => w.column(table, property));
  const names = columns.map((column) => `${alias}.${column.databaseName}`);
  const keyset = plan.cursor
    ? [
        `(${names.join(', ')}) ${plan.descending ? '<' : '>'} (${plan.cursor.map((v, i) => `${bind(v)}::${w.source.driver.normalizeType(columns[i] as any)}`).join(', ')})`,
      ]
    : [];
  const order = names.map((n) => n + (plan.descending ? ' DESC' : '')).join(', ');
  return {
    table,
    alias,
    conditions,
    names,
    // LIMIT is a literal: as a parameter the generic plan is refused and the statement planned anew at each call
    rowsOf: (row, limit) =>
      `(SELECT coalesce(json_agg(s.j), '[]') FROM (SELECT ${row} j FROM ${table.tableName} ${alias} WHERE ${[...conditions, ...keyset].join(' AND ')} ORDER BY ${order} LIMIT ${limit}) s)`,
    total: `(SELECT count(*) FROM ${table.tableName} ${alias} WHERE ${conditions.join(' AND ')})`,
  };
}

/** The values of a page's text, in the order in which `pageQuery` binds them. */
export const valuesOf = ({ filter, search, cursor }: Plan): unknown[] => [
  ...filter.values,
  ...(search ? [search] : []),
  ...(cursor ?? []),
];

/** One page as one sub-select: rows and marks, of which `connectionOf` makes the connection. */
export function compilePage(w: Writer, request: PageRequest, selection: Selection, parent?: string): string {
  const { definition, plan } = request;
  if (!w.mayRead(w.table(definition.entity)))
    return parent && definition.visibleIf ? 'NULL' : `json_build_object('rows', '[]'::json, 'total', 0)`;
  const { table, alias, names, rowsOf, total } = pageQuery(w, request, parent);
  const edges = w.sub(selection, 'edges');
  const node = edges && w.sub(edges, 'node');
  const nodes = w.sub(selection, 'nodes');
  const type = (node ?? nodes)?.type;
  const fields = [...(node?.nodes ?? []), ...(nodes?.nodes ?? [])];
  const row = type ? w.object(table, alias, { type, nodes: fields }, { __type: `'${table.name}'` }) : `'{}'::json`;
  const page = w.sub(selection, 'pageInfo');
  const wantsCursor = w.has(edges, 'cursor') || w.has(page, 'endCursor') || w.has(page, 'startCursor');
  const cursor = wantsCursor ? `, 'c', json_build_array(${names.map((n) => `${n}::text`).join(', ')})` : '';
  const rows = rowsOf(`json_build_object('n', ${row}${cursor})`, plan.limit + 1);
  const parts = [
    (edges || nodes || page) && `'rows', ${rows}`,
    w.has(selection, 'totalCount') && `'total', ${total}`,
    parent && wantsCursor && `'parent', ${parent}.id`,
  ].filter(Boolean);
  const own = `json_build_object(${parts.join(', ')})`;
  const json = plan.parent
    ? `CASE WHEN ${parent}.id = ${request.bind(plan.parent)} THEN ${own} ELSE json_build_object('foreign', true) END`
    : own;
  return parent && definition.visibleIf ? `CASE WHEN ${definition.visibleIf(w, parent)} THEN ${json} END` : json;
}

/** A page whose rows and count alone were asked for: the connection itself, written by PostgreSQL. */
export function compileDirectPage(w: AnswerWriter, request: PageRequest, selection: Selection): string {
  const { definition, plan } = request;
  // the last rows come in the wrong order
  if (!w.mayRead(w.table(definition.entity)) || plan.backward) throw new NotDirect(false);
  if (!w.has(selection, 'nodes')) throw new NotDirect(true);
  const { table, alias, rowsOf, total } = pageQuery(w, request);
  const out = new Map<string, string>();
  for (const [responseName, fields] of w.fields(selection)) {
    const name = fields[0].name.value;
    const inner = { type: getNamedType(selection.type.getFields()[name]?.type) as GraphQLObjectType, nodes: fields };
    if (name === 'nodes') out.set(responseName, rowsOf(w.object(table, alias, inner), plan.limit));
    else if (name === 'totalCount') out.set(responseName, total);
    else throw new NotDirect(true);
  }
  return w.json(out);
}

/** The connection that clients know, from the rows that PostgreSQL built. */
export function connectionOf(raw: RawPage | null, plan: Plan) {
  if (!raw) return null;
  if (raw.foreign) throw foreignCursor();
  const rows = raw.rows ?? [];
  const more = rows.length > plan.limit;
  const kept = more ? rows.slice(0, plan.limit) : rows;
  if (plan.backward) kept.reverse();
  // only a page that shows cursors needs the mark in them
  const mark = rows[0]?.c ? plan.mark() : '';
  const above = raw.parent === undefined ? [] : [raw.parent];
  const cursor = (row: RawPage['rows'][number] | undefined) =>
    row?.c ? encodeCursor(mark, [...above, ...row.c]) : null;
  return {
    edges: kept.map((row) => ({ node: row.n, cursor: cursor(row) })),
    nodes: kept.map((row) => row.n),
    pageInfo: {
      hasNextPage: plan.backward ? plan.anchored : more,
      hasPreviousPage: plan.backward ? more : plan.anchored,
      startCursor: cursor(kept[0]),
      endCursor: cursor(kept.at(-1)),
    },
    totalCount: raw.total,
  };
}
