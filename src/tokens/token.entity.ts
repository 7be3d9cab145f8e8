import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { Consortium } from '../consortia/consortium.entity.js';
import { OneLine } from '../database/one-line.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { TEXT } from '../graph/bounds.js';
import { DepartmentKind, Role } from '../graph/enums.js';
import { Weighs } from '../graph/hints.js';
import { Node } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { Organization } from '../organizations/organization.entity.js';
import { City, Province } from '../provinces/province.entity.js';

/** Who holds tokens: what "the same person" means when a decision is made. */
@Entity()
@Registered({ prefix: 'acc', zh: '账号', en: 'account' })
@OneLine('displayName')
export class Account extends Node {
  @Column({ type: 'text', nullable: true })
  provinceId!: string | null;

  @Column({ type: 'text' })
  displayName!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '访问令牌（不含密文）。 An access token; its secret is never kept.',
})
@OneOf('role', Role)
@OneOf('department', DepartmentKind)
@Entity()
@Registered({ prefix: 'tok', zh: '令牌（不含密文）', en: 'token (never its secret)' })
@Index(['createdAt', 'id'])
@Index(['reportId', 'organizationId'])
@Index(['cityId', 'role', 'createdAt', 'id'])
@Index(['provinceId', 'role', 'createdAt', 'id'])
@OneLine('label')
export class AccessToken extends Node {
  @Column({ type: 'text' })
  accountId!: string;

  @Index()
  @ManyToOne(() => Account, { nullable: false })
  account!: Relation<Account>;

  @Field({ description: '用途说明。 What it is for.' })
  @Column({ type: 'text' })
  @Weighs(3 * TEXT.label)
  label!: string;

  @Field(() => Role, { description: '角色。 Role.' })
  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'text', nullable: true })
  provinceId!: string | null;

  @Field(() => Province, { nullable: true, description: '限定的省。 Province of its scope.' })
  @ManyToOne(() => Province, { nullable: true })
  province!: Relation<Province> | null;

  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Field(() => City, { nullable: true, description: '限定的市州。 City of its scope.' })
  @ManyToOne(() => City, { nullable: true })
  city!: Relation<City> | null;

  @Field(() => DepartmentKind, { nullable: true, description: '限定的部门。 Department of its scope.' })
  @Column({ type: 'text', nullable: true })
  department!: DepartmentKind | null;

  @Column({ type: 'text', nullable: true })
  consortiumId!: string | null;

  @Field(() => Consortium, { nullable: true, description: '限定的联合体。 Consortium of its scope.' })
  @Index()
  @ManyToOne(() => Consortium, { nullable: true })
  consortium!: Relation<Consortium> | null;

  /** Of a seal unit: the unit, and the report and PDF on which it may confirm its seal. */
  @Column({ type: 'text', nullable: true })
  organizationId!: string | null;

  @Field(() => Organization, { nullable: true, description: '限定的用印单位。 The lead unit of its scope.' })
  @ManyToOne(() => Organization, { nullable: true })
  organization!: Relation<Organization> | null;

  @Column({ type: 'text', nullable: true })
  reportId!: string | null;

  @Column({ name: 'sha256', type: 'text', nullable: true })
  sealedSha256!: string | null;

  /** The token that issued this one; null for those made at the start. */
  @Column({ type: 'text', nullable: true })
  issuedById!: string | null;

  @Index()
  @ManyToOne(() => AccessToken, { nullable: true })
  @JoinColumn({ name: 'issued_by_id' })
  issuer!: Relation<AccessToken> | null;

  @Field({ description: '签发者。 Who issued it.' })
  @Column({ type: 'text' })
  issuedBy!: string;

  @Field(() => DateTimeResolver, { description: '签发时间。 When it was issued.' })
  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Field(() => DateTimeResolver, { description: '失效时间。 When it expires.' })
  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Field(() => DateTimeResolver, {
    nullable: true,
    description: '最近使用时间（精确到分钟）。 When it was last used, to the minute.',
  })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Field(() => DateTimeResolver, { nullable: true, description: '撤销时间。 When it was revoked.' })
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** Made by demo mode: refused in production. */
  @Column({ type: 'boolean', default: false })
  demo!: boolean;
}

/** Which consortia an expert judges in a year's round. */
@Entity()
@Registered({ prefix: 'exp', zh: '专家任务', en: 'expert assignment' })
@Index(['accountId', 'consortiumId', 'year'], { unique: true })
@Index(['consortiumId', 'accountId'])
export class ExpertAssignment extends Node {
  @Column({ type: 'text' })
  accountId!: string;

  @ManyToOne(() => Account, { nullable: false })
  account!: Relation<Account>;

  @Column({ type: 'text' })
  consortiumId!: string;

  @ManyToOne(() => Consortium, { nullable: false })
  consortium!: Relation<Consortium>;

  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'int' })
  year!: number;
}
