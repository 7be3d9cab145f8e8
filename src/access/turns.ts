import type { Pool, PoolClient } from 'pg';
import type { Call } from '../graph/call.js';
import { ApiError } from '../graph/errors.js';
import { type Actor, JOB } from './actor.js';

/** How many wait for their share at most, and for how long. */
const WAITING = 100;
const PATIENCE_MS = 10_000;

/** Whoever is in it holds a connection; one asks for all that it is in. */
type Share = { key: string; most: number };
type Waiting = { shares: Share[]; enter(): void };
/** A connection on loan. */
export type Turn = { client: PoolClient; give(error?: Error): void };

/**
 * Who may hold how many of the pool's connections at once: all that come without a token half of them together, and each token
 * half; of these again half for what is heavy. So nobody waits for those who ask for much, and light ones wait for none of them.
 */
export class Turns {
  private readonly held = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private readonly half: number;
  private readonly quarter: number;

  constructor(readonly pool: Pool) {
    this.half = Math.ceil(pool.options.max / 2);
    this.quarter = Math.ceil(pool.options.max / 4);
  }

  async take(actor: Actor, call?: Call): Promise<Turn> {
    const shares = this.sharesOf(actor, call);
    if (this.free(shares)) this.count(shares, 1);
    else await this.queue(shares, call);
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      this.leave(shares);
      // none is free in time, or the database is not there
      throw new ApiError('UNAVAILABLE', { cause: error as Error });
    }
    return {
      client,
      give: (error) => {
        client.release(error);
        this.leave(shares);
      },
    };
  }

  private sharesOf(actor: Actor, call: Call | undefined): Share[] {
    if (actor === JOB) return [];
    const key = actor.tokenId ?? '';
    const all = { key, most: this.half };
    return call?.heavy ? [all, { key: `${key} heavy`, most: this.quarter }] : [all];
  }

  private free = (shares: Share[]): boolean => shares.every(({ key, most }) => (this.held.get(key) ?? 0) < most);

  private count(shares: Share[], by: 1 | -1): void {
    for (const { key } of shares) {
      const held = (this.held.get(key) ?? 0) + by;
      if (held) this.held.set(key, held);
      else this.held.delete(key);
    }
  }

  private leave(shares: Share[]): void {
    this.count(shares, -1);
    const next = this.waiting.findIndex((waiting) => this.free(waiting.shares));
    if (next >= 0) this.waiting.splice(next, 1)[0].enter();
  }

  private queue(shares: Share[], call: Call | undefined): Promise<void> {
    const [{ key }] = shares;
    if (this.waiting.filter(({ shares: [first] }) => first.key === key).length >= WAITING)
      return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const refuse = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        done();
        reject(tooMany());
      };
      const timer = setTimeout(refuse, PATIENCE_MS);
      const forget = call?.during(refuse);
      const done = () => {
        clearTimeout(timer);
        forget?.();
      };
      const waiting: Waiting = {
        shares,
        enter: () => {
          this.count(shares, 1);
          done();
          resolve();
        },
      };
      this.waiting.push(waiting);
    });
  }
}

const tooMany = () =>
  new ApiError('RATE_LIMITED', {
    message: {
      zh: '同时进行的请求过多，请稍后重试。',
      en: 'Too many requests at the same time; try again later.',
    },
    params: { retryAfter: 5 },
  });
