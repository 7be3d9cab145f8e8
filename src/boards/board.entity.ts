import { Field, ObjectType } from 'type-graphql';
import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { Consortium } from '../consortia/consortium.entity.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { BoardForm, BoardPosition, Constituency } from '../graph/enums.js';
import { AtMost, NullWhenHidden, OrderBy } from '../graph/hints.js';
import { Node, ScopedNode } from '../graph/node.js';
import { LocalDateResolver } from '../graph/scalars.js';
import { Organization } from '../organizations/organization.entity.js';

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: '理事会或董事会（通知第1条）。 Council or board of directors (notice, paragraph 1).',
})
@OneOf('form', BoardForm)
@Entity()
@Registered({ prefix: 'brd', zh: '理事会（形式）', en: 'board (its form)' })
export class Board extends ScopedNode {
  @Field(() => BoardForm, { description: '形式。 Form.' })
  @Column({ type: 'text' })
  form!: BoardForm;

  @Field(() => Consortium, { description: '所属联合体。 Its consortium.' })
  @OneToOne(
    () => Consortium,
    (consortium) => consortium.board,
    { nullable: false },
  )
  @JoinColumn()
  consortium!: Relation<Consortium>;

  @Field(() => [BoardMember], {
    nullable: true,
    description: '理事名单；无权查看者为空。 Its members; null for whoever may not read them.',
  })
  @OrderBy('rank', 'id')
  @NullWhenHidden()
  @OneToMany(
    () => BoardMember,
    (member) => member.board,
  )
  @AtMost(60)
  members!: Relation<BoardMember[]> | null;
}

@ObjectType({ simpleResolvers: true, implements: Node, description: '理事（董事）。 A member of the board.' })
@OneOf('position', BoardPosition)
@OneOf('constituency', Constituency)
@Entity()
@Registered({ prefix: 'bdm', zh: '理事会成员', en: 'board member' })
@Index(['boardId', 'rank', 'id'])
@Index(['consortiumId'])
@Index(['cityId'])
@Index(['provinceId'])
export class BoardMember extends ScopedNode {
  @Column({ type: 'text' })
  boardId!: string;

  @ManyToOne(
    () => Board,
    (board) => board.members,
    { nullable: false },
  )
  board!: Relation<Board>;

  @Field({ description: '姓名。 Name.' })
  @Column({ type: 'text' })
  name!: string;

  @Field(() => BoardPosition, { description: '职务。 Position.' })
  @Column({ type: 'text' })
  position!: BoardPosition;

  @Field(() => Constituency, { description: '代表方。 Whom the member represents.' })
  @Column({ type: 'text' })
  constituency!: Constituency;

  @Column({ type: 'text', nullable: true })
  organizationId!: string | null;

  @Field(() => Organization, { nullable: true, description: '所在单位。 Organization.' })
  @Index()
  @ManyToOne(() => Organization, { nullable: true })
  organization!: Relation<Organization> | null;

  @Field(() => LocalDateResolver, { nullable: true, description: '任期起。 First day of the term.' })
  @Column({ type: 'date', nullable: true })
  termStart!: string | null;

  @Field(() => LocalDateResolver, { nullable: true, description: '任期止。 Last day of the term.' })
  @Column({ type: 'date', nullable: true })
  termEnd!: string | null;

  /** Chair first, as the board lists itself. */
  @Column({ type: 'int' })
  rank!: number;

  @Field(() => BoardMemberContact, {
    nullable: true,
    description: '联系方式（个人信息）；无权查看者为空。 Personal data: null for whoever may not read it.',
  })
  @OneToOne(
    () => BoardMemberContact,
    (contact) => contact.boardMember,
  )
  contact!: Relation<BoardMemberContact> | null;
}

/** Personal data in a table of its own, so that the database can hide it by row. */
@ObjectType({ simpleResolvers: true, description: '理事联系方式（个人信息）。 A member’s contact: personal data.' })
@Entity()
@Registered({ zh: '成员联系方式', en: 'board member’s contact' })
@Index(['consortiumId'])
@Index(['cityId'])
export class BoardMemberContact {
  @PrimaryColumn({ type: 'text' })
  boardMemberId!: string;

  @OneToOne(
    () => BoardMember,
    (member) => member.contact,
    { nullable: false },
  )
  @JoinColumn()
  boardMember!: Relation<BoardMember>;

  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text' })
  cityId!: string;

  @Column({ type: 'text' })
  consortiumId!: string;

  @Field(() => String, { nullable: true, description: '电话。 Telephone.' })
  @Column({ type: 'text', nullable: true })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: '电子邮箱。 E-mail.' })
  @Column({ type: 'text', nullable: true })
  email!: string | null;
}
