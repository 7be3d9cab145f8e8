import { isAnswerTooLarge, MAX_ANSWER_BYTES } from '../graph/answer-size.js';
import { apiErrorIn } from './problems.js';

/**
 * Below this cost an answer may be written without being weighed first: values are dear by their length (cost.ts), so it has a few
 * MiB at most.
 */
const WEIGHED_FROM = 300;

/** Before it is written: aliases repeat one value without end, and a text of a gigabyte must not be made to find out. */
export const weighsTooMuch = (data: unknown, cost: number): boolean =>
  cost > WEIGHED_FROM && left(data, MAX_ANSWER_BYTES) < 0;

/** The database or the session found out. */
export function saysTooLarge(error: unknown): boolean {
  const own = apiErrorIn(error);
  return own !== undefined && isAnswerTooLarge(own);
}

/** The written answer. */
export const isTooLarge = (text: string): boolean =>
  text.length > MAX_ANSWER_BYTES || (3 * text.length > MAX_ANSWER_BYTES && Buffer.byteLength(text) > MAX_ANSWER_BYTES);

/** What is left of so many characters after this value; where nothing is left nobody looks further. */
function left(value: unknown, budget: number): number {
  if (budget < 0) return budget;
  if (typeof value === 'string') return budget - value.length - 2;
  if (value === null || typeof value !== 'object') return budget - 4;
  let rest = budget - 2;
  if (Array.isArray(value)) for (const item of value) rest = left(item, rest);
  else
    for (const name in value) {
      if (rest < 0) break;
      rest = left((value as Record<string, unknown>)[name], rest - name.length - 4);
    }
  return rest;
}
