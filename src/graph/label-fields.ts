import {
  type GraphQLField,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Hints } from './hints.js';
import { enumNames, labelOf } from './labels.js';
import { both, type Language } from './language.js';

type Field = GraphQLField<any, { language: Language }>;

/**
 * Beside every enum of an answer its label in the reader's language: `stateLabel` beside `state`, `unitLabels` beside `units`.
 * By rule, so that no feature writes one and none is forgotten.
 */
export function addLabels(schema: GraphQLSchema): void {
  const labelled = new Set(enumNames());
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const fields = type.getFields();
    for (const field of Object.values(fields)) {
      const named = getNamedType(field.type);
      // a message says it already
      if (!isEnumType(named) || !labelled.has(named.name) || (field.name === 'code' && fields.message)) continue;
      const label = labelOfField(field, named.name);
      fields[label.name] = label;
    }
  }
}

function labelOfField(field: Field, enumName: string): Field {
  const { resolve, name } = field;
  const hints = field.extensions as Hints;
  const label = (value: unknown, language: Language): unknown => {
    if (value === null || value === undefined) return value;
    return Array.isArray(value)
      ? value.map((one) => label(one, language))
      : labelOf(enumName, value as string, language);
  };
  return {
    name: isListType(getNullableType(field.type)) ? `${name.replace(/s$/, '')}Labels` : `${name}Label`,
    description: both({ zh: `${name} 的名称，按 Accept-Language。`, en: `Label of \`${name}\`, by Accept-Language.` }),
    type: withStrings(field.type),
    args: [],
    extensions: { needs: hints.needs ?? [name], ...(hints.atMost && { atMost: hints.atMost }) } satisfies Hints,
    resolve: (row, args, context, info) =>
      label(resolve ? resolve(row, args, context, info) : row[name], context.language),
    deprecationReason: field.deprecationReason,
    astNode: undefined,
  };
}

/** The same type, of texts instead of values. */
function withStrings(type: GraphQLOutputType): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(withStrings(type.ofType) as never);
  return isListType(type) ? new GraphQLList(withStrings(type.ofType)) : GraphQLString;
}
