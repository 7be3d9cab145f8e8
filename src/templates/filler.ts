import { createHash } from 'node:crypto';
import { MAX_UPLOAD_BYTES } from '../config.js';
import { ApiError } from '../graph/errors.js';
import { Lru } from '../graph/lru.js';
import type { ProcessBounds } from '../processes/bounds.js';
import { Crowded, Pool } from '../processes/pool.js';
import type { TemplateData } from './data.js';
import type { Problem } from './problems.js';

export type FillJob = { data: TemplateData } | { trial: true };
export type Filled = { file: Buffer } | { problems: Problem[] };

/** A long template takes a second. */
const BOUNDS: ProcessBounds = {
  milliseconds: 20_000,
  rssBytes: 536_870_912,
  heapMegabytes: 320,
  children: 2,
  idleMilliseconds: 30_000,
  jobsPerChild: 200,
  waiting: 20,
};
/** A trial does more than any filling, and has half the time: what passes it can be filled on a busy day. */
const TRIAL_MS = 10_000;
const REMEMBERED_BYTES = 16_777_216;

/**
 * Fills templates in processes of their own, each owner in turn: a few kilobytes of loops may stand for gigabytes. What
 * was filled for a consortium today need not be filled for it again.
 */
export class Filler {
  private readonly pool: Pool<FillJob, Filled>;
  private readonly filled = new Lru<string, Buffer>(REMEMBERED_BYTES);

  constructor(private readonly bounds: ProcessBounds = BOUNDS) {
    this.pool = new Pool('src/templates/child.js', bounds);
  }

  /** `key` names the template, whose bytes never change; they are fetched when it is its turn. */
  async fill(owner: string, key: string, blank: () => Promise<Buffer>, data: TemplateData): Promise<Buffer> {
    const known = createHash('sha256')
      .update(`${key}\n${JSON.stringify(data)}`)
      .digest('base64');
    const found = this.filled.get(known);
    if (found) return found;
    const outcome = await this.inTurn(owner, async () => this.pool.run({ data }, await blank()));
    if (!('done' in outcome) || !('file' in outcome.done) || outcome.done.file.length > MAX_UPLOAD_BYTES)
      throw new ApiError('UNAVAILABLE', {
        message: BUSY,
        cause: new Error(`a template is not filled: ${reason(outcome)}`),
      });
    const file = Buffer.from(outcome.done.file);
    this.filled.set(known, file, file.length);
    return file;
  }

  /** Why it can't be used; empty when it can be filled for every consortium. */
  async problems(owner: string, blank: () => Promise<Buffer>): Promise<Problem[]> {
    const time = Math.min(TRIAL_MS, this.bounds.milliseconds);
    const outcome = await this.inTurn(owner, async () => this.pool.run({ trial: true }, await blank(), time));
    if ('done' in outcome && 'problems' in outcome.done) return outcome.done.problems;
    return [TOO_MUCH];
  }

  stop(): Promise<void> {
    return this.pool.stop();
  }

  private inTurn<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return this.pool.inTurn(owner, work).catch((error) => {
      throw error instanceof Crowded ? new ApiError('RATE_LIMITED', { message: waiting(error.most) }) : error;
    });
  }
}

const reason = (outcome: object): string => Object.keys(outcome).join();

const TOO_MUCH: Problem = {
  tag: null,
  zh: '模板过长或过于复杂，在限定的时间和内存之内无法填写，请减少循环、标签或内容后重新上传。',
  en: 'The template is too long or too intricate to be filled within its bounds: take out loops, tags or content and upload it again.',
};
const BUSY = {
  zh: '模板暂时无法填写，请稍后重试。',
  en: 'The template can not be filled at the moment; try again later.',
};
const waiting = (most: number) => ({
  zh: `您已有 ${most} 份模板在等待填写，请等它们完成后再试。`,
  en: `${most} templates of yours are waiting to be filled; try again when they are done.`,
});
