import { createHash } from 'node:crypto';
import { ApiError } from '../graph/errors.js';
import { Lru } from '../graph/lru.js';
import type { Params } from './params.js';
import { badInput, Refusal } from './problems.js';

/** Kept sources, in characters, and what the shortest weighs. */
const KEPT = 500_000;
const WEIGHT = 500;

/**
 * Automatic persisted queries, as Apollo's clients and urql send them: a document is known by its SHA-256 once it was sent
 * along with it and admitted. Each process knows its own; whoever asks another sends the document again.
 */
export class Persisted {
  private readonly sources = new Lru<string, string>(KEPT);

  sourceOf({ query, hash }: Pick<Params, 'query' | 'hash'>): string {
    if (hash === undefined) return query!;
    const known = this.sources.get(hash);
    if (query === undefined) {
      if (known === undefined) throw new Refusal(notFound());
      return known;
    }
    if (query !== known && createHash('sha256').update(query).digest('hex') !== hash)
      throw new Refusal(mismatch(), 400);
    return query;
  }

  /** Only what was admitted. */
  keep(hash: string, source: string): void {
    if (!this.sources.get(hash)) this.sources.set(hash, source, Math.max(source.length, WEIGHT));
  }
}

/** The words that those clients look for. */
const MESSAGE = 'PersistedQueryNotFound';
const notFound = () => new ApiError('PERSISTED_QUERY_NOT_FOUND', { message: { zh: MESSAGE, en: MESSAGE } });
const mismatch = () =>
  badInput({
    zh: 'sha256Hash 不是所发 query 的 SHA-256，请核对。',
    en: 'The sha256Hash is not the SHA-256 of the query that was sent; check it.',
  });
