import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, OneToMany, type Relation } from 'typeorm';
import { OneOf } from '../database/checks.js';
import type { Signature } from '../files/inspection/inspector.js';
import { DocumentCheckState, DocumentKind } from '../graph/enums.js';
import { Listed, Needs, OrderBy } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { Organization } from '../organizations/organization.entity.js';
import { DocumentCheck, type FindingCode } from './check.types.js';
import { sealsDue } from './gaps.js';
import { Report } from './report.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '版本：提交时冻结，此后任何人不可更改。 A revision: frozen at submission, unchangeable afterwards.',
})
@Entity()
@Index(['reportId', 'number'], { unique: true })
@Index('uq_report_revision_draft', ['reportId'], { unique: true, where: 'number IS NULL' })
@Index(['consortiumId'])
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
  title!: string;

  @Field(() => String, { nullable: true, description: '摘要（至多5000字）。 Summary, 5,000 characters at most.' })
  @Column({ type: 'text', nullable: true })
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
  documents!: Relation<ReportDocument[]>;

  @Field(() => [SealAttestation], { description: '盖章确认。 Seals attested on its PDF.' })
  @OrderBy('attestedAt', 'id')
  @OneToMany(
    () => SealAttestation,
    (seal) => seal.revision,
  )
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
  readonly requiredSeals!: Organization[];
}

/** A unit whose seal was due when the revision was submitted. */
@Entity()
@Index(['revisionId', 'organizationId'], { unique: true })
export class RequiredSeal extends ScopedNode {
  @Column({ type: 'text' })
  revisionId!: string;

  @ManyToOne(
    () => ReportRevision,
    (revision) => revision.sealLinks,
    { nullable: false },
  )
  revision!: Relation<ReportRevision>;

  @Column({ type: 'text' })
  organizationId!: string;

  @ManyToOne(() => Organization, { nullable: false })
  organization!: Relation<Organization>;

  @Column({ type: 'int' })
  position!: number;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '材料文件（通知第4条：WORD文档与联合盖章的PDF）。 A file of a revision (notice, paragraph 4).',
})
@OneOf('kind', DocumentKind)
@OneOf('checkState', DocumentCheckState)
@Entity()
@Index('ix_report_document_pending', ['createdAt'], { where: "check_state = 'PENDING'" })
@Index(['storageKey'])
@Index(['sha256'])
@Index(['revisionId', 'kind'], { unique: true })
@Index(['consortiumId'])
export class ReportDocument extends ScopedNode {
  @Column({ type: 'text' })
  revisionId!: string;

  @ManyToOne(
    () => ReportRevision,
    (revision) => revision.documents,
    { nullable: false },
  )
  revision!: Relation<ReportRevision>;

  @Field(() => DocumentKind, { description: '类别。 Kind.' })
  @Column({ type: 'text' })
  kind!: DocumentKind;

  @Field({ description: '上传时的文件名。 Name, as uploaded.' })
  @Column({ type: 'text' })
  fileName!: string;

  @Field(() => Int, { description: '大小（字节，至多52428800）。 Size in bytes, 52,428,800 at most.' })
  @Column({ type: 'int' })
  byteSize!: number;

  @Field({ description: 'SHA-256（小写十六进制）。 SHA-256, lower-case hex.' })
  @Column({ type: 'text' })
  sha256!: string;

  /** Where the bytes lie; several revisions may share them. */
  @Column({ type: 'text' })
  storageKey!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'text', default: 'PENDING' })
  checkState!: DocumentCheckState;

  /** Codes; what they mean stands in files/inspection/findings.ts. */
  @Column({ type: 'jsonb', default: [] })
  findings!: FindingCode[];

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  checkedAt!: Date | null;

  @Column({ type: 'int', nullable: true })
  pageCount!: number | null;

  @Column({ type: 'boolean', nullable: true })
  hasText!: boolean | null;

  @Column({ type: 'jsonb', default: [] })
  signatures!: Signature[];

  /** Of its text, to compare it with its pair's. */
  @Column({ type: 'bytea', nullable: true })
  sketch!: Buffer | null;

  /** When a checker last took it up: one that died leaves it to another. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  claimedAt!: Date | null;

  @Field(() => DocumentCheck, { description: '检查结果。 What the check found.' })
  @Needs('kind', 'checkState', 'findings', 'checkedAt', 'pageCount', 'hasText', 'signatures', 'revision.pairSimilarity')
  readonly check!: DocumentCheck;

  @Field({ description: '下载链接，五分钟内有效，属于当前令牌。 Signed URL, five minutes, for the viewer’s token.' })
  @Needs('id')
  readonly downloadUrl!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: '盖章确认：某牵头单位的印章盖在该PDF上。 One lead unit’s seal on exactly this PDF.',
})
@Entity()
@Index(['revisionId', 'organizationId'], { unique: true })
@Index(['consortiumId'])
export class SealAttestation extends ScopedNode {
  @Column({ type: 'text' })
  revisionId!: string;

  @ManyToOne(
    () => ReportRevision,
    (revision) => revision.seals,
    { nullable: false },
  )
  revision!: Relation<ReportRevision>;

  @Column({ type: 'text' })
  organizationId!: string;

  @Field(() => Organization, { description: '盖章单位。 Whose seal.' })
  @ManyToOne(() => Organization, { nullable: false })
  organization!: Relation<Organization>;

  /** The PDF that carries the seal. */
  @Column({ type: 'text' })
  sha256!: string;

  @Field(() => DateTimeResolver, { description: '确认时间。 When it was attested.' })
  @Column({ type: 'timestamptz', precision: 3 })
  attestedAt!: Date;

  @Field({ description: '确认人。 Who attested it.' })
  @Column({ type: 'text' })
  attestedBy!: string;

  @Field({
    description:
      '是否由该单位自己确认；否则由理事会代为确认。 Confirmed by the unit itself; otherwise by the board on its behalf.',
  })
  @Column({ type: 'boolean', default: false })
  byUnit!: boolean;

  @Field(() => Int, { nullable: true, description: '印章所在页（自1起）。 Page of the seal, from 1.' })
  @Column({ type: 'int', nullable: true })
  page!: number | null;
}

/** Bytes on their way: announced, then received, then attached. */
@Entity()
@Index(['expiresAt'])
export class Upload extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  /** Null for the province's own. */
  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Column({ type: 'text', nullable: true })
  consortiumId!: string | null;

  @Column({ type: 'text' })
  tokenId!: string;

  @Column({ type: 'text' })
  fileName!: string;

  @Column({ type: 'int' })
  byteSize!: number;

  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  storageKey!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  receivedAt!: Date | null;
}
