import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { ReceiptKind } from '../graph/enums.js';
import { LINK_BYTES, Needs, Weighs } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { ReportEvent } from '../reports/event.entity.js';
import { ReportRevision } from '../reports/revision.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    '回执：提交与收件各有一份，由服务器签名，可离线核验。 A receipt of a submission or an acceptance, signed by the server; verifies offline.',
})
@OneOf('kind', ReceiptKind)
@Entity()
@Registered({ prefix: 'rct', zh: '回执', en: 'receipt' })
@Index(['revisionId', 'issuedAt', 'id'])
@Index(['sha256'])
export class Receipt extends ScopedNode {
  @Column({ type: 'text' })
  revisionId!: string;

  @ManyToOne(() => ReportRevision, { nullable: false })
  revision!: Relation<ReportRevision>;

  @Column({ type: 'text' })
  eventId!: string;

  @ManyToOne(() => ReportEvent, { nullable: false })
  event!: Relation<ReportEvent>;

  @Field({ description: '编号，无法由其他编号推知。 Number; can’t be guessed from another.' })
  @Index({ unique: true })
  @Column({ type: 'text' })
  number!: string;

  @Field(() => ReceiptKind, { description: '类别。 Kind.' })
  @Column({ type: 'text' })
  kind!: ReceiptKind;

  @Field(() => DateTimeResolver, { description: '签发时间。 When it was issued.' })
  @Column({ type: 'timestamptz', precision: 3 })
  issuedAt!: Date;

  /** What it says, and the server's signature under it. */
  @Column({ type: 'text' })
  jws!: string;

  /** Of the printed form, from its first download on. */
  @Column({ type: 'text', nullable: true })
  sha256!: string | null;

  @Field({
    description:
      'PDF 的下载链接，五分钟内有效，属于当前令牌。 Signed URL of its PDF, five minutes, for the viewer’s token.',
  })
  @Needs('id')
  @Weighs(LINK_BYTES)
  readonly downloadUrl!: string;
}
