import { Field, ID, InputType, Int } from 'type-graphql';
import { DepartmentKind, Role } from '../graph/enums.js';
import { Validated } from '../graph/payload.js';

/** Days that a token lives, by default and at most. */
export const TOKEN_DAYS = 90;
export const MAX_TOKEN_DAYS = 366;

@InputType({
  description:
    '签发令牌：范围须合于角色，且不超出签发者自身的范围与有效期。 Issue a token; its scope must fit the role and lie within the issuer’s own.',
})
export class IssueTokenInput extends Validated {
  @Field(() => Role, {
    description:
      '角色：市州可签发理事会、协同部门；省可签发市州、专家、分析人员；管理员可签发省、管理员。 Role; who issues for whom: docs/permissions.md.',
  })
  role!: Role;
  @Field({
    description: '用途或持有人说明（一行，至多100字）。 What or whom it is for: one line, 100 characters at most.',
  })
  label!: string;
  @Field(() => String, { nullable: true, description: '市州代码（市州令牌必填）。 City code; required for a bureau.' })
  cityCode?: string | null;
  @Field(() => ID, { nullable: true, description: '联合体（理事会令牌必填）。 Consortium; required for a board.' })
  consortiumId?: string | null;
  @Field(() => [ID], {
    nullable: true,
    description: '专家本年度所评的联合体。 Consortia assigned to an expert this year.',
  })
  consortiumIds?: string[] | null;
  @Field(() => DepartmentKind, {
    nullable: true,
    description:
      '部门（协同部门令牌必填，市州令牌不填）。 Department; required for a partner department, absent for a bureau.',
  })
  department?: DepartmentKind | null;
  @Field(() => String, {
    nullable: true,
    description:
      '省代码（管理员签发省令牌时，有多个省则必填）。 Province code, for a province’s token where there are several.',
  })
  provinceCode?: string | null;
  @Field(() => ID, {
    nullable: true,
    description:
      '持有人已有的一枚令牌（您自己的，或您可撤销的）：新令牌归同一人，他不能审核自己提交的材料；不填则为新的持有人。 A token that the holder has already, yours or one that you may revoke: the new one is the same person’s, who then can’t decide on their own submission; absent: a new holder.',
  })
  accountOf?: string | null;
  @Field(() => Int, {
    nullable: true,
    defaultValue: TOKEN_DAYS,
    description: `有效天数，1至${MAX_TOKEN_DAYS}，默认${TOKEN_DAYS}，不超过签发者令牌的剩余有效期。 Days it lives, 1 to ${MAX_TOKEN_DAYS}, ${TOKEN_DAYS} by default, never past the issuer’s own.`,
  })
  expiresInDays?: number | null;
}

@InputType({ description: '撤销令牌。 Revoke a token.' })
export class RevokeTokenInput extends Validated {
  @Field(() => ID, { description: '令牌编号。 The token.' })
  tokenId!: string;
}
