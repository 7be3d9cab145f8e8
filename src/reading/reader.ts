import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { getNamedType, Kind, visit } from 'graphql';
import type { DataSource } from 'typeorm';
import type { Actor } from '../access/actor.js';
import { hasRight, wallOneStands } from '../access/conditions.js';
import { named, type Session, type Statement } from '../access/session.js';
import { isDirect, Json } from '../graph/direct.js';
import { AnswerWriter } from './answer-writer.js';
import {
  compileDirectPage,
  compilePage,
  connectionOf,
  type PageArguments,
  type PageDefinition,
  planOf,
  valuesOf,
} from './pages.js';
import { type Bound, keyOf, type NestedPage, Writer } from './writer.js';

type Compiled = { statement: Statement; bound: Bound[] };
type Where = Record<string, unknown>;

const MAX_SHAPES = 64;

/** One root field, one statement: the compiled text is kept by document, role and shape of the arguments. */
export class Reader {
  private readonly compiled = new WeakMap<FieldNode, Map<string, Compiled>>();

  constructor(
    private readonly source: DataSource,
    private readonly pages: Record<string, PageDefinition>,
  ) {}

  /** The one row with these values that the actor may see, or null. */
  async one<R = any>(
    info: GraphQLResolveInfo,
    session: Session,
    entity: Function,
    where: Where,
    type?: GraphQLObjectType,
  ): Promise<R | null> {
    const rows = await this.list<R>(info, session, entity, where, { type, limit: 1 });
    return isDirect(info) ? (new Json((rows[0] as string | undefined) ?? 'null') as R) : (rows[0] ?? null);
  }

  /** A short fixed list; `where` values may be arrays. */
  async list<R = any>(
    info: GraphQLResolveInfo,
    session: Session,
    entity: Function,
    where: Where,
    {
      type,
      orderBy = ['id'],
      limit = 1000,
      needs = [],
    }: { type?: GraphQLObjectType; orderBy?: string[]; limit?: number; needs?: string[] } = {},
  ): Promise<R[]> {
    const given = Object.entries(where).filter(([, value]) => value !== undefined);
    const values = given.map(([, value]) => value);
    const shape = `${entity.name}|${given.map(([key, v]) => key + Array.isArray(v))}|${type?.name}|${limit}`;
    const c = this.compile(info, session.actor.role, shape, values.length, (w) => {
      const table = w.table(entity);
      if (!w.mayRead(table)) return unread(values.length);
      const alias = w.alias();
      const selection = { type: type ?? (getNamedType(info.returnType) as GraphQLObjectType), nodes: info.fieldNodes };
      const extra = Object.fromEntries(needs.map((need) => [need, `${alias}.${w.column(table, need).databaseName}`]));
      const row = w.object(table, alias, selection, { __type: `'${table.name}'`, ...extra });
      const conditions = given.map(([key, value], i) => {
        const column = w.path(table, alias, key);
        return Array.isArray(value) ? `${column} = ANY($${i + 1})` : `${column} = $${i + 1}`;
      });
      const asText = isDirect(info) ? '::text' : '';
      return `SELECT ${row}${asText} r FROM ${table.tableName} ${alias} WHERE ${[w.allowed(table, alias), ...conditions].join(' AND ')} ORDER BY ${w.order(table, alias, orderBy)} LIMIT ${limit}`;
    });
    const rows = await this.run<{ r: R }>(info, session, c, values);
    return rows.map(({ r }) => r);
  }

  /** A keyset page of the list called `name`. */
  async page(info: GraphQLResolveInfo, session: Session, name: string, args: PageArguments) {
    const definition = this.pages[name];
    const plan = planOf(definition, args);
    const { role } = session.actor;
    const entity = this.source.getMetadata(definition.entity).name;
    // whoever may read none of them is asked nothing
    const values =
      !wallOneStands() || hasRight(role, 'read', entity) ? valuesOf(this.source, { definition, args, plan }) : [];
    const shape = `${name}|${plan.limit}|${plan.backward}|${plan.anchored}|${plan.order}|${plan.descending}|${shapeOf(args.filter)}|${!!args.query}`;
    const c = this.compile(info, role, shape, values.length, (w) => {
      let n = 0;
      const request = { definition, args, plan, bind: () => `$${++n}` };
      const selection = { type: getNamedType(info.returnType) as GraphQLObjectType, nodes: info.fieldNodes };
      return w instanceof AnswerWriter
        ? `SELECT ${compileDirectPage(w, request, selection)}::text r`
        : `SELECT ${compilePage(w, request, selection)} r`;
    });
    const [{ r }] = await this.run<{ r: any }>(info, session, c, values);
    return isDirect(info) ? new Json(r) : connectionOf(r, plan)!;
  }

  /** The key under which a nested field with arguments lies in its row. */
  nested(row: any, info: GraphQLResolveInfo, name: string, args: PageArguments) {
    return connectionOf(row[keyOf(String(info.path.key))] ?? null, planOf(this.pages[name], args));
  }

  private run<R>(info: GraphQLResolveInfo, session: Session, c: Compiled, values: unknown[]): Promise<R[]> {
    const all = [...values, ...c.bound.map((b) => ('scope' in b ? session.actor[b.scope] : b.constant))];
    const last = info.operation.operation === 'query' && !info.path.prev && isOnlyField(info);
    return session.query<R>(c.statement, all, last);
  }

  private key(info: GraphQLResolveInfo, role: Actor['role'], shape: string): string {
    return `${role}|${wallOneStands()}|${isDirect(info)}|${shape}|${variablesInside(info)}`;
  }

  private compile(
    info: GraphQLResolveInfo,
    role: Actor['role'],
    shape: string,
    runtimeValues: number,
    build: (w: Writer) => string,
  ): Compiled {
    const key = this.key(info, role, shape);
    const byShape = this.compiled.get(info.fieldNodes[0]) ?? new Map<string, Compiled>();
    this.compiled.set(info.fieldNodes[0], byShape);
    let found = byShape.get(key);
    if (!found) {
      const Writes = isDirect(info) ? AnswerWriter : Writer;
      const w = new Writes(this.source, info, role, runtimeValues, this.nestedPage);
      found = { statement: named(build(w)), bound: w.bound };
      if (byShape.size >= MAX_SHAPES) byShape.clear();
      byShape.set(key, found);
    }
    return found;
  }

  private nestedPage: NestedPage = (w, hint, parent, selection, args) => {
    const definition = this.pages[hint];
    const request = {
      definition,
      args: args as PageArguments,
      plan: planOf(definition, args as PageArguments),
      bind: w.constant,
    };
    return compilePage(w, request, selection, parent);
  };
}

/** Nothing, of the same shape; the values are named, since a statement must use what it is given. */
const unread = (values: number): string =>
  `SELECT NULL::json r WHERE FALSE${Array.from({ length: values }, (_, i) => ` AND $${i + 1}::text IS NULL`).join('')}`;

/** The structure of a filter without its values. */
const shapeOf = (value: any): string =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? `{${Object.entries(value).map(([k, v]) => (v === null || v === undefined ? '' : `${k}${shapeOf(v)}`))}}`
    : Array.isArray(value) && typeof value[0] === 'object'
      ? `[${value.map(shapeOf)}]`
      : typeof value === 'boolean'
        ? String(value)
        : '';

const single = new WeakMap<object, boolean>();
function isOnlyField(info: GraphQLResolveInfo): boolean {
  let only = single.get(info.operation);
  if (only === undefined) {
    const { selections } = info.operation.selectionSet;
    only = selections.length === 1 && selections[0].kind === Kind.FIELD && selections[0].name.value !== 'nodes';
    single.set(info.operation, only);
  }
  return only;
}

const inside = new WeakMap<FieldNode, string[]>();
/** Values of the variables that stand below the root field: in @skip, @include and arguments of nested fields. */
function variablesInside(info: GraphQLResolveInfo): string {
  let names = inside.get(info.fieldNodes[0]);
  if (!names) {
    const found = new Set<string>();
    const note = { Variable: (node: { name: { value: string } }) => void found.add(node.name.value) };
    for (const node of info.fieldNodes) if (node.selectionSet) visit(node.selectionSet, note);
    for (const fragment of Object.values(info.fragments)) visit(fragment.selectionSet, note);
    names = [...found];
    inside.set(info.fieldNodes[0], names);
  }
  return names.length ? JSON.stringify(names.map((name) => info.variableValues[name])) : '';
}
