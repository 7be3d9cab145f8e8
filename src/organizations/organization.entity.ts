import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { OrganizationKind } from '../graph/enums.js';
import { Node } from '../graph/node.js';
import { City, Province } from '../provinces/province.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    '单位：学校、企业、科研机构、政府部门或行业组织。 A school, enterprise, research institute, government office or industry association.',
})
@OneOf('kind', OrganizationKind)
@Entity()
@Registered({ prefix: 'org', zh: '单位', en: 'organization' })
@Index(['provinceId', 'name'], { unique: true })
@Index(['nameSort', 'id'])
@Index(['kind', 'nameSort', 'id'])
export class Organization extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Field({ description: '名称，与公布名单一致。 Name, as on the published list.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Field(() => OrganizationKind, { description: '类别。 Kind.' })
  @Column({ type: 'text' })
  kind!: OrganizationKind;

  @Field(() => String, {
    nullable: true,
    description:
      '统一社会信用代码（GB 32100，已校验）；未知则为空。 Unified social credit code (GB 32100, checksum verified), where known.',
  })
  @Column({ type: 'text', nullable: true })
  unifiedSocialCreditCode!: string | null;

  @Column({ type: 'text', collation: 'C' })
  nameSort!: string;

  /** Folded name and pinyin initials: see database/text.ts. */
  @Column({ type: 'text', collation: 'C' })
  searchText!: string;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '依托园区。 The industrial park that a consortium leans on.',
})
@Entity()
@Registered({ prefix: 'prk', zh: '依托园区', en: 'park' })
@Index(['provinceId', 'name'], { unique: true })
export class Park extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Field({ description: '名称，与公布名单一致。 Name, as on the published list.' })
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Field(() => City, { nullable: true, description: '所在市州。 The city it lies in.' })
  @Index()
  @ManyToOne(() => City, { nullable: true })
  city!: Relation<City> | null;

  /** Who seals for the park, once the province asks for it. */
  @Column({ type: 'text', nullable: true })
  organizationId!: string | null;

  @ManyToOne(() => Organization, { nullable: true })
  organization!: Relation<Organization> | null;
}
