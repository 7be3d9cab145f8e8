import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, OneToMany, OneToOne, type Relation } from 'typeorm';
import { Board } from '../boards/board.entity.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { LISTED } from '../graph/bounds.js';
import { ConsortiumStatus, MembershipRole } from '../graph/enums.js';
import { AtMost, Through } from '../graph/hints.js';
import { Node } from '../graph/node.js';
import { LocalDateResolver } from '../graph/scalars.js';
import { Organization, Park } from '../organizations/organization.entity.js';
import { City, Province } from '../provinces/province.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '名单批次：一次公布的联合体名单。 A published list of consortia.',
})
@Entity()
@Registered({ prefix: 'des', zh: '名单批次', en: 'designation' })
@Index(['provinceId', 'documentNumber'], { unique: true })
export class Designation extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Field({ description: '文号，如 湘教通〔2024〕116号。 Document number.' })
  @Column({ type: 'text' })
  documentNumber!: string;

  @Field(() => LocalDateResolver, { description: '成文日期。 Day on which it was signed.' })
  @Column({ type: 'date' })
  signedOn!: string;

  @Field(() => LocalDateResolver, {
    nullable: true,
    description: '公布日期；未知则为空。 Day of publication, where known.',
  })
  @Column({ type: 'date', nullable: true })
  publishedOn!: string | null;

  /** The office that signed. */
  @Column({ type: 'text' })
  signedBy!: string;

  @Field(() => Int, { description: '年度。 Year.' })
  @Column({ type: 'int' })
  year!: number;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '市域产教联合体。 Municipal industry-education consortium.',
})
@OneOf('status', ConsortiumStatus)
@Entity()
@Registered({ prefix: 'con', zh: '联合体', en: 'consortium' })
@Index(['listNumber', 'id'])
@Index(['nameSort', 'id'])
@Index(['citySort', 'listNumber', 'id'])
@Index(['cityCode', 'listNumber', 'id'])
@Index(['provinceId', 'listNumber', 'id'])
@Index(['designationId', 'listNumber'], { unique: true })
@Index(['name'])
export class Consortium extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Column({ type: 'text' })
  cityId!: string;

  @Column({ type: 'text' })
  designationId!: string;

  @Field({
    description:
      '业务编码：省代码-名单年份-序号，如 430000-2024-06。 Human key: province code, year of the designation, number in it.',
  })
  @Index({ unique: true })
  @Column({ type: 'text', collation: 'C' })
  code!: string;

  @Field(() => Int, { description: '名单序号（从1起）。 Number on the list that designated it, from 1.' })
  @Column({ type: 'int' })
  listNumber!: number;

  @Field({ description: '名称，与名单逐字一致。 Name, as on the list, character for character.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Field(() => ConsortiumStatus, { description: '状态（通知第3条）。 Standing on the list (notice, paragraph 3).' })
  @Column({ type: 'text', default: 'ACTIVE' })
  status!: ConsortiumStatus;

  @Field(() => Designation, { description: '名单批次。 The list that designated it.' })
  @ManyToOne(() => Designation, { nullable: false })
  designation!: Relation<Designation>;

  @Field(() => City, { description: '所在市州。 Its city.' })
  @ManyToOne(() => City, { nullable: false })
  city!: Relation<City>;

  /** Carried down, so that a filter by city needs no join. */
  @Column({ type: 'text', collation: 'C' })
  cityCode!: string;

  @Column({ type: 'text', collation: 'C' })
  citySort!: string;

  @Column({ type: 'text', collation: 'C' })
  nameSort!: string;

  @Column({ type: 'text', collation: 'C' })
  searchText!: string;

  @OneToMany(
    () => ConsortiumPark,
    (link) => link.consortium,
  )
  parkLinks!: Relation<ConsortiumPark[]>;

  @OneToMany(
    () => Membership,
    (membership) => membership.consortium,
  )
  memberships!: Relation<Membership[]>;

  @Field(() => [Park], { description: '依托园区，按名单次序。 Parks, in the order of the list.' })
  @Through({ links: 'parkLinks', target: 'park', orderBy: 'position' })
  @AtMost(LISTED.units)
  readonly parks!: Park[];

  @Field(() => [Organization], { description: '牵头学校，按名单次序。 Lead schools, in the order of the list.' })
  @Through({ links: 'memberships', target: 'organization', where: { role: 'LEAD_SCHOOL' }, orderBy: 'position' })
  @AtMost(LISTED.units)
  readonly leadSchools!: Organization[];

  @Field(() => [Organization], { description: '牵头企业，按名单次序。 Lead enterprises, in the order of the list.' })
  @Through({ links: 'memberships', target: 'organization', where: { role: 'LEAD_ENTERPRISE' }, orderBy: 'position' })
  @AtMost(LISTED.units)
  readonly leadEnterprises!: Organization[];

  @Field(() => Board, { nullable: true, description: '理事会或董事会。 Its board.' })
  @OneToOne(
    () => Board,
    (board) => board.consortium,
  )
  board!: Relation<Board> | null;
}

@Entity()
@Registered({ zh: '联合体与园区', en: 'consortium’s parks' })
@Index(['consortiumId', 'position'], { unique: true })
@Index(['parkId', 'consortiumId'], { unique: true })
export class ConsortiumPark extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text' })
  consortiumId!: string;

  @ManyToOne(
    () => Consortium,
    (consortium) => consortium.parkLinks,
    { nullable: false },
  )
  consortium!: Relation<Consortium>;

  @Column({ type: 'text' })
  parkId!: string;

  @ManyToOne(() => Park, { nullable: false })
  park!: Relation<Park>;

  @Column({ type: 'int' })
  position!: number;
}

/** A unit in a consortium: lead school, lead enterprise or member. */
@OneOf('role', MembershipRole)
@Entity()
@Registered({ prefix: 'mem', zh: '牵头与成员单位', en: 'lead and member units' })
@Index(['consortiumId', 'role', 'organizationId'], { unique: true })
@Index(['consortiumId', 'role', 'position', 'id'])
@Index(['organizationId', 'consortiumId'])
export class Membership extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text' })
  consortiumId!: string;

  @ManyToOne(
    () => Consortium,
    (consortium) => consortium.memberships,
    { nullable: false },
  )
  consortium!: Relation<Consortium>;

  @Column({ type: 'text' })
  organizationId!: string;

  @ManyToOne(() => Organization, { nullable: false })
  organization!: Relation<Organization>;

  @Column({ type: 'text' })
  role!: MembershipRole;

  @Column({ type: 'int' })
  position!: number;
}
