import {
  type FieldNode,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { ApiError } from '../graph/errors.js';
import type { Text } from '../graph/language.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graph/page-size.js';
import type { Admitted } from './documents.js';
import { LIMITS } from './limits.js';
import { inputProblem, Refusal } from './problems.js';

type Variables = Record<string, unknown>;

const LIST = 5;
/** An object costs 1, each of its values a tenth: a thousand rows of two hundred aliased values are not cheap. */
const LEAF = 0.1;

const ARGUMENTS: Text = {
  zh: '参数有误，请对照接口文档修改。',
  en: 'An argument is not valid; compare it with the documentation.',
};

/** How many objects one field can answer: a page's size, the length of a list of ids, a guess for other lists. */
function multiplier(type: GraphQLOutputType, args: Variables): number {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) {
    const given = Object.values(args).find(Array.isArray);
    return given ? Math.max(given.length, 1) : LIST;
  }
  if (!isObjectType(named) || !named.getFields().pageInfo) return 1;
  const size = args.first ?? args.last ?? DEFAULT_PAGE;
  return typeof size === 'number' ? Math.min(Math.max(size, 1), MAX_PAGE) : DEFAULT_PAGE;
}

/** `nodes` and `edges` of a page: counted by the page itself. */
const inPage = (parent: unknown, field: string): boolean =>
  (field === 'nodes' || field === 'edges') && isObjectType(parent) && Boolean(parent.getFields().pageInfo);

const estimator =
  (onField?: (node: FieldNode, times: number) => void): ComplexityEstimator =>
  ({ type, field, node, args, childComplexity }) => {
    if (!isCompositeType(getNamedType(field.type))) return LEAF;
    const times = inPage(type, field.name) ? 1 : multiplier(field.type, args);
    onField?.(node, times);
    return 1 + times * childComplexity;
  };

/** The cost of one operation with these variables; refused above the limit, with the paths that make it so. */
export function costOf(
  schema: GraphQLSchema,
  admitted: Admitted,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const declared = operation.variableDefinitions?.map(({ variable: { name } }) => name.value) ?? [];
  const given = declared.map((name) => (Object.hasOwn(variables, name) ? shape(variables[name]) : 'absent'));
  const key = JSON.stringify([operation.name?.value, given]);
  const known = admitted.costs.get(key);
  if (known !== undefined) return known;
  const cost = compute(schema, admitted, operation, variables, estimator());
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
    estimator((node, n) => times.set(node, n)),
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
