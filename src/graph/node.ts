import { Field, ID, InterfaceType } from 'type-graphql';
import { Column, PrimaryColumn } from 'typeorm';

@InterfaceType({
  description: '有全局唯一编号的对象。 An object with a global id, the same string in URLs, exports and logs.',
})
export abstract class Node {
  @Field(() => ID, { description: '不透明编号，带类型前缀。 Opaque id with a type prefix.' })
  @PrimaryColumn({ type: 'text' })
  id!: string;
}

/** Carries its scope down: the policies of both walls stand on the row itself, and no join is spent on them. */
export abstract class ScopedNode extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text' })
  cityId!: string;

  @Column({ type: 'text' })
  consortiumId!: string;
}
