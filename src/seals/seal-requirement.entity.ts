import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { Registered } from '../database/registered.js';
import { SealUnitKind } from '../graph/enums.js';
import { AtMost } from '../graph/hints.js';
import { Node } from '../graph/node.js';
import { DateTimeResolver, LocalDateResolver } from '../graph/scalars.js';
import { Province } from '../provinces/province.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    '用印规定：自某日起，哪些牵头单位须在PDF上盖章（通知第4条“各牵头单位联合盖章”）。 Which kinds of lead unit must seal the PDF from a day on (notice, paragraph 4).',
})
@Entity()
@Registered({ prefix: 'srq', zh: '用印规定', en: 'seal requirement' })
@Index(['provinceId', 'effectiveOn', 'decidedAt'])
export class SealRequirement extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @Field(() => Province, { description: '省。 Province.' })
  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Field(() => LocalDateResolver, { description: '自此日起提交的材料适用。 Holds for submissions from this day on.' })
  @Column({ type: 'date' })
  effectiveOn!: string;

  @Field(() => [SealUnitKind], { description: '须盖章的单位类别。 Kinds of unit that must seal.' })
  @Column({ type: 'text', array: true })
  @AtMost(Object.keys(SealUnitKind).length)
  units!: SealUnitKind[];

  @Field(() => DateTimeResolver, {
    description: '决定时间；同日有几项者以最后为准。 When it was decided; of several for one day the last counts.',
  })
  @Column({ type: 'timestamptz', precision: 3 })
  decidedAt!: Date;

  @Column({ type: 'text' })
  decidedBy!: string;
}
