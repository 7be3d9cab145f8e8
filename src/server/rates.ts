import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from '../graph/errors.js';
import { Lru } from '../graph/lru.js';

/** Points a minute, of which a request takes one and more as it asks for more; 0: without end. */
export type RateOptions = { token: number; address: number };
/** Whoever a request is counted to: a token, or a stranger's line. */
export type Payer = { token: boolean; key: string };

const SECONDS = 60;
/** Payers that are remembered; who was not heard of for longest is forgotten, and begins anew. */
const REMEMBERED = 20_000;
const BYTES_PER_POINT = 16_384;
const COST_PER_POINT = 100;

/** Of a request as it arrives. */
export const pointsOfBody = (bytes: number): number => 1 + Math.floor(bytes / BYTES_PER_POINT);
/** Of a query on top of that. */
export const pointsOfCost = (cost: number): number => Math.floor(cost / COST_PER_POINT);

/** Counts what each payer takes in a minute, in this process. */
export class Rates {
  private readonly limiters: Record<'token' | 'address', RateLimiterMemory | undefined>;
  private readonly payers: Lru<string, Payer>;

  constructor({ token, address }: RateOptions, remembered = REMEMBERED) {
    const limiter = (points: number) => (points ? new RateLimiterMemory({ points, duration: SECONDS }) : undefined);
    this.limiters = { token: limiter(token), address: limiter(address) };
    this.payers = new Lru(remembered, (payer) => void this.limiterOf(payer)?.delete(payer.key));
  }

  private limiterOf = ({ token }: Payer) => this.limiters[token ? 'token' : 'address'];

  /** What was refused is not counted: whoever asks for less may still come through. */
  async charge(payer: Payer, points: number): Promise<void> {
    const limiter = this.limiterOf(payer);
    if (!limiter) return;
    const name = `${payer.token} ${payer.key}`;
    if (!this.payers.get(name)) this.payers.set(name, payer);
    try {
      await limiter.consume(payer.key, points);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      await limiter.reward(payer.key, points);
      throw new ApiError('RATE_LIMITED', {
        params: { retryAfter: Math.max(1, Math.ceil(reason.msBeforeNext / 1000)) },
      });
    }
  }
}
