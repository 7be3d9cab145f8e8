import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Field, Info, ObjectType } from 'type-graphql';
import { Payload } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { AccessToken } from './token.entity.js';

@ObjectType()
abstract class TokenPayload extends Payload {
  id!: string | null;
  @Field(() => AccessToken, { nullable: true, description: '令牌。 The token.' })
  token(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<AccessToken | null> {
    return c.afterwards<AccessToken>(info, AccessToken, this.id);
  }
}

@ObjectType({ description: '签发的结果。 Answer to issueToken.' })
export class IssueTokenPayload extends TokenPayload {
  @Field(() => String, { nullable: true, description: '令牌密文，只显示这一次。 The token itself, shown this once.' })
  secret?: string | null;
}
@ObjectType({ description: '撤销的结果。 Answer to revokeToken.' })
export class RevokeTokenPayload extends TokenPayload {}
