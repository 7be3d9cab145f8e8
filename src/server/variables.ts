import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { LIMITS, notText, tooManyValues, valueTooDeep } from './limits.js';
import { apiErrorIn, badInput, detailOf, Refusal } from './problems.js';
import { unsafeText } from './text.js';

type Variables = Record<string, unknown>;

/** No more values in the request's JSON than are looked at, and no level or text that would fail further down. Without recursion: the JSON is the client's. */
export function checkJson(value: unknown): void {
  let level: unknown[] = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.valueDepth) throw new Refusal(valueTooDeep());
    values += level.length;
    if (values > LIMITS.values) throw new Refusal(tooManyValues());
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'string') {
        if (unsafeText(item)) throw new Refusal(notText());
      } else if (Array.isArray(item)) for (const one of item) next.push(one);
      else if (item !== null && typeof item === 'object') {
        for (const [key, one] of Object.entries(item)) {
          if (unsafeText(key)) throw new Refusal(notText());
          next.push(one);
        }
      }
    }
    level = next;
  }
}

/** The variables as graphql-js coerces them, or a refusal; its messages quote the client's values, so the refusal is worded here. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): Variables {
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, variables, { maxErrors: LIMITS.errors });
  if (coerced) return coerced;
  const problems: GraphQLError[] = [];
  for (const definition of definitions) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type as never) as GraphQLInputType | undefined;
    if (!isInputType(type)) continue;
    const report = (path: readonly (string | number)[], error?: GraphQLError): void => {
      const own = apiErrorIn(error);
      const place = ['$', name, ...path.map((p) => (typeof p === 'number' ? `[${p}]` : `.${p}`))].join('');
      if (problems.length < LIMITS.errors) problems.push(own ?? invalid(place, reason(type, path, error)));
    };
    if (Object.hasOwn(variables, name))
      coerceInputValue(variables[name], type, (path, _, error) => report(path, error));
    else if (!definition.defaultValue && getNullableType(type) !== type) report([]);
  }
  throw new Refusal(problems.length > 0 ? problems : invalid('$', 'Not valid.'));
}

const invalid = (variable: string, detail: string) =>
  badInput(
    {
      zh: `变量 ${variable} 的值不符合其类型：${detail}`,
      en: `The variable ${variable} has an invalid value: ${detail}`,
    },
    { variable, detail },
  );

const SAFE = /^(Field "|Expected (non-nullable )?type "[^"]+" (to be an object|not to be null))/;

function reason(type: GraphQLInputType, path: readonly (string | number)[], error?: GraphQLError): string {
  if (error && SAFE.test(error.message)) return detailOf(error.message);
  const wanted = path.reduce<GraphQLInputType | undefined>((at, key) => {
    const here = at && getNullableType(at);
    if (isListType(here)) return here.ofType;
    return isInputObjectType(here) ? here.getFields()[key]?.type : undefined;
  }, type);
  return wanted ? `Expected type "${wanted}".` : 'Not valid.';
}
