import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import { connection } from '../graph/connections.js';
import { Direct } from '../graph/direct.js';
import { ApiError } from '../graph/errors.js';
import { Paged } from '../graph/hints.js';
import { PageArgs } from '../graph/page-args.js';
import { Organization } from '../organizations/organization.entity.js';
import { OrganizationConnection } from '../organizations/organization.resolver.js';
import type { Context } from '../reading/context.js';
import type { PageDefinition } from '../reading/pages.js';
import { Consortium } from './consortium.entity.js';
import { ConsortiaArgs } from './consortium.input.js';

export const ConsortiumConnection = connection('Consortium', () => Consortium, '联合体');

export const consortiumPages: Record<string, PageDefinition> = {
  consortia: {
    entity: Consortium,
    sorts: { LIST_NUMBER: ['listNumber'], NAME: ['nameSort'], CITY: ['citySort', 'listNumber'] },
    defaultSort: { field: 'LIST_NUMBER', direction: 'ASC' },
    filters: {
      cityCode: { column: 'cityCode' },
      status: { column: 'status' },
      name: { column: 'name', search: 'searchText' },
      listNumber: { column: 'listNumber' },
      organizationId: { related: 'memberships', column: 'organizationId' },
      parkId: { related: 'parkLinks', column: 'parkId' },
    },
    search: 'searchText',
  },
  'Consortium.members': {
    entity: Organization,
    sorts: { NAME: ['nameSort'] },
    defaultSort: { field: 'NAME', direction: 'ASC' },
    within: (_w, parent, row) =>
      `EXISTS (SELECT 1 FROM membership m WHERE m.consortium_id = ${parent}.id AND m.organization_id = ${row}.id AND m.role = 'MEMBER')`,
  },
};

@Resolver(() => Consortium)
export class ConsortiumResolver {
  @Query(() => Consortium, {
    nullable: true,
    description: '按编号或业务编码取联合体，二者恰取其一。 A consortium by id or by code, exactly one of the two.',
  })
  @Direct()
  consortium(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { nullable: true, description: '编号。 Id.' }) id?: string,
    @Arg('code', () => String, { nullable: true, description: '业务编码，如 430000-2024-06。 Human key.' })
    code?: string,
  ): Promise<Consortium | null> {
    if ((id == null) === (code == null))
      throw new ApiError('BAD_USER_INPUT', {
        message: { zh: 'id 与 code 须恰好给出一个。', en: 'Give exactly one of id and code.' },
      });
    return c.reader.one<Consortium>(info, c.session, Consortium, id != null ? { id } : { code });
  }

  @Query(() => ConsortiumConnection, { description: '联合体名单，任何人可读。 The list of consortia, public.' })
  @Direct()
  consortia(@Args() args: ConsortiaArgs, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.page(info, c.session, 'consortia', args);
  }

  @FieldResolver(() => OrganizationConnection, {
    description: '成员单位，按名称拼音排序。 Member units, in pinyin order.',
  })
  @Paged('Consortium.members')
  members(@Root() row: Consortium, @Args() args: PageArgs, @Ctx() c: Context) {
    return c.reader.nested(row, 'Consortium.members', args);
  }
}
