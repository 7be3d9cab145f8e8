import { ApiError } from './errors.js';

/** One answer to one request, whichever way it is written. */
export const MAX_ANSWER_BYTES = 10 * 1_048_576;

const BYTES = 'bytes';
export const isAnswerTooLarge = ({ extensions }: ApiError): boolean =>
  (extensions.params as { what?: string } | undefined)?.what === BYTES;

export const answerTooLarge = (): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: {
      zh: `应答超过 ${MAX_ANSWER_BYTES / 1_048_576} MiB，请减少字段或页长。`,
      en: `The answer is larger than ${MAX_ANSWER_BYTES / 1_048_576} MiB; ask for fewer fields or shorter pages.`,
    },
    params: { what: BYTES, limit: MAX_ANSWER_BYTES },
  });

export const listTooLong = (limit: number): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: {
      zh: `一个不分页的列表超过 ${limit} 项，无法给出；请略去该列表。`,
      en: `A list without pages holds more than ${limit}, and can’t be given; leave it out.`,
    },
    params: { what: 'rows', limit },
  });
