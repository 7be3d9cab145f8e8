import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type GraphQLField,
  GraphQLNonNull,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  locatedError,
  type NamedTypeNode,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  valueFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { asDirect, Json, NotDirect } from '../graph/direct.js';
import { Lru } from '../graph/lru.js';
import type { Admitted } from './documents.js';

export type Execution = {
  admitted: Admitted;
  operation?: OperationDefinitionNode;
  operationName?: string;
  variables: Record<string, unknown>;
  /** The same as graphql-js coerced them, defaults filled in. */
  coerced: Record<string, unknown>;
  contextValue: unknown;
};

type Entry = { uses: number; compiled?: CompiledQuery; compilable?: boolean; direct?: RootField | null };
/** The only field of an operation, and what its resolver is called with; `args`: where no variable stands in them. */
type RootField = {
  node: FieldNode;
  field: GraphQLField<unknown, unknown>;
  info: GraphQLResolveInfo;
  args?: Record<string, unknown>;
};

const COMPILED = 300;
/** Larger documents cost more to compile than they gain. */
const LONGEST = 20_000;
const MOST = 500;

/** graphql-jit from a document's second use on; graphql-js for everything that the compiler does not do alike. */
export class Executor {
  private readonly entries = new WeakMap<OperationDefinitionNode, Entry>();
  private readonly compiled = new Lru<Entry, Entry>(COMPILED, (entry) => {
    entry.compiled = undefined;
  });

  /** The schema, and one type more: of variables that are coerced already. */
  private readonly compilerSchema: GraphQLSchema;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly interpret: boolean,
  ) {
    const getType = (name: string) => (name === COERCED.name ? COERCED : schema.getType(name));
    this.compilerSchema = Object.create(schema, { getType: { value: getType } });
  }

  /**
   * The answer's data as PostgreSQL wrote it, where the operation asks for nothing that needs a resolver; nothing is parsed
   * and written again. An error is the result as it stands; undefined: execute it.
   */
  async direct(execution: Execution): Promise<string | ExecutionResult | undefined> {
    const { operation, coerced, contextValue } = execution;
    const entry = this.entryOf(execution);
    if (!entry?.direct || !operation) return undefined;
    const { node, field, info } = entry.direct;
    try {
      const args = entry.direct.args ?? getArgumentValues(field, node, coerced);
      const value = await field.resolve!(undefined, args, contextValue, { ...info, variableValues: coerced });
      const text = value instanceof Json ? value.text : 'null';
      return `{${JSON.stringify(info.path.key)}:${text}}`;
    } catch (error) {
      if (error instanceof NotDirect) {
        if (error.whoeverAsks) entry.direct = null;
        return undefined;
      }
      const data = field.type instanceof GraphQLNonNull ? null : { [info.path.key]: null };
      return { errors: [locatedError(error, info.fieldNodes, [info.path.key])], data };
    }
  }

  async execute(execution: Execution): Promise<ExecutionResult> {
    const { admitted, operation, variables, coerced, contextValue } = execution;
    const entry = this.entryOf(execution);
    const compiled = entry && operation && this.compiledFor(entry, admitted, operation);
    if (compiled) {
      const result: ExecutionResult = await compiled.query(undefined, contextValue, coerced);
      // without data nothing ran: the compiler would not take the variables
      if (result.data !== undefined) return result;
    }
    if (entry) entry.uses++;
    return execute({
      schema: this.schema,
      document: admitted.document,
      contextValue,
      variableValues: variables,
      operationName: execution.operationName,
    });
  }

  /** For tests: whether this operation runs compiled. */
  isCompiled(operation: OperationDefinitionNode): boolean {
    return Boolean(this.entries.get(operation)?.compiled);
  }

  /** What is known of an operation that was executed before; only what both ways answer alike goes another way then. */
  private entryOf({ admitted, operation }: Execution): Entry | undefined {
    if (this.interpret || !operation) return undefined;
    let entry = this.entries.get(operation);
    if (!entry) {
      entry = { uses: 0 };
      this.entries.set(operation, entry);
    } else if (entry.compilable === undefined && entry.uses > 0) {
      entry.compilable = compilable(this.schema, admitted, operation);
      entry.direct = entry.compilable ? directField(this.schema, admitted, operation) : null;
    }
    return entry;
  }

  private compiledFor(entry: Entry, admitted: Admitted, operation: OperationDefinitionNode): CompiledQuery | undefined {
    if (!entry.compilable) return undefined;
    if (entry.compiled) {
      this.compiled.get(entry);
      return entry.compiled;
    }
    const made = compileQuery(this.compilerSchema, withoutTypes(admitted.document, operation), operation.name?.value);
    if (!isCompiledQuery(made)) {
      entry.compilable = false;
      return undefined;
    }
    entry.compiled = made;
    this.compiled.set(entry, entry);
    return made;
  }
}

/**
 * What the compiler writes into its code as text must not be able to end that text: graphql-jit 0.8.9 turns a string that
 * starts with a mark of its own into code, so whatever could hold the mark, openly or escaped, is never compiled.
 */
const UNSAFE_SOURCE = /MAGIC|__proto__|\\/;

/** A variable as graphql-js left it. */
const COERCED = new GraphQLScalarType({ name: 'CoercedVariable', parseValue: (value) => value });

/**
 * The document for the compiler: its variables have no types left to parse. Its own parser of variables unrolls recursive
 * inputs, such as filters with and/or/not, into code without end, and keeps default values as JSON.
 */
function withoutTypes(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const type: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } };
  const variableDefinitions = operation.variableDefinitions?.map(({ kind, variable, loc }) => ({
    kind,
    variable,
    loc,
    type,
  }));
  const definitions = document.definitions.map((d) => (d === operation ? { ...operation, variableDefinitions } : d));
  return { ...document, definitions };
}

/**
 * Only what both executors answer alike. Not: directives (the compiler merges @skip and @include of shared fragments
 * differently), introspection, variables within literals (a missing one becomes null instead of absent), and values that
 * do not survive JSON, in which the compiler keeps literals and the defaults of arguments.
 */
function compilable(schema: GraphQLSchema, admitted: Admitted, operation: OperationDefinitionNode): boolean {
  const { document, source, measure } = admitted;
  if (measure.directives > 0 || measure.selections > MOST || source.length > LONGEST || UNSAFE_SOURCE.test(source))
    return false;
  if (operation.operation === 'subscription') return false;
  for (const node of operation.selectionSet.selections) {
    if (node.kind !== Kind.FIELD || node.name.value === '__schema' || node.name.value === '__type') return false;
  }
  let alike = true;
  const refuse = () => {
    alike = false;
    return BREAK;
  };
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () =>
        types.getFieldDef()?.args.every((a) => a.defaultValue === undefined || isPlain(a.defaultValue))
          ? undefined
          : refuse(),
      Argument: ({ value }) => {
        if (value.kind === Kind.VARIABLE) return undefined;
        const type = types.getInputType();
        return !holdsVariable(value) && type && isPlain(valueFromAST(value, type)) ? undefined : refuse();
      },
    }),
  );
  return alike;
}

/** Of a query with one root field whose resolver hands on what the reader answers. */
function directField(
  schema: GraphQLSchema,
  { document }: Admitted,
  operation: OperationDefinitionNode,
): RootField | null {
  const [node, ...others] = operation.selectionSet.selections;
  const parentType = schema.getQueryType()!;
  if (operation.operation !== 'query' || node.kind !== Kind.FIELD || others.length) return null;
  const field = parentType.getFields()[node.name.value];
  if (!field?.extensions.direct) return null;
  const fragments = Object.fromEntries(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d]] : [])),
  );
  const info = asDirect({
    fieldName: field.name,
    fieldNodes: [node],
    returnType: field.type,
    parentType,
    path: { prev: undefined, key: (node.alias ?? node.name).value, typename: parentType.name },
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues: {},
  });
  const fixed = !node.arguments?.some(({ value }) => holdsVariable(value));
  return { node, field, info, args: fixed ? getArgumentValues(field, node) : undefined };
}

function holdsVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(holdsVariable);
  if (value.kind === Kind.OBJECT) return value.fields.some((f) => holdsVariable(f.value));
  return value.kind === Kind.VARIABLE;
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(isPlain);
}
