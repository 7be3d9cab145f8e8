import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, ID, Info, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Tokens } from '../access/tokens.js';
import { SealUnitKind } from '../graph/enums.js';
import { Payload, Validated } from '../graph/payload.js';
import { LocalDateResolver } from '../graph/scalars.js';
import type { Context } from '../reading/context.js';
import { IssueTokenPayload } from '../tokens/token.input.js';
import { decideSealRequirement } from './requirement.js';
import { SealRequirement } from './seal-requirement.entity.js';
import { issueSealToken, SEAL_TOKEN_DAYS } from './seal-tokens.js';

const INPUT = { description: '输入。 Input.' };

@InputType({
  description:
    '为某牵头单位签发只用于确认一份PDF的令牌；此前为同一单位和材料签发的随即失效。 Issue a token for one lead unit and one PDF; those issued before for the same unit and report end.',
})
export class IssueSealTokenInput extends Validated {
  @Field(() => ID, { description: '材料编号。 The report.' })
  reportId!: string;
  @Field(() => ID, { description: '牵头单位编号。 The lead unit.' })
  organizationId!: string;
  @Field(() => Int, {
    nullable: true,
    defaultValue: SEAL_TOKEN_DAYS,
    description:
      '有效天数，1至366，默认14，不超过签发者令牌的有效期。 Days it lives, 1 to 366, 14 by default, never past the issuer’s own.',
  })
  expiresInDays?: number | null;
}

@InputType({ description: '规定自某日起哪些单位须盖章。 Decide which units must seal from a day on.' })
export class DecideSealRequirementInput extends Validated {
  @Field(() => LocalDateResolver, { description: '自此日起，不早于今日。 From this day on; not in the past.' })
  effectiveOn!: string;
  @Field(() => [SealUnitKind], {
    description:
      '须盖章的单位类别：牵头学校与牵头企业必在其中（通知第4条“各牵头单位联合盖章”）。 Kinds of unit that must seal; lead schools and lead enterprises are always among them (notice, paragraph 4).',
  })
  units!: SealUnitKind[];
}

@ObjectType({ description: '用印规定的结果。 Answer to decideSealRequirement.' })
export class DecideSealRequirementPayload extends Payload {
  id!: string | null;
  @Field(() => SealRequirement, { nullable: true, description: '用印规定。 The requirement.' })
  requirement(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<SealRequirement | null> {
    return c.afterwards<SealRequirement>(info, SealRequirement, this.id);
  }
}

@Resolver(() => SealRequirement)
export class SealResolver {
  @Query(() => [SealRequirement], {
    description:
      '各省的用印规定，新者在前；无规定时为牵头学校与牵头企业。 What provinces decided on seals, latest first; without any, lead schools and lead enterprises seal.',
  })
  sealRequirements(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('provinceCode', () => String, { nullable: true, description: '只取此省。 Of this province only.' })
    provinceCode?: string,
  ): Promise<SealRequirement[]> {
    return c.reader.list<SealRequirement>(
      info,
      c.session,
      SealRequirement,
      { 'province.code': provinceCode ?? undefined },
      { orderBy: ['-effectiveOn', '-decidedAt'] },
    );
  }

  @Mutation(() => IssueTokenPayload, {
    nullable: true,
    description:
      '理事会为某牵头单位签发用印令牌；谁可为见 docs/permissions.md。 Issue a token with which one lead unit confirms its seal on this PDF (board).',
  })
  async issueSealToken(
    @Arg('input', () => IssueSealTokenInput, INPUT) input: IssueSealTokenInput,
    @Ctx() c: Context & { tokens: Tokens; secrets: string[] },
  ): Promise<IssueTokenPayload> {
    const outcome = await issueSealToken(c, input, c.tokens);
    if (outcome.secret) c.secrets.push(outcome.secret);
    return Payload.of(IssueTokenPayload, outcome);
  }

  @Mutation(() => DecideSealRequirementPayload, {
    nullable: true,
    description:
      '省厅规定自某日起哪些牵头单位须盖章；谁可为见 docs/permissions.md。 Decide which kinds of lead unit must seal from a day on (province).',
  })
  async decideSealRequirement(
    @Arg('input', () => DecideSealRequirementInput, INPUT) input: DecideSealRequirementInput,
    @Ctx() c: Context,
  ): Promise<DecideSealRequirementPayload> {
    return Payload.of(DecideSealRequirementPayload, await decideSealRequirement(c, input));
  }
}
