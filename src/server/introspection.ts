import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isWrappingType,
  Kind,
} from 'graphql';

/** The lists of a type, by the names under which introspection answers them. */
type Lists = 'fields' | 'inputFields' | 'enumValues' | 'interfaces' | 'possibleTypes';
type Sizes = Record<Lists, number> & { argsOfEach: number };
const LISTS: readonly Lists[] = ['fields', 'inputFields', 'enumValues', 'interfaces', 'possibleTypes'];

/** Types that others lead to have more fields than the average one. */
const MARGIN = 2;

/**
 * What introspection answers is known beforehand: of all types together exactly, of one that is named by how much larger its lists
 * are than the average. So it costs what it weighs, and the whole schema once stays far below the limit.
 */
export class Introspection {
  private readonly averages: Record<string, number>;
  private readonly sizes = new Map<string, Sizes>();

  constructor(schema: GraphQLSchema) {
    const types = Object.values(schema.getTypeMap());
    for (const type of types) this.sizes.set(type.name, sizesOf(schema, type));
    const fields = types.flatMap((type) =>
      isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
    );
    const inputs = types.flatMap((type) => (isInputObjectType(type) ? Object.values(type.getFields()) : []));
    const args = fields.flatMap((field) => field.args);
    const directives = schema.getDirectives();
    // an endless row of them is as long as types are wrapped on an average
    const all = [...fields, ...inputs, ...args];
    const wrapped = all.reduce((sum, { type }) => sum + depthOf(type), 0) / all.length;
    this.averages = {
      '__Schema.types': types.length,
      '__Schema.directives': directives.length,
      '__Type.ofType': wrapped / (1 + wrapped),
      '__Field.args': args.length / fields.length,
      '__Directive.args': Math.max(...directives.map((d) => d.args.length)),
      '__Directive.locations': Math.max(...directives.map((d) => d.locations.length)),
    };
    for (const list of LISTS)
      this.averages[`__Type.${list}`] =
        types.reduce((sum, { name }) => sum + this.sizes.get(name)![list], 0) / types.length;
  }

  /** How many objects or values a field of introspection answers; undefined: it is none. */
  times(parent: string, field: string, node: FieldNode, args: Record<string, unknown>): number | undefined {
    if (field === '__schema') return MARGIN;
    if (field === '__type') return MARGIN * this.larger(node, args.name);
    if (!parent.startsWith('__')) return undefined;
    return this.averages[`${parent}.${field}`] ?? 1;
  }

  /** Descriptions are in two languages. */
  weighs = (field: string): number | undefined => (field === 'description' ? 150 : undefined);

  /** Whose name a variable brings can be the largest of all. */
  private larger(node: FieldNode, name: unknown): number {
    const literal = node.arguments?.every(({ value }) => value.kind === Kind.STRING);
    const named = literal ? [this.sizes.get(String(name))] : [...this.sizes.values()];
    const than = (size: number, average: number) => size / (average || 1);
    const ratios = named.flatMap((sizes) => {
      if (!sizes) return [];
      const own = LISTS.map((list) => than(sizes[list], this.averages[`__Type.${list}`]));
      return Math.max(...own) * Math.max(1, than(sizes.argsOfEach, this.averages['__Field.args']));
    });
    return Math.max(1, ...ratios);
  }
}

function sizesOf(schema: GraphQLSchema, type: GraphQLNamedType): Sizes {
  const composite = isObjectType(type) || isInterfaceType(type);
  const fields = composite ? Object.values(type.getFields()) : [];
  return {
    argsOfEach: fields.reduce((sum, { args }) => sum + args.length, 0) / (fields.length || 1),
    fields: fields.length,
    inputFields: isInputObjectType(type) ? Object.keys(type.getFields()).length : 0,
    enumValues: isEnumType(type) ? type.getValues().length : 0,
    interfaces: composite ? type.getInterfaces().length : 0,
    possibleTypes: isAbstractType(type) ? schema.getPossibleTypes(type).length : 0,
  };
}

function depthOf(type: unknown): number {
  let depth = 0;
  for (let at = type; isWrappingType(at as never); at = (at as { ofType: unknown }).ofType) depth++;
  return depth;
}

const known = new WeakMap<GraphQLSchema, Introspection>();
export function introspectionOf(schema: GraphQLSchema): Introspection {
  let made = known.get(schema);
  if (!made) {
    made = new Introspection(schema);
    known.set(schema, made);
  }
  return made;
}
