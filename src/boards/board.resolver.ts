import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { labelOf } from '../graph/labels.js';
import type { Context } from '../reading/context.js';
import { Board, BoardMember } from './board.entity.js';

@Resolver(() => Board)
export class BoardResolver {
  @FieldResolver()
  formLabel(@Root() row: Board, @Ctx() c: Context): string {
    return labelOf('BoardForm', row.form, c.language);
  }
}

@Resolver(() => BoardMember)
export class BoardMemberResolver {
  @FieldResolver()
  positionLabel(@Root() row: BoardMember, @Ctx() c: Context): string {
    return labelOf('BoardPosition', row.position, c.language);
  }
}
