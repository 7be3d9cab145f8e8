import 'reflect-metadata';
import { type GraphQLSchema, isAbstractType, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { tokenFirst } from './access/token-first.js';
import { ReportArchiveResolver } from './archive/archive.resolver.js';
import { Board, BoardMember } from './boards/board.entity.js';
import { Consortium, Designation } from './consortia/consortium.entity.js';
import { ConsortiumResolver, consortiumPages } from './consortia/consortium.resolver.js';
import { sayBounds } from './graph/bounds.js';
import { EnumLabelResolver } from './graph/enum-labels.js';
import { addLabels } from './graph/label-fields.js';
import { DateTimeResolver } from './graph/scalars.js';
import { Organization, Park } from './organizations/organization.entity.js';
import { OrganizationResolver, organizationPages } from './organizations/organization.resolver.js';
import { City, Department, Province } from './provinces/province.entity.js';
import { ProvinceResolver } from './provinces/province.resolver.js';
import { NodeResolver } from './reading/node.resolver.js';
import type { PageDefinition } from './reading/pages.js';
import { Receipt } from './receipts/receipt.entity.js';
import { ReceiptResolver, RevisionReceiptsResolver } from './receipts/receipt.resolver.js';
import { ReportDocument } from './reports/document.entity.js';
import { ReportEvent } from './reports/event.entity.js';
import { ReportObligation } from './reports/obligation.entity.js';
import { Report } from './reports/report.entity.js';
import { ReportMutations } from './reports/report.mutations.js';
import {
  ConsortiumReportsResolver,
  ReportDocumentResolver,
  ReportEventResolver,
  ReportObligationResolver,
  ReportResolver,
  reportPages,
} from './reports/report.resolver.js';
import { ReportRevision } from './reports/revision.entity.js';
import { SealResolver } from './seals/seal.resolver.js';
import { SealRequestResolver } from './seals/seal-request.resolver.js';
import { SealRequirement } from './seals/seal-requirement.entity.js';
import { ReportTemplateResolver } from './templates/template.resolver.js';
import { AccessToken } from './tokens/token.entity.js';
import { AccessTokenResolver, tokenPages, ViewerResolver } from './tokens/token.resolver.js';

/** Every list there is, for the compiler of pages. */
export const pages: Record<string, PageDefinition> = {
  ...organizationPages,
  ...consortiumPages,
  ...reportPages,
  ...tokenPages,
};

/** The API, assembled from its features and sorted, so that the committed file differs only where the API does. */
export async function createSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      NodeResolver,
      EnumLabelResolver,
      ProvinceResolver,
      OrganizationResolver,
      ConsortiumResolver,
      ReportObligationResolver,
      ReportResolver,
      ReportEventResolver,
      ReportDocumentResolver,
      ConsortiumReportsResolver,
      ReportMutations,
      SealResolver,
      SealRequestResolver,
      ReceiptResolver,
      RevisionReceiptsResolver,
      ReportTemplateResolver,
      ReportArchiveResolver,
      ViewerResolver,
      AccessTokenResolver,
    ],
    // whatever node(id) may answer, whether or not a field leads to it
    orphanedTypes: [
      Province,
      City,
      Department,
      Park,
      Organization,
      Designation,
      Consortium,
      Board,
      BoardMember,
      ReportObligation,
      Report,
      ReportRevision,
      ReportDocument,
      ReportEvent,
      Receipt,
      SealRequirement,
      AccessToken,
    ],
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
