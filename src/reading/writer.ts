import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import type { DataSource, Driver, EntityMetadata } from 'typeorm';
import type { Actor, Scope } from '../access/actor.js';
import { condition, hasRight, mayReadField } from '../access/conditions.js';
import { MAX_ANSWER_BYTES } from '../graph/answer-size.js';
import { type Hints, longest } from '../graph/hints.js';
import { fingerprint } from './filters.js';

export type Selection = { type: GraphQLObjectType; nodes: readonly FieldNode[] };
export type Bound = { scope: keyof Scope } | { constant: unknown } | 'now';
export type Frame = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;
/** Compiles a nested page; reader.ts gives it, so that this file knows no page. */
export type NestedPage = (
  w: Writer,
  hint: string,
  parent: string,
  field: Selection,
  args: Record<string, unknown>,
) => string;

/**
 * The key in the row of a field with arguments: what was asked for, not under which name. Two places may use one name for
 * different things, and two names for the same.
 */
export const keyOf = (field: string, args: object): string => {
  const given = settled(args);
  return given === undefined ? `@${field}` : `@${field}:${fingerprint(given)}`;
};

/** Without what was not given, and in one order, however the arguments came about. */
function settled(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(settled);
  const entries = Object.entries(value)
    .map(([key, v]): [string, unknown] => [key, settled(v)])
    .filter(([, v]) => v !== undefined);
  return entries.length ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : undefined;
}

/** Scope and clock are bound once, however often they are named. */
const isSame = (a: Bound, b: Bound): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : 'scope' in a && 'scope' in b && a.scope === b.scope;

/** A field as the rows need it: everything that is asked of it, at whatever place and under whatever name. */
type Wanted = { name: string; args: Record<string, unknown>; nodes: FieldNode[] };

/** A list as JSON; one that holds more than it declares is refused, never cut. */
function listOf(row: string, order: string, { atMost }: Hints): string {
  const list = `coalesce(json_agg(${row} ORDER BY ${order}), '[]')`;
  return atMost
    ? `CASE WHEN count(*) > ${longest(atMost)} THEN refuse_answer('rows', ${longest(atMost)}) ELSE ${list} END`
    : list;
}

/** The whole of what a statement answers; what is too large is not sent. */
export const bounded = (statement: string): string =>
  `SELECT CASE WHEN pg_column_size(x.r) > ${MAX_ANSWER_BYTES} THEN refuse_answer('bytes', ${MAX_ANSWER_BYTES}) ELSE x.r END r FROM (${statement} OFFSET 0) x`;

/** What the tables look like; through this nobody reaches a row. */
export type Tables = Pick<DataSource, 'getMetadata'> & { driver: Pick<Driver, 'normalizeType'> };

/**
 * The selection set becomes one statement: PostgreSQL builds the JSON, relations are sub-selects, and at every table that
 * it touches stands the actor's condition. Knows entities, relations, conditions and hints; knows no feature.
 */
export class Writer {
  readonly bound: Bound[] = [];
  private aliases = 0;

  constructor(
    readonly source: Tables,
    readonly frame: Frame,
    readonly role: Actor['role'],
    private readonly runtimeValues: number,
    private readonly nestedPage: NestedPage,
  ) {}

  alias = (): string => `t${this.aliases++}`;
  scope = (key: keyof Scope): string => this.bind({ scope: key });
  constant = (constant: unknown): string => this.bind({ constant });
  /** The instant of the request, by the service's clock. */
  now = (): string => this.bind('now');
  private bind(value: Bound): string {
    const at = this.bound.findIndex((b) => isSame(b, value));
    return `$${this.runtimeValues + (at >= 0 ? at + 1 : this.bound.push(value))}`;
  }

  table = (entity: Function | string): EntityMetadata => this.source.getMetadata(entity);
  column(table: EntityMetadata, property: string) {
    const column = table.findColumnWithPropertyName(property);
    if (!column) throw new Error(`${table.name} has no column ${property}`);
    return column;
  }
  /** Wall one, at every table. */
  allowed = (table: EntityMetadata, alias: string): string => condition(this.role, 'read', table, alias, this);
  /** A role without any right to a table has no grant on it either: the statement must not name it. */
  mayRead = (table: EntityMetadata): boolean => hasRight(this.role, 'read', table.name);
  mayReadField = (table: EntityMetadata, property: string): boolean => mayReadField(this.role, table.name, property);

  fields(selection: Selection) {
    const { schema, fragments, variableValues } = this.frame;
    return collectSubfields(
      schema as GraphQLSchema,
      fragments as Record<string, FragmentDefinitionNode>,
      variableValues,
      selection.type,
      selection.nodes as FieldNode[],
    );
  }
  /** By key in the row: fields without arguments by name, the others by their arguments too. */
  private wanted(selection: Selection): Map<string, Wanted> {
    const found = new Map<string, Wanted>();
    for (const node of [...this.fields(selection).values()].flat()) {
      const name = node.name.value;
      if (name.startsWith('__')) continue;
      const field = selection.type.getFields()[name];
      const args = field.args.length ? getArgumentValues(field, node, this.frame.variableValues) : {};
      const key = field.args.length ? keyOf(name, args) : name;
      const same = found.get(key);
      if (same) same.nodes.push(node);
      else found.set(key, { name, args, nodes: [node] });
    }
    return found;
  }
  sub(selection: Selection, name: string): Selection | undefined {
    const nodes = [...this.fields(selection).values()].flat().filter((node) => node.name.value === name);
    return nodes.length ? { type: this.typeOf(selection.type, name), nodes } : undefined;
  }
  has = (selection: Selection | undefined, name: string): boolean => !!selection && !!this.sub(selection, name);
  private typeOf = (type: GraphQLObjectType, field: string) =>
    getNamedType(type.getFields()[field].type) as GraphQLObjectType;

  /** A row as JSON, with the fields that were asked for and the columns that computed ones need. */
  object(table: EntityMetadata, alias: string, selection: Selection, extra: Record<string, string> = {}): string {
    const out = new Map<string, string>(Object.entries(extra));
    const put = (key: string, sql: string | undefined) => sql && !out.has(key) && out.set(key, sql);
    for (const [key, { name, args, nodes }] of this.wanted(selection)) {
      const hints = selection.type.getFields()[name].extensions as Hints;
      const inner: Selection = { type: this.typeOf(selection.type, name), nodes };
      for (const need of hints.needs ?? []) put(need, this.need(table, alias, need));
      if (hints.derived?.roles.includes(this.role)) put(hints.derived.key, hints.derived.sql(alias, this.now()));
      if (hints.page) put(key, this.nestedPage(this, hints.page, alias, inner, args));
      else if (key !== name) put(key, this.relation(table, alias, hints.relation?.path ?? name, inner, hints, args));
      else if (hints.inverse) put(name, this.relation(table, alias, name, inner, hints, {}));
      else if (hints.through) put(name, this.through(table, alias, hints.through, inner, hints));
      else if (hints.listed) put(name, this.listed(alias, hints.listed, inner, hints));
      else if (hints.relation) put(name, this.relation(table, alias, hints.relation.path, inner, hints, {}));
      else if (!hints.needs) put(name, this.plain(table, alias, name, hints, inner));
    }
    return this.json(out);
  }

  private plain(
    table: EntityMetadata,
    alias: string,
    name: string,
    hints: Hints,
    inner: Selection,
  ): string | undefined {
    const relation = table.findRelationWithPropertyPath(name);
    if (relation) return this.relation(table, alias, name, inner, hints, {});
    const column = table.findColumnWithPropertyName(name);
    return column && this.mayReadField(table, name) ? `${alias}.${column.databaseName}` : undefined;
  }

  /** A column of the row, or of a to-one relation: `consortium.status`. */
  private need(table: EntityMetadata, alias: string, path: string): string | undefined {
    const [head, tail] = path.split('.');
    if (tail) return this.join(table, alias, head, (to, other) => this.need(to, other, tail) ?? 'NULL');
    return this.mayReadField(table, head) ? `${alias}.${this.column(table, head).databaseName}` : undefined;
  }

  /** A column for a comparison: of the row, or of a to-one relation that the actor may read. */
  path(table: EntityMetadata, alias: string, path: string): string {
    const [head, tail] = path.split('.');
    return tail
      ? this.join(table, alias, head, (to, other) => this.path(to, other, tail))
      : `${alias}.${this.column(table, head).databaseName}`;
  }

  private join(
    table: EntityMetadata,
    alias: string,
    path: string,
    select: (to: EntityMetadata, alias: string) => string,
  ): string {
    const relation = table.findRelationWithPropertyPath(path)!;
    const to = relation.inverseEntityMetadata;
    if (!this.mayRead(to)) return 'NULL';
    const other = this.alias();
    return `(SELECT ${select(to, other)} FROM ${to.tableName} ${other} WHERE ${this.on(table, alias, path, other)} AND ${this.allowed(to, other)})`;
  }

  on(table: EntityMetadata, alias: string, path: string, other: string): string {
    const relation = table.findRelationWithPropertyPath(path);
    if (!relation) throw new Error(`${table.name} has no relation ${path}`);
    const [join, here, there] = relation.isOwning
      ? [relation.joinColumns[0], alias, other]
      : [relation.inverseRelation!.joinColumns[0], other, alias];
    return `${there}.${join.referencedColumn!.databaseName} = ${here}.${join.databaseName}`;
  }

  protected relation(
    table: EntityMetadata,
    alias: string,
    path: string,
    selection: Selection,
    hints: Hints,
    args: Record<string, unknown>,
  ): string {
    const relation = table.findRelationWithPropertyPath(path);
    const to = hints.inverse ? this.table(hints.inverse.entity) : relation!.inverseEntityMetadata;
    const many = !hints.relation?.first && (!relation || relation.isOneToMany);
    if (!this.mayRead(to)) return many && !hints.nullable ? "'[]'::json" : 'NULL';
    const other = this.alias();
    const row = this.object(to, other, selection, { __type: `'${to.name}'` });
    const joined = hints.inverse ? this.on(to, other, hints.inverse.by, alias) : this.on(table, alias, path, other);
    const where = [joined, this.allowed(to, other)];
    for (const [property, test] of Object.entries(hints.relation?.where ?? {}))
      where.push(`${other}.${this.column(to, property).databaseName} ${test}`);
    for (const [property, value] of Object.entries(args))
      if (value !== undefined && value !== null)
        where.push(`${other}.${this.column(to, property).databaseName} = ${this.constant(value)}`);
    const order = () => this.order(to, other, hints.orderBy ?? ['id']);
    if (hints.relation?.first)
      return `(SELECT ${row} FROM ${to.tableName} ${other} WHERE ${where.join(' AND ')} ORDER BY ${order()} LIMIT 1)`;
    if (!many) return `(SELECT ${row} FROM ${to.tableName} ${other} WHERE ${where.join(' AND ')})`;
    const list = `(SELECT ${listOf(row, order(), hints)} FROM ${to.tableName} ${other} WHERE ${where.join(' AND ')})`;
    if (!hints.nullable) return list;
    const link = hints.inverse?.by ?? relation!.inverseRelation!.propertyName;
    return `CASE WHEN ${this.mayReadBelow(table, alias, to, link)} THEN ${list} END`;
  }

  /**
   * Null is for whoever may read no such row here, an empty list for whoever may and finds none: so the rule is asked of the row
   * above, which carries the same scope. `link` is the relation that leads up.
   */
  mayReadBelow(table: EntityMetadata, alias: string, to: EntityMetadata, link: string): string {
    const [join] = to.findRelationWithPropertyPath(link)!.joinColumns;
    return condition(this.role, 'read', to, alias, this, (property) => {
      const column =
        property === join.propertyName ? join.referencedColumn : table.findColumnWithPropertyName(property);
      return column && `${alias}.${column.databaseName}`;
    });
  }

  order(table: EntityMetadata, alias: string, properties: readonly string[]): string {
    return properties
      .map((p) =>
        p.startsWith('-')
          ? `${alias}.${this.column(table, p.slice(1)).databaseName} DESC`
          : `${alias}.${this.column(table, p).databaseName}`,
      )
      .join(', ');
  }

  protected listed(
    alias: string,
    { entity, rows }: NonNullable<Hints['listed']>,
    selection: Selection,
    hints: Hints,
  ): string {
    const to = this.table(entity);
    const [l, t] = [this.alias(), this.alias()];
    const row = this.object(to, t, selection, { __type: `'${to.name}'` });
    return `(SELECT ${listOf(row, `${l}.position`, hints)} FROM (${rows(alias, this.now())}) ${l} JOIN ${to.tableName} ${t} ON ${t}.id = ${l}.id WHERE ${this.allowed(to, t)})`;
  }

  protected through(
    table: EntityMetadata,
    alias: string,
    hint: NonNullable<Hints['through']>,
    selection: Selection,
    hints: Hints,
  ): string {
    const link = table.findRelationWithPropertyPath(hint.links)!.inverseEntityMetadata;
    const target = link.findRelationWithPropertyPath(hint.target)!.inverseEntityMetadata;
    if (!this.mayRead(link) || !this.mayRead(target)) return "'[]'::json";
    const [l, t] = [this.alias(), this.alias()];
    const where = [this.on(table, alias, hint.links, l), this.allowed(link, l), this.allowed(target, t)];
    for (const [property, value] of Object.entries(hint.where ?? {}))
      where.push(`${l}.${this.column(link, property).databaseName} = '${value}'`);
    const row = this.object(target, t, selection, { __type: `'${target.name}'` });
    return `(SELECT ${listOf(row, this.order(link, l, [hint.orderBy, 'id']), hints)} FROM ${link.tableName} ${l} JOIN ${target.tableName} ${t} ON ${this.on(link, l, hint.target, t)} WHERE ${where.join(' AND ')})`;
  }

  /** json_build_object takes a hundred arguments at most. */
  json(fields: Map<string, string>): string {
    const pairs = [...fields].map(([key, sql]) => `'${key.replaceAll("'", "''")}', ${sql}`);
    if (pairs.length <= 50) return `json_build_object(${pairs.join(', ')})`;
    const parts: string[] = [];
    for (let i = 0; i < pairs.length; i += 50) parts.push(`jsonb_build_object(${pairs.slice(i, i + 50).join(', ')})`);
    return `(${parts.join(' || ')})::json`;
  }
}
