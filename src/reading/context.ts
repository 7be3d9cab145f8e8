import type { GraphQLResolveInfo } from 'graphql';
import type { Actor } from '../access/actor.js';
import type { Door } from '../access/door.js';
import { ALIVE, type Session } from '../access/session.js';
import type { Language } from '../graph/language.js';
import type { Reader } from './reader.js';

export type ContextParts = {
  door: Door;
  reader: Reader;
  actor: Actor;
  language: Language;
  requestId: string;
  /** Reads only: a token that nothing asked about is asked about at the end. */
  query: boolean;
  publicBase(): string;
};

/** What a resolver has: who asks, the session of its queries, the door for its writes. */
export class Context {
  readonly door: Door;
  readonly reader: Reader;
  readonly actor: Actor;
  readonly language: Language;
  readonly requestId: string;
  private readonly findBase: () => string;
  private base: string | undefined;
  private readonly reads: boolean;
  private opened: Session | undefined;

  constructor(parts: ContextParts) {
    this.door = parts.door;
    this.reader = parts.reader;
    this.actor = parts.actor;
    this.language = parts.language;
    this.requestId = parts.requestId;
    this.findBase = parts.publicBase;
    this.reads = parts.query;
  }

  entity = (name: string): Function => this.door.entity(name);

  /** Scheme, host and port under which the client reached us. */
  get publicBase(): string {
    this.base ??= this.findBase();
    return this.base;
  }

  get now(): Date {
    return this.door.now();
  }

  /** One consistent picture for all queries of the request. */
  get session(): Session {
    this.opened ??= this.door.read(this.actor);
    return this.opened;
  }

  /** After a change: a fresh look with the same eyes, since the change may have altered what they may see. */
  async afterwards<R>(info: GraphQLResolveInfo, entity: Function, id: string | null | undefined): Promise<R | null> {
    if (!id) return null;
    try {
      return await this.door.reading(this.actor, ({ session }) => this.reader.one<R>(info, session, entity, { id }));
    } catch (error) {
      // a token that has just revoked itself sees nothing any more; the change was made all the same
      if (error === this.door.refusal && this.door.committed) return null;
      throw error;
    }
  }

  get statements(): number {
    return this.opened?.statements ?? 0;
  }

  /** Before the answer leaves: a token that no longer holds is refused whatever was asked, also where nothing was read. */
  async close(failed: boolean): Promise<void> {
    try {
      if (this.reads && this.actor.tokenId && !this.statements) await this.session.query(ALIVE, [], true);
    } finally {
      await this.opened?.end(failed ? 'rollback' : 'commit');
    }
    const refusal = this.opened?.refusal ?? this.door.refusal;
    if (refusal && !this.door.committed) throw refusal;
  }
}
