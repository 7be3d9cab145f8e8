import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Bound, boundOf, type Holder, tooLong, tooManyItems } from '../graph/bounds.js';
import { Refusal } from './problems.js';

/** Where a document uses a variable: its value is measured by the place that it is meant for. */
type Use = { variable: string; type: GraphQLInputType; holder: Holder };

/**
 * Every text and list that comes from outside is measured here, by the argument or the input's field that takes it: what stands in
 * the document itself once, when it is admitted, and what variables bring at each request. Nothing behind this has to ask again.
 */
export class Operands {
  private readonly uses: Use[] = [];

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    const types = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(types, {
        Argument: ({ value }) => {
          const holder = types.getArgument();
          if (holder) this.literal(value, holder.type, holder);
          return false;
        },
      }),
    );
  }

  /** `values`: the variables as graphql-js coerced them, defaults filled in. */
  check(values: Record<string, unknown>): void {
    for (const { variable, type, holder } of this.uses) measured(values[variable], type, holder);
  }

  private literal(node: ValueNode, declared: GraphQLInputType, holder: Holder): void {
    const type = getNullableType(declared);
    if (node.kind === Kind.VARIABLE) {
      const variable = node.name.value;
      if (!this.uses.some((use) => use.variable === variable && use.holder === holder && use.type === declared))
        this.uses.push({ variable, type: declared, holder });
    } else if (isListType(type)) {
      const items = node.kind === Kind.LIST ? node.values : [node];
      count(items, holder);
      for (const item of items) this.literal(item, type.ofType, holder);
    } else if (isInputObjectType(type)) {
      if (node.kind !== Kind.OBJECT) return;
      const fields = type.getFields();
      for (const { name, value } of node.fields) {
        const field = fields[name.value];
        if (field) this.literal(value, field.type, field);
      }
    } else if (node.kind === Kind.STRING || node.kind === Kind.INT) spell(node.value, holder);
  }
}

/** As deep as the JSON that it came as, which is bounded (variables.ts). */
function measured(value: unknown, declared: GraphQLInputType, holder: Holder): void {
  const type = getNullableType(declared);
  if (typeof value === 'string') spell(value, holder);
  else if (isListType(type)) {
    if (!Array.isArray(value)) return;
    count(value, holder);
    for (const item of value) measured(item, type.ofType, holder);
  } else if (isInputObjectType(type) && value !== null && typeof value === 'object') {
    for (const field of Object.values(type.getFields()))
      measured((value as Record<string, unknown>)[field.name], field.type, field);
  }
}

function spell(text: string, holder: Holder): void {
  const { length, byRule }: Bound = boundOf(holder);
  if (byRule || text.length <= length) return;
  const actual = [...text].length;
  if (actual > length) throw new Refusal(tooLong(holder.name, length, actual));
}

function count(items: readonly unknown[], holder: Holder): void {
  const limit = boundOf(holder).items;
  if (items.length > limit) throw new Refusal(tooManyItems(holder.name, limit, items.length));
}
