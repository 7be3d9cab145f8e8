import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, JoinColumn, ManyToOne, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { ReportState, ReturnReason, Role } from '../graph/enums.js';
import { COMMENT_BYTES, Needs, Weighs } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { Report } from './report.entity.js';
import { ReportRevision } from './revision.entity.js';

/** One transition; append-only by grant and by trigger. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '办理记录：一次状态变更。 One transition of a report; never changed afterwards.',
})
@OneOf('fromState', ReportState)
@OneOf('toState', ReportState)
@OneOf('actorRole', Role)
@OneOf('reason', ReturnReason)
@Entity()
@Registered({ prefix: 'evt', zh: '办理记录（不含意见）', en: 'report event without its comment' })
@Index(['reportId', 'serial'])
@Index(['provinceId'])
@Index(['cityId'])
@Index(['consortiumId'])
export class ReportEvent extends ScopedNode {
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  serial!: string;

  @Column({ type: 'text' })
  reportId!: string;

  @ManyToOne(
    () => Report,
    (report) => report.history,
    { nullable: false },
  )
  report!: Relation<Report>;

  /** The workflow table's name of it. */
  @Column({ type: 'text' })
  transition!: string;

  @Field(() => ReportState, { nullable: true, description: '原状态；起草时为空。 State before; null at the creation.' })
  @Column({ name: 'from_state', type: 'text', nullable: true })
  from!: ReportState | null;

  @Field(() => ReportState, { description: '新状态。 State after.' })
  @Column({ name: 'to_state', type: 'text' })
  to!: ReportState;

  @Field(() => DateTimeResolver, { description: '时间。 When.' })
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Field(() => Role, { description: '经办角色。 In which role.' })
  @Column({ type: 'text' })
  actorRole!: Role;

  @Field({ description: '经办人；分析人员只见角色名称。 Who; an analyst reads the role’s name.' })
  @Needs('actorName', 'actorRole')
  @Column({ type: 'text' })
  actorName!: string;

  @Field(() => Int, { nullable: true, description: '所涉版本号。 Number of the revision concerned.' })
  @Column({ type: 'int', nullable: true })
  revisionNumber!: number | null;

  @Field(() => ReturnReason, { nullable: true, description: '退回原因。 Reason of a return.' })
  @Column({ type: 'text', nullable: true })
  reason!: ReturnReason | null;

  @OneToOne(
    () => ReportEventComment,
    (comment) => comment.event,
  )
  commentRow!: Relation<ReportEventComment> | null;

  @Field(() => String, {
    nullable: true,
    description: '意见；无权查看该版本者为空。 Comment; null for whoever may not read that revision.',
  })
  @Needs('commentRow.comment')
  @Weighs(COMMENT_BYTES)
  readonly comment!: string | null;
}

/** Apart from its event, since it may be read only with the revision that it speaks of. */
@Entity()
@Registered({ zh: '办理意见', en: 'comment on a revision' })
@Index(['revisionId'])
export class ReportEventComment {
  @PrimaryColumn({ type: 'text' })
  eventId!: string;

  @OneToOne(
    () => ReportEvent,
    (event) => event.commentRow,
    { nullable: false },
  )
  @JoinColumn()
  event!: Relation<ReportEvent>;

  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text' })
  cityId!: string;

  @Column({ type: 'text' })
  consortiumId!: string;

  @Column({ type: 'text' })
  revisionId!: string;

  @ManyToOne(() => ReportRevision, { nullable: false })
  revision!: Relation<ReportRevision>;

  @Column({ type: 'text' })
  comment!: string;
}
