import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { MAX_UPLOAD_BYTES } from '../config.js';
import { OneLine } from '../database/one-line.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import type { Signature } from '../files/inspection/inspector.js';
import { TEXT } from '../graph/bounds.js';
import { DocumentCheckState, DocumentKind } from '../graph/enums.js';
import { LINK_BYTES, Needs, Weighs } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { DocumentCheck, type FindingCode } from './document-check.js';
import { ReportRevision } from './revision.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '材料文件（通知第4条：WORD文档与联合盖章的PDF）。 A file of a revision (notice, paragraph 4).',
})
@OneOf('kind', DocumentKind)
@OneOf('checkState', DocumentCheckState)
@Entity()
@Registered({ prefix: 'doc', zh: '文件', en: 'document' })
@Index('ix_report_document_pending', ['createdAt'], { where: "check_state = 'PENDING'" })
@Index(['storageKey'])
@Index(['sha256'])
@Index(['revisionId', 'kind'], { unique: true })
@Index(['consortiumId'])
@OneLine('fileName')
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
  @Weighs(3 * TEXT.fileName)
  fileName!: string;

  @Field(() => Int, {
    description: `大小（字节，至多${MAX_UPLOAD_BYTES}）。 Size in bytes, ${MAX_UPLOAD_BYTES.toLocaleString('en-US')} at most.`,
  })
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
  @Weighs(LINK_BYTES)
  readonly downloadUrl!: string;
}
