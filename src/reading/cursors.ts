import { ApiError } from '../graph/errors.js';

/** A cursor holds the mark of its filter and order, of a page inside a row that row's id, and the values of its row in that order. */
export const encodeCursor = (mark: string, values: string[]): string =>
  Buffer.from(JSON.stringify([mark, ...values])).toString('base64url');

/** A column's values as PostgreSQL writes them, and nothing else that it would read, such as `now` or `infinity`. */
const WRITTEN: Record<string, (value: string) => boolean> = {
  text: (value) => !/[\0\p{Surrogate}]/u.test(value),
  int: (value) => /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) < 2 ** 31,
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && isInstant(`${value}T00:00:00Z`),
  // connections are in UTC
  timestamptz: (value) =>
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/.test(value) &&
    isInstant(`${value.slice(0, 10)}T${value.slice(11, 19)}Z`),
};

/** A day of the calendar and a time of the clock: what JavaScript carries over into another day is none. */
function isInstant(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, -1));
}

export function decodeCursor(cursor: string, mark: string, types: string[]): string[] {
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {}
  if (Array.isArray(decoded) && decoded.length === types.length + 1 && decoded[0] === mark) {
    const values: unknown[] = decoded.slice(1);
    if (values.every((v, i) => typeof v === 'string' && WRITTEN[types[i]](v))) return values as string[];
  }
  throw foreignCursor();
}

export const foreignCursor = (): ApiError =>
  new ApiError('BAD_USER_INPUT', {
    message: {
      zh: '游标无效：游标只能用于产生它的同一列表、筛选与排序。',
      en: 'Invalid cursor: a cursor belongs to the list, the filter and the order that made it.',
    },
  });
