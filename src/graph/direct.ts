import type { GraphQLResolveInfo } from 'graphql';
import { Extensions } from 'type-graphql';

/** A field's value as PostgreSQL wrote it: JSON text that goes out as it came in. */
export class Json {
  constructor(readonly text: string) {}
}

/** Thrown before anything was asked: what was asked for is executed as usual; whoever asks, unless it depends on the role or the page. */
export class NotDirect extends Error {
  constructor(readonly whoeverAsks: boolean) {
    super('not direct');
  }
}

type Asked = GraphQLResolveInfo & { direct?: true };

/** A root field whose resolver hands on what the reader answers, so that it may be asked for text. */
export const Direct = () => Extensions({ direct: true });
export const isDirect = (info: GraphQLResolveInfo): boolean => (info as Asked).direct === true;
export const asDirect = (info: GraphQLResolveInfo): GraphQLResolveInfo => ({ ...info, direct: true }) as Asked;
