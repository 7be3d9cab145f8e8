import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { MAX_UPLOAD_BYTES } from '../config.js';
import { DocumentKind, ReportKind, ReportState, ReturnReason, SortDirection } from '../graph/enums.js';
import { enumFilter, IdFilter, IntFilter, LocalDateFilter, StringFilter } from '../graph/filter-inputs.js';
import { labelledEnum } from '../graph/labels.js';
import { PageArgs } from '../graph/page-args.js';
import { Validated } from '../graph/payload.js';
import { LocalDateResolver } from '../graph/scalars.js';

const ReportKindFilter = enumFilter('ReportKindFilter', ReportKind);
const ReportStateFilter = enumFilter('ReportStateFilter', ReportState);

const VERSION = '读取时的 version；不一致则 CONFLICT。 The version that was read; CONFLICT when it has changed.';
const COMMENT = '意见（至多2000字）。 Comment, 2,000 characters at most.';

@InputType({ description: '起草材料。 Create a draft.' })
export class CreateReportDraftInput extends Validated {
  @Field(() => ID, { description: '报送任务编号。 The obligation.' })
  obligationId!: string;
  @Field(() => String, {
    nullable: true,
    description:
      '标题（一行，至多200字），默认按任务生成。 Title: one line, 200 characters at most; made from the obligation by default.',
  })
  title?: string | null;
  @Field(() => String, { nullable: true, description: '摘要（至多5000字）。 Summary, 5,000 characters at most.' })
  summary?: string | null;
}

@InputType()
export abstract class OnReport extends Validated {
  @Field(() => ID, { description: '材料编号。 The report.' })
  reportId!: string;
  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;
}

@InputType({ description: '修改草稿；未给出的项不变。 Edit the draft; what is not given stays.' })
export class UpdateReportDraftInput extends OnReport {
  @Field(() => String, {
    nullable: true,
    description: '标题（一行，至多200字）。 Title: one line, 200 characters at most.',
  })
  title?: string | null;
  @Field(() => String, {
    nullable: true,
    description: '摘要（至多5000字）；null 为清空。 Summary, 5,000 characters at most; null clears it.',
  })
  summary?: string | null;
}

@InputType({ description: '申明要上传的文件。 Announce a file.' })
export class CreateUploadInput extends Validated {
  @Field({ description: '文件名（一行，至多200字）。 Name: one line, 200 characters at most.' })
  fileName!: string;
  @Field(() => Int, {
    description: `大小（字节），1至${MAX_UPLOAD_BYTES}。 Size in bytes, 1 to ${MAX_UPLOAD_BYTES.toLocaleString('en-US')}.`,
  })
  byteSize!: number;
  @Field({ description: 'SHA-256（小写十六进制64位）。 SHA-256, 64 lower-case hex digits.' })
  sha256!: string;
}

@InputType({
  description:
    '把上传的文件附到草稿；新的PDF使此前的盖章确认失效。 Attach an uploaded file to the draft; a new PDF voids the seals attested before.',
})
export class AttachReportDocumentInput extends OnReport {
  @Field(() => DocumentKind, { description: '文件类别。 Kind of document.' })
  kind!: DocumentKind;
  @Field(() => ID, { description: '上传编号。 The upload.' })
  uploadId!: string;
}

@InputType()
abstract class Commented extends OnReport {
  @Field(() => String, { nullable: true, description: COMMENT })
  comment?: string | null;
}
@InputType({ description: '提交给市州。 Submit to the city.' })
export class SubmitReportInput extends Commented {}
@InputType({ description: '撤回已提交而未审核的材料。 Withdraw what the bureau has not decided.' })
export class WithdrawReportInput extends Commented {}
@InputType({ description: '市州审核通过。 Approve.' })
export class ApproveReportInput extends Commented {}
@InputType({ description: '省厅收件。 Accept.' })
export class AcceptReportInput extends Commented {}

@InputType({ description: '退回修改：须写明意见与原因。 Return for correction, with a comment and a reason.' })
export class ReturnReportInput extends OnReport {
  @Field({ description: COMMENT })
  comment!: string;
  @Field(() => ReturnReason, {
    nullable: true,
    defaultValue: 'INCORRECT',
    description: '原因，默认内容有误。 Reason; INCORRECT by default.',
  })
  reason?: ReturnReason;
}

@InputType({ description: '重新打开已收件的材料。 Reopen an accepted report.' })
export class ReopenReportInput extends OnReport {
  @Field({ description: '原因（至多2000字）。 Reason, 2,000 characters at most.' })
  reason!: string;
}

@InputType({ description: '延长一项报送任务的期限。 Extend one obligation.' })
export class ExtendObligationInput extends Validated {
  @Field(() => ID, { description: '报送任务编号。 The obligation.' })
  obligationId!: string;
  @Field(() => LocalDateResolver, {
    description:
      '新的截止日：晚于现截止日，期限在将来，且不超过今日与现截止日中较晚者之后两年。 New due day: later than the present one, its deadline in the future, and at most two years after today or the present one, whichever is later.',
  })
  dueOn!: string;
  @Field({ description: '原因（至多2000字）。 Reason, 2,000 characters at most.' })
  reason!: string;
}

export const ReportObligationSortField = labelledEnum(
  'ReportObligationSortField',
  { zh: '报送任务排序字段。', en: 'What obligations are sorted by.' },
  {
    DUE_ON: { zh: '截止日', en: 'Due day' },
    CONSORTIUM: { zh: '联合体名单序号', en: 'Number of the consortium on the list' },
  },
);
export const ReportSortField = labelledEnum(
  'ReportSortField',
  { zh: '材料排序字段。', en: 'What reports are sorted by.' },
  {
    SUBMITTED_AT: {
      zh: '提交时间；从未提交者按起草时间',
      en: 'Submission; the creation where nothing was submitted yet',
    },
    UPDATED_AT: { zh: '最近变更时间', en: 'Last change' },
    DUE_ON: { zh: '截止日', en: 'Due day' },
  },
);

@InputType({ description: '报送任务排序。 Order of obligations.' })
export class ReportObligationSort {
  @Field(() => ReportObligationSortField, { description: '字段。 Field.' })
  field!: keyof typeof ReportObligationSortField;
  @Field(() => SortDirection, {
    nullable: true,
    defaultValue: 'ASC',
    description: '方向，默认升序。 Direction, ascending by default.',
  })
  direction?: SortDirection;
}
@InputType({ description: '材料排序。 Order of reports.' })
export class ReportSort {
  @Field(() => ReportSortField, { description: '字段。 Field.' })
  field!: keyof typeof ReportSortField;
  @Field(() => SortDirection, {
    nullable: true,
    defaultValue: 'ASC',
    description: '方向，默认升序。 Direction, ascending by default.',
  })
  direction?: SortDirection;
}

@InputType()
abstract class CommonFilter {
  @Field(() => IdFilter, { nullable: true, description: '联合体。 Consortium.' })
  consortiumId?: IdFilter;
  @Field(() => StringFilter, { nullable: true, description: '市州代码。 Code of the city.' })
  cityCode?: StringFilter;
  @Field(() => IntFilter, { nullable: true, description: '年度。 Year.' })
  year?: IntFilter;
  @Field(() => ReportKindFilter, { nullable: true, description: '材料类别。 Kind.' })
  kind?: object;
}

@InputType({ description: '报送任务筛选。 Filter of obligations.' })
export class ReportObligationFilter extends CommonFilter {
  @Field(() => LocalDateFilter, { nullable: true, description: '截止日。 Due day.' })
  dueOn?: LocalDateFilter;
  @Field(() => Boolean, { nullable: true, description: '是否已起草。 Has somebody begun?' })
  hasReport?: boolean;
  @Field(() => [ReportObligationFilter], {
    nullable: true,
    description:
      '全部满足；空的不计；and、or、not 合计至多50项。 All of these; empty ones do not count; 50 with or and not together at most.',
  })
  and?: ReportObligationFilter[];
  @Field(() => [ReportObligationFilter], {
    nullable: true,
    description:
      '任一满足；空的不计；and、or、not 合计至多50项。 Any of these; empty ones do not count; 50 with and and not together at most.',
  })
  or?: ReportObligationFilter[];
  @Field(() => ReportObligationFilter, {
    nullable: true,
    description: '不满足；空的不计。 Not this; an empty one does not count.',
  })
  not?: ReportObligationFilter;
}
@InputType({ description: '材料筛选。 Filter of reports.' })
export class ReportFilter extends CommonFilter {
  @Field(() => ReportStateFilter, { nullable: true, description: '状态。 State.' })
  state?: object;
  @Field(() => [ReportFilter], {
    nullable: true,
    description:
      '全部满足；空的不计；and、or、not 合计至多50项。 All of these; empty ones do not count; 50 with or and not together at most.',
  })
  and?: ReportFilter[];
  @Field(() => [ReportFilter], {
    nullable: true,
    description:
      '任一满足；空的不计；and、or、not 合计至多50项。 Any of these; empty ones do not count; 50 with and and not together at most.',
  })
  or?: ReportFilter[];
  @Field(() => ReportFilter, {
    nullable: true,
    description: '不满足；空的不计。 Not this; an empty one does not count.',
  })
  not?: ReportFilter;
}

@ArgsType()
export class ReportObligationsArgs extends PageArgs {
  @Field(() => ReportObligationFilter, { nullable: true, description: '筛选。 Filter.' })
  filter?: ReportObligationFilter;
  @Field(() => ReportObligationSort, {
    nullable: true,
    description: '排序，默认按截止日。 Order, by due day by default.',
  })
  sort?: ReportObligationSort;
}
@ArgsType()
export class ReportsArgs extends PageArgs {
  @Field(() => ReportFilter, { nullable: true, description: '筛选。 Filter.' })
  filter?: ReportFilter;
  @Field(() => ReportSort, {
    nullable: true,
    description: '排序，默认最近提交者在前。 Order, latest submission first by default.',
  })
  sort?: ReportSort;
}
