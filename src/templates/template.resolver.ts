import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { FileLinks } from '../files/links.js';
import { ReportKind } from '../graph/enums.js';
import { LINK_BYTES, Needs, Weighs } from '../graph/hints.js';
import { Payload, Validated } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { ReportObligation } from '../reports/obligation.entity.js';
import { type AskerWithFiller, replaceReportTemplate } from './templates.js';

@InputType({
  description:
    '以上传的 WORD 文件取代某类材料的模板；标签见 docs/templates.md。 Put an uploaded Word file in place as a kind’s template; its tags: docs/templates.md.',
})
export class ReplaceReportTemplateInput extends Validated {
  @Field(() => ReportKind, { description: '材料类别。 Kind of report.' })
  kind!: ReportKind;
  @Field(() => ID, { description: '上传编号。 The upload.' })
  uploadId!: string;
}

@ObjectType({ description: '取代模板的结果。 Answer to replaceReportTemplate.' })
export class ReplaceReportTemplatePayload extends Payload {
  @Field(() => ReportKind, {
    nullable: true,
    description: '已取代模板的类别；出错时为空。 The kind whose template it is now; null after an error.',
  })
  kind!: ReportKind | null;
}

@Resolver(() => ReportObligation)
export class ReportTemplateResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '该类材料的 WORD 模板，已填入本联合体的名单信息；仅供其理事会，五分钟内有效。 The Word template of its kind, prefilled for this consortium; for its board, five minutes.',
  })
  @Needs('id')
  @Weighs(LINK_BYTES)
  templateUrl(@Root() row: ReportObligation, @Ctx() c: Context & { links: FileLinks }): string | null {
    // a board sees no obligation but its own
    return c.actor.role === 'BOARD'
      ? c.links.download(c.publicBase, 'templates', row.id, c.actor.tokenId!, c.now)
      : null;
  }

  @Mutation(() => ReplaceReportTemplatePayload, {
    nullable: true,
    description:
      '省厅取代某类材料的 WORD 模板；谁可为见 docs/permissions.md。 Replace the Word template of a kind (province).',
  })
  async replaceReportTemplate(
    @Arg('input', () => ReplaceReportTemplateInput, { description: '输入。 Input.' }) input: ReplaceReportTemplateInput,
    @Ctx() c: Context & AskerWithFiller,
  ): Promise<ReplaceReportTemplatePayload> {
    return Payload.of(ReplaceReportTemplatePayload, await replaceReportTemplate(c, input));
  }
}
