import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Field, ID, Info, Int, ObjectType } from 'type-graphql';
import { AtMost, LINK_BYTES, Weighs } from '../graph/hints.js';
import { Payload } from '../graph/payload.js';
import { DateTimeResolver } from '../graph/scalars.js';
import type { Context } from '../reading/context.js';
import { ReportDocument } from './document.entity.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';

@ObjectType()
export abstract class ReportPayload extends Payload {
  id!: string | null;

  @Field(() => Report, {
    nullable: true,
    description: '材料的当前样子，出错时亦然。 The report as it stands, after an error too.',
  })
  report(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<Report | null> {
    return c.afterwards<Report>(info, Report, this.id);
  }
}

@ObjectType({ description: '起草的结果。 Answer to createReportDraft.' })
export class CreateReportDraftPayload extends ReportPayload {}
@ObjectType({ description: '修改草稿的结果。 Answer to updateReportDraft.' })
export class UpdateReportDraftPayload extends ReportPayload {}
@ObjectType({ description: '提交的结果。 Answer to submitReport.' })
export class SubmitReportPayload extends ReportPayload {}
@ObjectType({ description: '撤回的结果。 Answer to withdrawReport.' })
export class WithdrawReportPayload extends ReportPayload {}
@ObjectType({ description: '审核通过的结果。 Answer to approveReport.' })
export class ApproveReportPayload extends ReportPayload {}
@ObjectType({ description: '退回的结果。 Answer to returnReport.' })
export class ReturnReportPayload extends ReportPayload {}
@ObjectType({ description: '收件的结果。 Answer to acceptReport.' })
export class AcceptReportPayload extends ReportPayload {}
@ObjectType({ description: '重新打开的结果。 Answer to reopenReport.' })
export class ReopenReportPayload extends ReportPayload {}

@ObjectType({ description: '附加文件的结果。 Answer to attachReportDocument.' })
export class AttachReportDocumentPayload extends ReportPayload {
  documentId?: string;
  @Field(() => ReportDocument, { nullable: true, description: '所附文件。 The attached document.' })
  document(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<ReportDocument | null> {
    return c.afterwards<ReportDocument>(info, ReportDocument, this.documentId);
  }
}

@ObjectType({ description: '延期的结果。 Answer to extendObligation.' })
export class ExtendObligationPayload extends Payload {
  id!: string | null;

  @Field(() => ReportObligation, { nullable: true, description: '报送任务的当前样子。 The obligation as it stands.' })
  obligation(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<ReportObligation | null> {
    return c.afterwards<ReportObligation>(info, ReportObligation, this.id);
  }
}

@ObjectType({ simpleResolvers: true, description: '上传时须带的请求头。 A header to send with the PUT.' })
export class UploadHeader {
  @Field({ description: '名称。 Name.' })
  name!: string;
  @Field({ description: '值。 Value.' })
  value!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    '文件的一段，以 PUT 单独送达，可重复。 One part of a file: PUT these bytes to its `url`, again if the line breaks.',
})
export class UploadPart {
  @Field(() => Int, { description: '序号，自1起。 Number, from 1.' })
  number!: number;
  @Field(() => Int, { description: '首字节的位置，自0起。 Its first byte, from 0.' })
  start!: number;
  @Field(() => Int, { description: '末字节的位置（含）。 Its last byte, included.' })
  end!: number;
  @Field({ description: '该段的签名链接。 Signed URL of this part.' })
  @Weighs(LINK_BYTES)
  url!: string;
}

@ObjectType('Upload', {
  simpleResolvers: true,
  description:
    '上传许可：将字节以 PUT 送到 url，或分段送到 parts，并恰好带上这些请求头。 PUT the bytes to `url`, or to `parts`, with exactly these headers.',
})
export class UploadTicket {
  @Field(() => ID, { description: '上传编号。 Id of the upload.' })
  id!: string;
  @Field({ description: '签名链接。 Signed URL.' })
  url!: string;
  @Field(() => [UploadHeader], { description: '请求头。 Headers.' })
  @AtMost(10)
  headers!: UploadHeader[];
  @Field(() => [UploadPart], {
    description:
      '超过 8 MiB 的文件可改为分段上传：次序不限，断线时只需重传该段；较小的文件为空。 A file over 8 MiB may be sent in these parts instead, in any order, each again on a broken line; empty for a smaller one.',
  })
  @AtMost(10)
  parts!: UploadPart[];
  @Field(() => DateTimeResolver, { description: '失效时间。 When it expires.' })
  expiresAt!: Date;
}

@ObjectType({ description: '申明上传的结果。 Answer to createUpload.' })
export class CreateUploadPayload extends Payload {
  @Field(() => UploadTicket, { nullable: true, description: '上传许可。 Where to send the bytes.' })
  upload?: UploadTicket | null;
}
