import { Field, Int, ObjectType } from 'type-graphql';
import { COMMENT_BYTES, Weighs } from '../graph/hints.js';
import { DateTimeResolver, LocalDateResolver } from '../graph/scalars.js';
import { Permission } from '../workflow/permission.js';

@ObjectType({
  simpleResolvers: true,
  description: '报送期限（通知第4条；上海时间）。 When an obligation is due (notice, paragraph 4; Asia/Shanghai).',
})
export class Deadline {
  @Field(() => LocalDateResolver, { description: '截止日。 Due day.' })
  dueOn!: string;
  @Field(() => DateTimeResolver, { description: '截止时刻。 Last instant that is on time.' })
  dueAt!: Date;
  @Field(() => Int, {
    description: '剩余天数，逾期为负。 Days left, by the calendar of Shanghai; negative when overdue.',
  })
  daysRemaining!: number;
  @Field({
    description:
      '最后一个有效日是否工作日（省规定截止日当日不计的，为其前一日）。 Is the last day that counts a workday? Where the province does not count the due day itself, that is the day before.',
  })
  isWorkday!: boolean;
  @Field(() => LocalDateResolver, {
    description: '最后一个有效日当日或之前最近的工作日。 The last workday on or before the last day that counts.',
  })
  lastWorkdayOnOrBefore!: string;
  @Field({
    description:
      '最后一个有效日所在年度的放假安排是否已公布；false：尚未公布，isWorkday 与 lastWorkdayOnOrBefore 只依周末与法定节日，调休尚不可知。 Were the holidays of the year of the last day that counts announced? false: not yet, and isWorkday and lastWorkdayOnOrBefore follow weekends and the holidays fixed by law alone; which days are moved is not known.',
  })
  holidaysAnnounced!: boolean;
  @Field({ description: '是否已延期。 Was it extended?' })
  extended!: boolean;
  @Field(() => String, {
    nullable: true,
    description: '延期原因；分析人员不可见。 Why it was extended; hidden from analysts.',
  })
  @Weighs(COMMENT_BYTES)
  extensionReason!: string | null;
}

@ObjectType({ simpleResolvers: true, description: '对报送任务可做的操作。 What may be done to an obligation.' })
export class ReportObligationPermissions {
  @Field(() => Permission, { description: '起草材料。 Create the draft.' })
  createReportDraft!: Permission;
  @Field(() => Permission, { description: '延期。 Extend it.' })
  extendObligation!: Permission;
}

@ObjectType({ simpleResolvers: true, description: '对报送材料可做的操作。 What may be done to a report.' })
export class ReportPermissions {
  @Field(() => Permission, { description: '修改草稿与文件。 Edit the draft and its documents.' })
  edit!: Permission;
  @Field(() => Permission, { description: '确认盖章。 Attest a seal.' })
  attestSeal!: Permission;
  @Field(() => Permission, { description: '提交。 Submit.' })
  submit!: Permission;
  @Field(() => Permission, { description: '撤回。 Withdraw.' })
  withdraw!: Permission;
  @Field(() => Permission, { description: '审核通过。 Approve.' })
  approve!: Permission;
  @Field(() => Permission, { description: '退回。 Return.' })
  return!: Permission;
  @Field(() => Permission, { description: '收件。 Accept.' })
  accept!: Permission;
  @Field(() => Permission, { description: '重新打开。 Reopen.' })
  reopen!: Permission;
}
