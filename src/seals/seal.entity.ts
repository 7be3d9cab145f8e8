import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { Registered } from '../database/registered.js';
import { ScopedNode } from '../graph/node.js';
import { DateTimeResolver } from '../graph/scalars.js';
import { Organization } from '../organizations/organization.entity.js';
import { ReportRevision } from '../reports/revision.entity.js';

/** A unit whose seal was due when the revision was submitted. */
@Entity()
@Registered({ prefix: 'rqs', zh: '应盖印章', en: 'seal that was due' })
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
  description: '盖章确认：某牵头单位的印章盖在该PDF上。 One lead unit’s seal on exactly this PDF.',
})
@Entity()
@Registered({ prefix: 'sea', zh: '盖章确认', en: 'seal attestation' })
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
