import { type GraphQLObjectType, type GraphQLResolveInfo, isObjectType } from 'graphql';
import { Arg, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import { typeOfId } from '../database/ids.js';
import { Direct } from '../graph/direct.js';
import { AtMost } from '../graph/hints.js';
import { Node } from '../graph/node.js';
import type { Context } from './context.js';

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      '按编号取任何对象；不存在或不可见均为空。 Any object by its id; null where it does not exist for the viewer.',
  })
  @Direct()
  async node(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: '编号。 Id.' }) id: string,
  ): Promise<Node | null> {
    const type = typeIn(info, id);
    return type ? c.reader.one<Node>(info, c.session, c.entity(type.name), { id }, type) : null;
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: '按编号取若干对象（至多100个），次序与所给一致。 Up to 100 objects by their ids, in the order given.',
  })
  @AtMost(100, { counts: 'ids' })
  async nodes(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('ids', () => [ID], { description: '编号。 Ids.' }) ids: string[],
  ): Promise<(Node | null)[]> {
    const byType = new Map<GraphQLObjectType, string[]>();
    for (const id of new Set(ids)) {
      const type = typeIn(info, id);
      if (type) byType.set(type, [...(byType.get(type) ?? []), id]);
    }
    // a statement per type, whatever the number of ids
    const found = new Map<string, Node>();
    for (const [type, some] of byType)
      for (const row of await c.reader.list<Node>(
        info,
        c.session,
        c.entity(type.name),
        { id: some },
        { type, needs: ['id'] },
      ))
        found.set(row.id, row);
    return ids.map((id) => found.get(id) ?? null);
  }
}

function typeIn(info: GraphQLResolveInfo, id: string): GraphQLObjectType | undefined {
  const name = typeOfId(id);
  const type = name && info.schema.getType(name);
  return type && isObjectType(type) && type.getInterfaces().some((i) => i.name === 'Node') ? type : undefined;
}
