import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, OneToOne, type Relation } from 'typeorm';
import { Consortium } from '../consortia/consortium.entity.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { Desk, ReportKind, Timeliness } from '../graph/enums.js';
import { Needs } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { City, Province } from '../provinces/province.entity.js';
import { Report } from './report.entity.js';
import { Deadline, ReportObligationPermissions } from './report.types.js';

/** Exists from the designation on, by rule (see obligations.ts): what is missing can be counted. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    '报送任务：一个联合体、一个年度、一类材料（通知第4条）。 What a consortium owes: one consortium, one year, one kind (notice, paragraph 4).',
})
@OneOf('kind', ReportKind)
@OneOf('desk', Desk)
@Entity()
@Registered({ prefix: 'obl', zh: '报送任务', en: 'obligation' })
@Index(['consortiumId', 'year', 'kind'], { unique: true })
@Index(['provinceId', 'dueOn', 'id'])
@Index(['cityId', 'dueOn', 'id'])
@Index(['consortiumId', 'dueOn', 'id'])
@Index(['provinceId', 'listNumber', 'id'])
@Index(['cityId', 'listNumber', 'id'])
@Index(['cityCode', 'dueOn', 'id'])
export class ReportObligation extends ScopedNode {
  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @ManyToOne(() => City, { nullable: false })
  city!: Relation<City>;

  @Column({ type: 'text', collation: 'C' })
  cityCode!: string;

  /** Carried down for the sort by consortium. */
  @Column({ type: 'int' })
  listNumber!: number;

  @Field(() => Consortium, { description: '联合体。 The consortium.' })
  @ManyToOne(() => Consortium, { nullable: false })
  consortium!: Relation<Consortium>;

  @Field(() => Int, { description: '年度。 Year.' })
  @Column({ type: 'int' })
  year!: number;

  @Field(() => ReportKind, { description: '材料类别。 Kind of report.' })
  @Column({ type: 'text' })
  kind!: ReportKind;

  @Column({ type: 'date' })
  dueOn!: string;

  /** The end of dueOn in Shanghai, or its beginning where the province does not count the day itself. */
  @Column({ type: 'timestamptz', precision: 3 })
  dueAt!: Date;

  @Column({ type: 'text', nullable: true })
  extensionReason!: string | null;

  @Field(() => Deadline, { description: '报送期限。 When it is due.' })
  @Needs('kind', 'year', 'dueOn', 'dueAt', 'extensionReason')
  readonly deadline!: Deadline;

  @Field(() => Timeliness, { description: '报送及时性。 Punctuality.' })
  @Needs('dueAt', 'filedAt')
  readonly timeliness!: Timeliness;

  @Field(() => DateTimeResolver, {
    nullable: true,
    description:
      '计为报送的审核通过时间：首次未以材料不全退回的市州审核；此后更正不改变。 The approval that counts as the filing; later corrections do not move it.',
  })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  filedAt!: Date | null;

  /** Whose desk it lies on; stands still when the deadline has passed. */
  @Column({ type: 'text', default: 'BOARD' })
  desk!: Desk;

  @Field(() => Desk, {
    nullable: true,
    description:
      '逾期或未报时，期限届满之际材料在谁手中。 On whose desk the deadline passed; null unless LATE or MISSING.',
  })
  @Needs('dueAt', 'filedAt', 'desk')
  readonly lapsedOn!: Desk | null;

  @Field(() => Report, {
    nullable: true,
    description: '所报材料；尚未起草则为空。 The report; null where nobody has begun.',
  })
  @OneToOne(
    () => Report,
    (report) => report.obligation,
  )
  report!: Relation<Report> | null;

  @Field(() => ReportObligationPermissions, { description: '我现在可以做什么。 What the viewer may do now.' })
  @Needs('id', 'consortiumId', 'cityId', 'provinceId', 'filedAt', 'consortium.status', 'report.state')
  readonly viewerCan!: ReportObligationPermissions;
}
