import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Field, FieldResolver, Info, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { named } from '../access/session.js';
import type { Tokens } from '../access/tokens.js';
import { Consortium } from '../consortia/consortium.entity.js';
import { connection } from '../graph/connections.js';
import { Direct } from '../graph/direct.js';
import { DepartmentKind, Role } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { PageArgs } from '../graph/page-args.js';
import { Payload } from '../graph/payload.js';
import { City, Province } from '../provinces/province.entity.js';
import type { Context } from '../reading/context.js';
import type { PageDefinition } from '../reading/pages.js';
import { issueToken, revokeToken } from './issue.js';
import { AccessToken } from './token.entity.js';
import { IssueTokenInput, RevokeTokenInput } from './token.input.js';
import { IssueTokenPayload, RevokeTokenPayload } from './token.payload.js';

export const AccessTokenConnection = connection('AccessToken', () => AccessToken, '令牌');

export const tokenPages: Record<string, PageDefinition> = {
  accessTokens: {
    entity: AccessToken,
    sorts: { CREATED_AT: ['createdAt'] },
    defaultSort: { field: 'CREATED_AT', direction: 'DESC' },
  },
};

@ObjectType({
  description: '来访者：角色与范围；无令牌则为公众。 Who is asking, with which scope; without a token: PUBLIC.',
})
export class Viewer {
  @Field(() => Role, { description: '角色。 Role.' })
  role!: Role;
  @Field({ description: '显示名称。 Name to show.' })
  displayName!: string;
  @Field(() => Province, { nullable: true, description: '限定的省。 Province of the scope.' })
  province?: Province | null;
  @Field(() => City, { nullable: true, description: '限定的市州。 City of the scope.' })
  city?: City | null;
  @Field(() => DepartmentKind, { nullable: true, description: '限定的部门。 Department of the scope.' })
  department!: DepartmentKind | null;
  @Field(() => Consortium, { nullable: true, description: '限定的联合体。 Consortium of the scope.' })
  consortium?: Consortium | null;
  @Field(() => AccessToken, { nullable: true, description: '所用令牌。 The token in use.' })
  token?: AccessToken | null;
}

/** Not as it was signed: a corrected list may have moved the consortium to another city since, and its tokens with it. */
const CITY = named('SELECT city_id AS id FROM access_token WHERE id = $1');
const INPUT = { description: '输入。 Input.' };

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { description: '来访者。 Who is asking.' })
  viewer(@Ctx() c: Context): Viewer {
    const { role, name, department } = c.actor;
    const displayName = role === 'PUBLIC' ? labelOf('Role', 'PUBLIC', c.language) : name;
    return { role: role as Role, displayName, department };
  }
  @FieldResolver()
  province(@Root() _: Viewer, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.actor.provinceId ? c.reader.one<Province>(info, c.session, Province, { id: c.actor.provinceId }) : null;
  }
  @FieldResolver()
  async city(@Root() _: Viewer, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    if (!c.actor.cityId) return null;
    const [{ id }] = await c.session.query<{ id: string }>(CITY, [c.actor.tokenId]);
    return c.reader.one<City>(info, c.session, City, { id });
  }
  @FieldResolver()
  consortium(@Root() _: Viewer, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.actor.consortiumId
      ? c.reader.one<Consortium>(info, c.session, Consortium, { id: c.actor.consortiumId })
      : null;
  }
  @FieldResolver()
  token(@Root() _: Viewer, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.actor.tokenId ? c.reader.one<AccessToken>(info, c.session, AccessToken, { id: c.actor.tokenId }) : null;
  }
}

@Resolver(() => AccessToken)
export class AccessTokenResolver {
  @Query(() => AccessTokenConnection, {
    description:
      '您可撤销的令牌与您自己的令牌，最新的在前；密文不再显示。 Tokens that the viewer may revoke, and its own, newest first; secrets are never shown again.',
  })
  @Direct()
  accessTokens(@Args() args: PageArgs, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.page(info, c.session, 'accessTokens', args);
  }

  @Mutation(() => IssueTokenPayload, {
    nullable: true,
    description: '签发令牌；谁可为见 docs/permissions.md。 Issue a token (bureau, province, administrator).',
  })
  async issueToken(
    @Arg('input', () => IssueTokenInput, INPUT) input: IssueTokenInput,
    @Ctx() c: Context & { tokens: Tokens; secrets: string[] },
  ) {
    const outcome = await issueToken(c, input, c.tokens);
    if (outcome.secret) c.secrets.push(outcome.secret);
    return Payload.of(IssueTokenPayload, outcome);
  }
  @Mutation(() => RevokeTokenPayload, {
    nullable: true,
    description: '撤销令牌，自下一次请求起拒绝。 Revoke a token: refused from the next request on.',
  })
  async revokeToken(@Arg('input', () => RevokeTokenInput, INPUT) input: RevokeTokenInput, @Ctx() c: Context) {
    return Payload.of(RevokeTokenPayload, await revokeToken(c, input));
  }
}
