import 'reflect-metadata';
import { type GraphQLSchema, isAbstractType, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { tokenFirst } from './access/token-first.js';
import { nodes } from './entities.js';
import { features } from './features.js';
import { sayBounds } from './graph/bounds.js';
import { EnumLabelResolver } from './graph/enum-labels.js';
import { addLabels } from './graph/label-fields.js';
import { DateTimeResolver } from './graph/scalars.js';
import { NodeResolver } from './reading/node.resolver.js';
import type { PageDefinition } from './reading/pages.js';

/** Every list there is, for the compiler of pages. */
export const pages: Record<string, PageDefinition> = Object.assign({}, ...features.map((feature) => feature.pages));

/** The API, assembled from its features and sorted, so that the committed file differs only where the API does. */
export async function createSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [NodeResolver, EnumLabelResolver, ...features.flatMap(({ resolvers }) => [...(resolvers ?? [])])],
    orphanedTypes: nodes(),
    scalarsMap: [{ type: Date, scalar: DateTimeResolver }],
    validate: false,
    // the first request's validation checks the schema, and so does every test
    skipCheck: true,
  });
  addLabels(schema);
  sayBounds(schema);
  const sorted = lexicographicSortSchema(schema);
  sorted.getQueryType()!.description =
    '查询：只返回来访者可见的内容。 Queries: each answers what the viewer may see, and nothing else.';
  sorted.getMutationType()!.description =
    '变更：业务错误在 userErrors 中。 Changes: what the rules object to is in userErrors.';
  // every row names its type; type-graphql's own wrapper is asynchronous, which the compiling executor does not know
  for (const type of Object.values(sorted.getTypeMap()))
    if (isAbstractType(type)) type.resolveType = ({ __type }: { __type?: string }) => __type;
  tokenFirst(sorted);
  return sorted;
}

export const printed = (schema: GraphQLSchema): string => `${printSchema(schema)}\n`;
