import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { getNamedType, Kind, visit } from 'graphql';
import type { Actor } from '../access/actor.js';
import { named, type Session, type Statement } from '../access/session.js';
import { listTooLong } from '../graph/answer-size.js';
import { isDirect, Json } from '../graph/direct.js';
import { type Hints, longest } from '../graph/hints.js';
import { Lru } from '../graph/lru.js';
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
import { type Bound, bounded, keyOf, type NestedPage, type Tables, Writer } from './writer.js';

/** `takes`: the values that the text names, in its order; a number is one of this execution's. */
type Compiled = { statement: Statement; takes: (number | Bound)[] };
type Where = Record<string, unknown>;

/** Of texts and keys together, in characters. What is longer than `LONGEST` is neither kept here nor prepared there. */
const KEPT = 8_000_000;
const LONGEST = 16_000;
/** Rows of a list that says nothing of its own. */
const MOST = 1_000;
/** No statement weighs less than this: bounds the number of short ones. */
const WEIGHT = 1_000;

/** One root field, one statement: the compiled text is kept by document, role and shape of the arguments. */
export class Reader {
  private readonly compiled = new Lru<string, Compiled>(KEPT);

  constructor(
    private readonly source: Tables,
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

  /** A short list; `where` values may be arrays. One that has grown too long is an error, never cut without a word. */
  async list<R = any>(
    info: GraphQLResolveInfo,
    session: Session,
    entity: Function,
    where: Where,
    {
      type,
      orderBy = ['id'],
      limit,
      needs = [],
    }: { type?: GraphQLObjectType; orderBy?: string[]; limit?: number; needs?: string[] } = {},
  ): Promise<R[]> {
    const most = mostOf(info);
    const rowsAsked = limit ?? most + 1;
    const given = Object.entries(where).filter(([, value]) => value !== undefined);
    const values = given.map(([, value]) => value);
    const shape = `${entity.name}|${given.map(([key, v]) => key + Array.isArray(v))}|${type?.name}|${rowsAsked}`;
    const c = this.compile(info, session.actor.role, shape, values.length, (w) => {
      const table = w.table(entity);
      if (!w.mayRead(table)) return 'SELECT NULL::json r WHERE FALSE';
      const alias = w.alias();
      const selection = { type: type ?? (getNamedType(info.returnType) as GraphQLObjectType), nodes: info.fieldNodes };
      const extra = Object.fromEntries(needs.map((need) => [need, `${alias}.${w.column(table, need).databaseName}`]));
      const row = w.object(table, alias, selection, { __type: `'${table.name}'`, ...extra });
      const conditions = given.map(([key, value], i) => {
        const column = w.path(table, alias, key);
        return Array.isArray(value) ? `${column} = ANY($${i + 1})` : `${column} = $${i + 1}`;
      });
      return `SELECT ${row} r FROM ${table.tableName} ${alias} WHERE ${[w.allowed(table, alias), ...conditions].join(' AND ')} ORDER BY ${w.order(table, alias, orderBy)} LIMIT ${rowsAsked}`;
    });
    const rows = await this.run<{ r: R }>(info, session, c, values);
    if (rows.length > most) throw listTooLong(most);
    return rows.map(({ r }) => r);
  }

  /** A keyset page of the list called `name`. */
  async page(info: GraphQLResolveInfo, session: Session, name: string, args: PageArguments) {
    const definition = this.pages[name];
    const plan = planOf(definition, this.source.getMetadata(definition.entity), args);
    const values = valuesOf(plan);
    const shape = `${name}|${plan.limit}|${plan.backward}|${plan.anchored}|${plan.order}|${plan.descending}|${plan.filter.shape}|${!!plan.search}`;
    const c = this.compile(info, session.actor.role, shape, values.length, (w) => {
      let n = 0;
      const request = { definition, plan, bind: () => `$${++n}` };
      const selection = { type: getNamedType(info.returnType) as GraphQLObjectType, nodes: info.fieldNodes };
      return w instanceof AnswerWriter
        ? `SELECT ${compileDirectPage(w, request, selection)} r`
        : `SELECT ${compilePage(w, request, selection)} r`;
    });
    const [{ r }] = await this.run<{ r: any }>(info, session, c, values);
    return isDirect(info) ? new Json(r) : connectionOf(r, plan)!;
  }

  /** The page of a field of a row: `name` is of its definition, `Type.field`. */
  nested(row: any, name: string, args: PageArguments) {
    const definition = this.pages[name];
    const raw = row[keyOf(name.slice(name.indexOf('.') + 1), args)] ?? null;
    return connectionOf(raw, planOf(definition, this.source.getMetadata(definition.entity), args));
  }

  private run<R>(info: GraphQLResolveInfo, session: Session, c: Compiled, values: unknown[]): Promise<R[]> {
    const taken = c.takes.map((t) => {
      if (typeof t === 'number') return values[t];
      if (t === 'now') return session.now();
      return 'scope' in t ? session.actor[t.scope] : t.constant;
    });
    const last = info.operation.operation === 'query' && !info.path.prev && isOnlyField(info);
    return session.query<R>(c.statement, taken, last);
  }

  private compile(
    info: GraphQLResolveInfo,
    role: Actor['role'],
    shape: string,
    runtimeValues: number,
    build: (w: Writer) => string,
  ): Compiled {
    const key = `${identityOf(info)}|${role}|${isDirect(info)}|${shape}|${variablesInside(info)}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const Writes = isDirect(info) ? AnswerWriter : Writer;
    const w = new Writes(this.source, info, role, runtimeValues, this.nestedPage);
    const { text, used } = usedIn(bounded(build(w)));
    const takes = used.map((n) => (n <= runtimeValues ? n - 1 : w.bound[n - runtimeValues - 1]));
    const plain = isDirect(info) || undefined;
    if (text.length > LONGEST) return { statement: { text, plain, answer: true }, takes };
    const made: Compiled = { statement: { ...named(text), plain, answer: true }, takes };
    if (key.length <= LONGEST) this.compiled.set(key, made, Math.max(key.length + text.length, WEIGHT));
    return made;
  }

  private nestedPage: NestedPage = (w, hint, parent, selection, args) => {
    const definition = this.pages[hint];
    const plan = planOf(definition, w.table(definition.entity), args as PageArguments);
    return compilePage(w, { definition, plan, bind: w.constant }, selection, parent);
  };
}

function mostOf({ parentType, fieldName }: GraphQLResolveInfo): number {
  const { atMost } = (parentType.getFields()[fieldName]?.extensions ?? {}) as Hints;
  return atMost ? longest(atMost) : MOST;
}

/** A statement must use every value that it is given: those that its text does not name are not sent. */
function usedIn(text: string): { text: string; used: number[] } {
  const used: number[] = [];
  const numbered = text.replace(/\$(\d+)/g, (_, digits) => {
    const n = Number(digits);
    const at = used.indexOf(n);
    return `$${at >= 0 ? at + 1 : used.push(n)}`;
  });
  return { text: numbered, used };
}

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

const numbers = new WeakMap<FieldNode, number>();
let numbered = 0;
/** Which places of which document are asked for; which of them are merged may depend on @skip and @include. */
function identityOf({ fieldNodes }: GraphQLResolveInfo): string {
  let identity = '';
  for (const node of fieldNodes) {
    let number = numbers.get(node);
    if (number === undefined) {
      number = ++numbered;
      numbers.set(node, number);
    }
    identity += `${number}.`;
  }
  return identity;
}

const inside = new WeakMap<object, string[]>();
/** Values of the variables that stand below root fields: in @skip, @include and arguments of nested fields. */
function variablesInside({ operation, fragments, variableValues }: GraphQLResolveInfo): string {
  let names = inside.get(operation);
  if (!names) {
    const found = new Set<string>();
    const note = { Variable: (node: { name: { value: string } }) => void found.add(node.name.value) };
    for (const root of operation.selectionSet.selections)
      if (root.kind !== Kind.FIELD) visit(root, note);
      else if (root.selectionSet) visit(root.selectionSet, note);
    for (const fragment of Object.values(fragments)) visit(fragment.selectionSet, note);
    names = [...found];
    inside.set(operation, names);
  }
  return names.length ? JSON.stringify(names.map((name) => variableValues[name])) : '';
}
