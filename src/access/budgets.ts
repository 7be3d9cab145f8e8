import { ApiError } from '../graph/errors.js';
import type { Text } from '../graph/language.js';

/** SQLSTATE of migrations/kept/budgets.ts: one token has used up what it may within an hour. */
export const OVER_BUDGET = 'IECRL';
/** The longest answer that is kept for a key. */
export const MAX_KEPT_ANSWER = 262_144;

/** What to do, by the database's name of the budget. */
export const BUDGETS: Record<string, Text> = {
  UNATTACHED_BYTES: {
    zh: '此令牌一小时内申请上传而未附到材料的文件已满 500 MiB，请先附上，或稍后再传。',
    en: 'The files that this token has announced within an hour and attached to nothing would exceed 500 MiB; attach them, or send this one later.',
  },
  UPLOADS: {
    zh: '此令牌一小时内申请的上传已满 3,000 个，请稍后再申请。',
    en: 'This token has announced 3,000 uploads within an hour; announce this one later.',
  },
  CHANGES: {
    zh: '此令牌一小时内的此类操作已达上限，请稍后再试。',
    en: 'This token has done this as often as it may within an hour; try again later.',
  },
  ANSWERS: {
    zh: '此令牌一小时内以 Idempotency-Key 存下的应答已满 10 MiB：此请求尚未执行，请稍后再试，或少取字段、不带该请求头。',
    en: 'The answers kept for this token’s Idempotency-Keys would exceed 10 MiB within an hour: nothing was done yet; try again later, or ask for fewer fields, or without the header.',
  },
};

/** As the guard says it: which budget, how much it is, and when there is room again (seconds). */
export function overBudget(error: { detail?: string }): ApiError {
  const params = JSON.parse(error.detail ?? '{}') as { budget: string; limit: number; retryAfter: number };
  return new ApiError('RATE_LIMITED', { message: BUDGETS[params.budget], params, cause: error as Error });
}
