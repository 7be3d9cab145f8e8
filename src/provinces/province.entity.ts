import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, OneToMany, type Relation } from 'typeorm';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { LISTED } from '../graph/bounds.js';
import { DepartmentKind } from '../graph/enums.js';
import { AtMost, OrderBy } from '../graph/hints.js';
import { Node } from '../graph/node.js';

/** The root tenant: every tenant row carries its id. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '省。 Province: the root tenant (GB/T 2260 code).',
})
@Entity()
@Registered({ prefix: 'prv', zh: '省', en: 'province' })
export class Province extends Node {
  @Field({ description: '行政区划代码（GB/T 2260）。 GB/T 2260 code, 430000.' })
  @Index({ unique: true })
  @Column({ type: 'text', collation: 'C' })
  code!: string;

  @Field({ description: '名称。 Name.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  /** 20日前: whether the day itself still counts (ours: it does). */
  @Column({ type: 'boolean', default: true })
  dueDayCounts!: boolean;

  @Field(() => [City], { description: '所辖市州，按代码排序。 Its cities, by code.' })
  @OrderBy('code')
  @OneToMany(
    () => City,
    (city) => city.province,
  )
  @AtMost(LISTED.cities)
  cities!: Relation<City[]>;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '市州。 City: prefecture-level division (GB/T 2260).',
})
@Entity()
@Registered({ prefix: 'cty', zh: '市州', en: 'city' })
@Index(['provinceId', 'code'])
export class City extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @Field({ description: '行政区划代码（GB/T 2260）。 GB/T 2260 code, 430100.' })
  @Index({ unique: true })
  @Column({ type: 'text', collation: 'C' })
  code!: string;

  @Field({ description: '名称。 Name.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  /** Pinyin, since no collation sorts 长沙 under ch. */
  @Column({ type: 'text', collation: 'C' })
  nameSort!: string;

  @Field(() => Province, { description: '所属省。 Its province.' })
  @ManyToOne(
    () => Province,
    (province) => province.cities,
    { nullable: false },
  )
  province!: Relation<Province>;

  @Field(() => [Department], { description: '政府部门（通知第1条）。 Government offices (notice, paragraph 1).' })
  @OrderBy('kind')
  @OneToMany(
    () => Department,
    (department) => department.city,
  )
  @AtMost(Object.keys(DepartmentKind).length)
  departments!: Relation<Department[]>;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '政府部门（通知第1条）。 A government office of a city or of the province.',
})
@OneOf('kind', DepartmentKind)
@Entity()
@Registered({ prefix: 'dep', zh: '部门', en: 'department' })
@Index(['provinceId', 'cityId', 'kind'], { unique: true })
export class Department extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  /** Null: the province's own office. */
  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Index()
  @ManyToOne(
    () => City,
    (city) => city.departments,
    { nullable: true },
  )
  city!: Relation<City> | null;

  /** Who seals for the bureau, once the province asks for it. By its name, since units know provinces and not the reverse. */
  @Column({ type: 'text', nullable: true })
  organizationId!: string | null;

  @ManyToOne('Organization', { nullable: true })
  organization!: unknown;

  @Field(() => DepartmentKind, { description: '类别。 Kind.' })
  @Column({ type: 'text' })
  kind!: DepartmentKind;

  @Field({ description: '名称。 Name.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;
}
