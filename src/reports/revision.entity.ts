import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, OneToMany, type Relation } from 'typeorm';
import { OneLine } from '../database/one-line.js';
import { Registered } from '../database/registered.js';
import { TEXT } from '../graph/bounds.js';
import { DocumentKind } from '../graph/enums.js';
import { AtMost, Listed, OrderBy, Weighs } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { Organization } from '../organizations/organization.entity.js';
import { sealsDue } from '../seals/due.js';
import { RequiredSeal, SealAttestation } from '../seals/seal.entity.js';
import { ReportDocument } from './document.entity.js';
import { Report } from './report.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '版本：提交时冻结，此后任何人不可更改。 A revision: frozen at submission, unchangeable afterwards.',
})
@Entity()
@Registered({ prefix: 'rev', zh: '版本与草稿', en: 'revision and draft' })
@Index(['reportId', 'number'], { unique: true })
@Index('uq_report_revision_draft', ['reportId'], { unique: true, where: 'number IS NULL' })
@Index(['consortiumId'])
@OneLine('title', 'number IS NULL')
export class ReportRevision extends ScopedNode {
  @Column({ type: 'text' })
  reportId!: string;

  @ManyToOne(
    () => Report,
    (report) => report.allRevisions,
    { nullable: false },
  )
  report!: Relation<Report>;

  @Field(() => Int, {
    nullable: true,
    description: '版本号，自1起；草稿为空。 Number, from 1; null while it is a draft.',
  })
  @Column({ type: 'int', nullable: true })
  number!: number | null;

  @Field({ description: '标题（至多200字）。 Title, 200 characters at most.' })
  @Column({ type: 'text' })
  @Weighs(3 * TEXT.title)
  title!: string;

  @Field(() => String, { nullable: true, description: '摘要（至多5000字）。 Summary, 5,000 characters at most.' })
  @Column({ type: 'text', nullable: true })
  @Weighs(3 * TEXT.summary)
  summary!: string | null;

  @Field(() => DateTimeResolver, { nullable: true, description: '提交时间。 When it was submitted.' })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  submittedAt!: Date | null;

  /** From here on the province may read it, whatever happens to the report. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  approvedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  acceptedAt!: Date | null;

  /** How much of the Word text the PDF holds; the checker writes it while this is a draft. */
  @Field(() => Float, {
    nullable: true,
    description:
      'PDF 中含有 WORD 文本的比例（0至1）；纯扫描件或检查未完时为空。 0 to 1: how much of the Word text the PDF holds; null for a pure scan or while checks run.',
  })
  @Column({ type: 'double precision', nullable: true })
  pairSimilarity!: number | null;

  @Field(() => [ReportDocument], { description: '文件。 Its documents.' })
  @OrderBy('kind')
  @OneToMany(
    () => ReportDocument,
    (document) => document.revision,
  )
  @AtMost(Object.keys(DocumentKind).length)
  documents!: Relation<ReportDocument[]>;

  @Field(() => [SealAttestation], { description: '盖章确认。 Seals attested on its PDF.' })
  @OrderBy('attestedAt', 'id')
  @OneToMany(
    () => SealAttestation,
    (seal) => seal.revision,
  )
  @AtMost(50)
  seals!: Relation<SealAttestation[]>;

  @OneToMany(
    () => RequiredSeal,
    (required) => required.revision,
  )
  sealLinks!: Relation<RequiredSeal[]>;

  @Field(() => [Organization], {
    description:
      '应盖章的单位，提交时固定；草稿为今日所应（通知第4条）。 The units whose seal was due, frozen at submission; of a draft those due today (notice, paragraph 4).',
  })
  @Listed({ entity: 'Organization', rows: sealsDue })
  @AtMost(50)
  readonly requiredSeals!: Organization[];
}
