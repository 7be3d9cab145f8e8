import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, OneToOne, type Relation } from 'typeorm';
import { Consortium } from '../consortia/consortium.entity.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { ReportKind, ReportState } from '../graph/enums.js';
import { AtMost, Derived, From, Needs, OrderBy } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { City, Province } from '../provinces/province.entity.js';
import { ReportEvent } from './event.entity.js';
import { draftGaps } from './gaps.js';
import { ReportObligation } from './obligation.entity.js';
import { ReportPermissions } from './report.types.js';
import { ReportRevision } from './revision.entity.js';

/** A board may submit and withdraw as often as it likes; that hides no history from those who decide. */
const AGAIN_AND_AGAIN = 5_000;

/** Progress only: content lies in the revisions, which the database hides on their own. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '报送材料：状态与时间；内容在各版本中。 A report: state and dates; its content is in the revisions.',
})
@OneOf('kind', ReportKind)
@OneOf('state', ReportState)
@Entity()
@Registered({ prefix: 'rep', zh: '报送材料（状态与时间）', en: 'report (state and dates)' })
@Index(['provinceId', 'queuedAt', 'id'])
@Index(['provinceId', 'state', 'queuedAt', 'id'])
@Index(['provinceId', 'updatedAt', 'id'])
@Index(['provinceId', 'dueOn', 'id'])
@Index(['cityId', 'queuedAt', 'id'])
@Index(['cityId', 'state', 'queuedAt', 'id'])
@Index(['cityId', 'updatedAt', 'id'])
@Index(['cityId', 'dueOn', 'id'])
@Index(['consortiumId', 'queuedAt', 'id'])
@Index(['cityCode', 'state', 'queuedAt', 'id'])
export class Report extends ScopedNode {
  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @ManyToOne(() => City, { nullable: false })
  city!: Relation<City>;

  @Column({ type: 'text', collation: 'C' })
  cityCode!: string;

  @Column({ type: 'text' })
  obligationId!: string;

  @Column({ type: 'int' })
  year!: number;

  @Column({ type: 'text' })
  kind!: ReportKind;

  /** As the obligation has it: the queue is sorted by it. */
  @Column({ type: 'date' })
  dueOn!: string;

  @Field(() => Int, {
    description:
      '版本号，每次变更加一；更新时作为 expectedVersion 送回。 Counts every change; send it back as expectedVersion.',
  })
  @Column({ type: 'int', default: 1 })
  version!: number;

  @Field(() => ReportObligation, { description: '报送任务。 What it answers.' })
  @OneToOne(
    () => ReportObligation,
    (obligation) => obligation.report,
    { nullable: false },
  )
  @JoinColumn()
  obligation!: Relation<ReportObligation>;

  @Field(() => Consortium, { description: '联合体。 Whose report.' })
  @ManyToOne(() => Consortium, { nullable: false })
  consortium!: Relation<Consortium>;

  @Field(() => ReportState, { description: '状态。 State.' })
  @Column({ type: 'text' })
  state!: ReportState;

  @Field(() => DateTimeResolver, {
    nullable: true,
    description: '最近一次提交时间。 When the latest revision was submitted.',
  })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  submittedAt!: Date | null;

  @Field(() => DateTimeResolver, {
    nullable: true,
    description: '市州审核通过时间。 When the city approved that revision.',
  })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  cityApprovedAt!: Date | null;

  @Field(() => DateTimeResolver, {
    nullable: true,
    description: '省厅收件时间。 When the province accepted that revision.',
  })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  acceptedAt!: Date | null;

  /** submittedAt, or the creation while nothing was submitted: a sort key is never null. */
  @Column({ type: 'timestamptz', precision: 3 })
  queuedAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;

  /** The state that a withdrawal goes back to. */
  @Column({ type: 'text', nullable: true })
  submittedFrom!: ReportState | null;

  /** The account that submitted: it may not decide. */
  @Column({ type: 'text', nullable: true })
  submittedByAccountId!: string | null;

  @Column({ type: 'int', default: 0 })
  lastRevisionNumber!: number;

  @OneToMany(
    () => ReportRevision,
    (revision) => revision.report,
  )
  allRevisions!: Relation<ReportRevision[]>;

  @Field(() => ReportRevision, {
    nullable: true,
    description: '理事会正在撰写的草稿；其他人为空。 What the board is writing now: null for everybody else.',
  })
  @From('allRevisions', { number: 'IS NULL' }, ['id'], true)
  readonly draft!: ReportRevision | null;

  @Field(() => [ReportRevision], {
    description:
      '已提交的版本，自1起编号；只含您可查看者。 Submitted revisions that the viewer may read, numbered from 1.',
  })
  @From('allRevisions', { number: 'IS NOT NULL' }, ['number'])
  @AtMost(40, { holds: AGAIN_AND_AGAIN })
  readonly revisions!: ReportRevision[];

  @Field(() => ReportRevision, {
    nullable: true,
    description: '您可查看的最新已提交版本。 The latest submitted revision that the viewer may read.',
  })
  @From('allRevisions', { number: 'IS NOT NULL' }, ['-number'], true)
  readonly currentRevision!: ReportRevision | null;

  @Field(() => [ReportEvent], { description: '办理记录，最早的在前。 What happened, oldest first.' })
  @OrderBy('serial')
  @OneToMany(
    () => ReportEvent,
    (event) => event.report,
  )
  @AtMost(100, { holds: AGAIN_AND_AGAIN })
  history!: Relation<ReportEvent[]>;

  @Field(() => ReportPermissions, { description: '我现在可以做什么。 What the viewer may do now.' })
  @Needs('id', 'state', 'consortiumId', 'cityId', 'provinceId', 'submittedFrom', 'submittedByAccountId')
  @Derived({ key: 'gaps', roles: ['BOARD'], sql: draftGaps })
  readonly viewerCan!: ReportPermissions;
}
