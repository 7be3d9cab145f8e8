import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { connection } from '../graph/connections.js';
import { Direct } from '../graph/direct.js';
import type { Context } from '../reading/context.js';
import type { PageDefinition } from '../reading/pages.js';
import { Organization } from './organization.entity.js';
import { OrganizationsArgs } from './organization.input.js';

export const OrganizationConnection = connection('Organization', () => Organization, '单位');

export const organizationPages: Record<string, PageDefinition> = {
  organizations: {
    entity: Organization,
    sorts: { NAME: ['nameSort'] },
    defaultSort: { field: 'NAME', direction: 'ASC' },
    filters: { kind: { column: 'kind' }, name: { column: 'name', search: 'searchText' } },
    search: 'searchText',
  },
};

@Resolver(() => Organization)
export class OrganizationResolver {
  @Query(() => OrganizationConnection, { description: '单位名录，按名称拼音排序。 Organizations, in pinyin order.' })
  @Direct()
  organizations(@Args() args: OrganizationsArgs, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.page(info, c.session, 'organizations', args);
  }
}
