import type { PageDefinition } from './reading/pages.js';
import type { Way } from './workflow/workflow.js';

/**
 * All that a folder brings, registered in one place: tables, schema, `node(id)`, lists, workflows and their checks follow from it.
 * An entity says its prefix and its words itself (`@Registered`), a right its words in access/policy.ts.
 */
export type Feature = {
  /** Tables. Those that are GraphQL types as well are what `node(id)` can answer. */
  entities?: readonly Function[];
  /** type-graphql's resolvers: queries, fields and mutations. */
  resolvers?: readonly Function[];
  /** Lists, by the name under which a resolver asks for them. */
  pages?: Record<string, PageDefinition>;
  workflows?: readonly Way[];
};
