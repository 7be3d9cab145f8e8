import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import type { Tokens } from '../access/tokens.js';
import { AtMost } from '../graph/hints.js';
import { Payload } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { IssueTokenPayload } from '../tokens/token.payload.js';
import { attestSeal } from './attest.js';
import { decideSealRequirement } from './requirement.js';
import { AttestSealInput, DecideSealRequirementInput, IssueSealTokenInput } from './seal.input.js';
import { AttestSealPayload, DecideSealRequirementPayload } from './seal.payload.js';
import { SealRequirement } from './seal-requirement.entity.js';
import { issueSealToken } from './seal-tokens.js';

const INPUT = { description: '输入。 Input.' };

@Resolver(() => SealRequirement)
export class SealResolver {
  @Query(() => [SealRequirement], {
    description:
      '各省的用印规定，新者在前；无规定时为牵头学校与牵头企业。 What provinces decided on seals, latest first; without any, lead schools and lead enterprises seal.',
  })
  @AtMost(1_000)
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

  @Mutation(() => AttestSealPayload, {
    nullable: true,
    description:
      '确认某牵头单位的印章盖在所附PDF上；谁可为见 docs/permissions.md。 Record a lead unit’s seal (board, or the unit itself).',
  })
  async attestSeal(@Arg('input', () => AttestSealInput, INPUT) input: AttestSealInput, @Ctx() c: Context) {
    return Payload.of(AttestSealPayload, await attestSeal(c, input));
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
