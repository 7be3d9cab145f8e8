import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql';
import { Direct } from '../graph/direct.js';
import { AtMost } from '../graph/hints.js';
import type { Context } from '../reading/context.js';
import { City, Province } from './province.entity.js';

@Resolver()
export class ProvinceResolver {
  @Query(() => Province, {
    nullable: true,
    description: '省；不给代码则为本省，或唯一的省。 A province. Without a code: the viewer’s own, or the only one.',
  })
  async province(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('code', () => String, { nullable: true, description: '行政区划代码。 GB/T 2260 code.' }) code?: string,
  ): Promise<Province | null> {
    const where = code != null ? { code } : c.actor.provinceId ? { id: c.actor.provinceId } : {};
    const found = await c.reader.list<Province>(info, c.session, Province, where, { limit: 2 });
    return found.length === 1 ? found[0] : null;
  }

  @Query(() => [City], { description: '市州，按代码排序。 Cities, by code.' })
  @AtMost(400)
  cities(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('provinceCode', () => String, { nullable: true, description: '只取此省。 Of this province only.' })
    provinceCode?: string,
  ): Promise<City[]> {
    return c.reader.list<City>(
      info,
      c.session,
      City,
      { 'province.code': provinceCode ?? undefined },
      { orderBy: ['code'] },
    );
  }

  @Query(() => City, { nullable: true, description: '按代码取市州。 A city by its code.' })
  @Direct()
  city(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('code', () => String, { description: '行政区划代码。 GB/T 2260 code.' }) code: string,
  ): Promise<City | null> {
    return c.reader.one<City>(info, c.session, City, { code });
  }
}
