import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { ApiError } from '../graph/errors.js';
import type { Hints } from '../graph/hints.js';
import type { Text } from '../graph/language.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graph/page-size.js';
import type { Admitted } from './documents.js';
import { type Introspection, introspectionOf } from './introspection.js';
import { LIMITS } from './limits.js';
import { inputProblem, Refusal } from './problems.js';

type Variables = Record<string, unknown>;

/** An object costs 1, each of its values a tenth: a thousand rows of two hundred aliased values are not cheap. */
const LEAF = 0.1;
/** Bytes of an answer that a tenth buys: a name and a short value. So the limit is also one of bytes, about 10 MiB. */
const LEAF_BYTES = 52;
const VALUE_BYTES = 28;

const ARGUMENTS: Text = {
  zh: '参数有误，请对照接口文档修改。',
  en: 'An argument is not valid; compare it with the documentation.',
};

const declared = (field: Pick<GraphQLField<unknown, unknown>, 'extensions'>) => field.extensions as Hints;

/** The `nodes` and `edges` of a page are counted by the page itself. */
const isPage = (type: unknown): boolean => isObjectType(type) && Boolean(type.getFields().pageInfo);
const inPage = (parent: unknown, field: string): boolean => (field === 'nodes' || field === 'edges') && isPage(parent);

/** Refuses a schema with a list that does not say how many it holds. */
export function checkLists(schema: GraphQLSchema): void {
  const silent = Object.values(schema.getTypeMap()).flatMap((type) =>
    (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__')
      ? Object.values(type.getFields())
          .filter((field) => isListType(getNullableType(field.type)) && !inPage(type, field.name))
          .filter((field) => !declared(field).atMost)
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  if (silent.length) throw new Error(`lists that do not say how many they hold (@AtMost): ${silent.join(', ')}`);
}

/** How many values or objects one field can answer: a page's size, the number of ids given, or what the list declares. */
function multiplier(field: GraphQLField<unknown, unknown>, args: Variables): number {
  const { atMost } = declared(field);
  if (atMost && isListType(getNullableType(field.type))) {
    const counted = atMost.counts && args[atMost.counts];
    if (Array.isArray(counted)) return Math.max(counted.length, 1);
    const fewer = Object.entries(atMost.given ?? {}).flatMap(([name, n]) => (args[name] == null ? [] : [n]));
    return Math.min(atMost.items, ...fewer);
  }
  if (!isPage(getNamedType(field.type))) return 1;
  const size = args.first ?? args.last ?? DEFAULT_PAGE;
  return typeof size === 'number' ? Math.min(Math.max(size, 1), MAX_PAGE) : DEFAULT_PAGE;
}

/** By what it weighs: its name in the answer, and its value where that is long. */
const leaf = (node: FieldNode, weighs = VALUE_BYTES): number =>
  LEAF * Math.max(1, ((node.alias ?? node.name).value.length + weighs) / LEAF_BYTES);

const estimator =
  (introspection: Introspection, onField?: (node: FieldNode, times: number) => void): ComplexityEstimator =>
  ({ type, field, node, args, childComplexity }) => {
    const known = introspection.times(type.name, field.name, node, args);
    const isLeaf = !isCompositeType(getNamedType(field.type));
    if (isLeaf) {
      const weighs = known ? introspection.weighs(field.name) : declared(field).weighs;
      return leaf(node, weighs) * (known ?? multiplier(field, args));
    }
    const times = known ?? (inPage(type, field.name) ? 1 : multiplier(field, args));
    onField?.(node, times);
    // a page is one object more than its rows, of which each is counted by `nodes` and `edges`
    return isPage(getNamedType(field.type)) ? 1 + times * childComplexity : times * (1 + childComplexity);
  };

/** The cost of one operation with these variables; refused above the limit, with the paths that make it so. */
export function costOf(
  schema: GraphQLSchema,
  admitted: Admitted,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const names = operation.variableDefinitions?.map(({ variable: { name } }) => name.value) ?? [];
  const given = names.map((name) => (Object.hasOwn(variables, name) ? shape(variables[name]) : 'absent'));
  const key = JSON.stringify([operation.name?.value, given]);
  const known = admitted.costs.get(key);
  if (known !== undefined) return known;
  const cost = compute(schema, admitted, operation, variables, estimator(introspectionOf(schema)));
  if (cost <= LIMITS.cost) {
    if (key.length < 500) admitted.costs.set(key, cost);
    return cost;
  }
  const times = new Map<FieldNode, number>();
  compute(
    schema,
    admitted,
    operation,
    variables,
    estimator(introspectionOf(schema), (node, n) => times.set(node, n)),
  );
  throw new Refusal(
    new ApiError('QUERY_TOO_COSTLY', {
      params: { limit: LIMITS.cost, cost, mostExpensive: mostExpensive(admitted, operation, times) },
    }),
  );
}

function compute(
  schema: GraphQLSchema,
  { document }: Admitted,
  operation: OperationDefinitionNode,
  variables: Variables,
  own: ComplexityEstimator,
): number {
  try {
    const cost = getComplexity({
      schema,
      query: document,
      variables,
      operationName: operation.name?.value,
      estimators: [fieldExtensionsEstimator(), own],
      maxQueryNodes: 2 * LIMITS.tokens,
    });
    return Math.ceil(Math.round(cost * 1000) / 1000);
  } catch (error) {
    if (error instanceof GraphQLError) throw new Refusal(inputProblem(error, ARGUMENTS));
    throw error;
  }
}

/** The paths that can answer most objects, at most three. */
function mostExpensive(
  { document }: Admitted,
  operation: OperationDefinitionNode,
  times: ReadonlyMap<FieldNode, number>,
): string[] {
  const found = new Map<string, number>();
  let left = LIMITS.selections;
  const walk = (set: SelectionSetNode | undefined, path: string, objects: number, active: readonly string[]): void => {
    for (const node of set?.selections ?? []) {
      if (left-- <= 0) return;
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, path, objects, active);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const name = node.name.value;
        const spread = document.definitions.find((d) => d.kind === Kind.FRAGMENT_DEFINITION && d.name.value === name);
        if (spread?.kind === Kind.FRAGMENT_DEFINITION && !active.includes(name)) {
          walk(spread.selectionSet, path, objects, [...active, name]);
        }
      } else if (node.selectionSet) {
        const here = path ? `${path}.${(node.alias ?? node.name).value}` : (node.alias ?? node.name).value;
        const total = objects * (times.get(node) ?? 1);
        found.set(here, Math.max(found.get(here) ?? 0, total));
        walk(node.selectionSet, here, total, active);
      }
    }
  };
  walk(operation.selectionSet, '', 1, []);
  return [...found]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([path]) => path);
}

/** What of the variables a cost can depend on: numbers, flags, lengths of lists; never the texts themselves. */
function shape(value: unknown): unknown {
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return [value.length];
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value).map(([name, inner]) => [name, shape(inner)]);
}
