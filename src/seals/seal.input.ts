import { Field, ID, InputType, Int } from 'type-graphql';
import { SealUnitKind } from '../graph/enums.js';
import { Validated } from '../graph/payload.js';
import { LocalDateResolver } from '../graph/scalars.js';
import { OnReport } from '../reports/report.input.js';
import { MAX_TOKEN_DAYS } from '../tokens/token.input.js';

export const SEAL_TOKEN_DAYS = 14;

@InputType({
  description: '确认某牵头单位的印章盖在所附PDF上。 Record that this lead unit’s seal stands on the attached PDF.',
})
export class AttestSealInput extends OnReport {
  @Field(() => ID, { description: '牵头单位编号。 The lead unit.' })
  organizationId!: string;
  @Field(() => Int, {
    nullable: true,
    description: '印章所在页，自1起，不超过PDF的页数。 Page of the seal, from 1, within the pages of the PDF.',
  })
  page?: number | null;
}

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
    description: `有效天数，1至${MAX_TOKEN_DAYS}，默认${SEAL_TOKEN_DAYS}，不超过签发者令牌的有效期。 Days it lives, 1 to ${MAX_TOKEN_DAYS}, ${SEAL_TOKEN_DAYS} by default, never past the issuer’s own.`,
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
