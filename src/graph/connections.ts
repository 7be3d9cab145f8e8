import { type ClassType, Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: '分页信息。 Where a page stands in its list.' })
export class PageInfo {
  @Field({ description: '之后是否还有。 Is there more after it?' })
  hasNextPage!: boolean;
  @Field({ description: '之前是否还有。 Is there more before it?' })
  hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: '本页首条的游标。 Cursor of the first row.' })
  startCursor!: string | null;
  @Field(() => String, { nullable: true, description: '本页末条的游标。 Cursor of the last row.' })
  endCursor!: string | null;
}

/** The Relay connection of a node type. */
export function connection<T extends object>(name: string, node: () => ClassType<T>, zh: string) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `${zh}及其游标。 An edge: a row and its cursor.` })
  class Edge {
    @Field(node, { description: '条目。 The row.' })
    node!: T;
    @Field({ description: '游标，只用于同一筛选与排序。 Cursor, for the same filter and order only.' })
    cursor!: string;
  }
  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `${zh}的一页。 A page of a list.` })
  class Connection {
    @Field(() => [Edge], { description: '条目及游标。 Rows with cursors.' })
    edges!: Edge[];
    @Field(() => [node()], { description: '条目。 Rows.' })
    nodes!: T[];
    @Field(() => PageInfo, { description: '分页信息。 Where the page stands.' })
    pageInfo!: PageInfo;
    @Field(() => Int, {
      description: '您可见的总数；仅在请求时计算。 How many the viewer may see; counted only when asked for.',
    })
    totalCount!: number;
  }
  return Connection;
}
