import type { GraphQLSchema } from 'graphql';
import type { Actor } from './actor.js';
import type { Door } from './door.js';
import { ALIVE } from './session.js';

/**
 * Token, then role, then row, whatever the mutation: a refusal of the role or of the input that was found without the
 * database still asks whether the token holds, and gives way to that. Where a transaction has asked, nothing is added.
 */
export function tokenFirst(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve!;
    field.resolve = async (source, args, context: { actor: Actor; door: Door }, info) => {
      const { actor, door } = context;
      door.asked = false;
      try {
        return await resolve(source, args, context, info);
      } finally {
        if (actor.tokenId && !door.asked) await door.reading(actor, ({ session }) => session.query(ALIVE));
      }
    };
  }
}
