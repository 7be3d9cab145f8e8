import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ApiError, REQUEST_ERRORS, type RequestErrorCode } from '../graph/errors.js';
import type { Language, Text } from '../graph/language.js';

/** A request that is answered before anything runs. Without a status: 200 in application/json, else the code's own. */
export class Refusal extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(
    errors: GraphQLError | readonly GraphQLError[],
    readonly status?: number,
    readonly headers: Record<string, string> = {},
  ) {
    super('refused');
    this.errors = errors instanceof GraphQLError ? [errors] : errors;
  }
}

export const badInput = (message: Text, params?: Record<string, unknown>): ApiError =>
  new ApiError('BAD_USER_INPUT', { message, params });

const DETAIL_LENGTH = 300;

/** graphql-js's English sentence without values and without hints at names that were not asked for. */
export function detailOf(message: string): string {
  return message
    .replace(/^Syntax Error: /, '')
    .replace(/ Did you mean [\s\S]*$/, '')
    .replace(/ value: [\s\S]*$/, ' value.')
    .replace(/, found [\s\S]*$/, '.')
    .replace(/\b((?:Block)?String) "[\s\S]*"/, '$1')
    .slice(0, DETAIL_LENGTH);
}

/** Our sentence, and what graphql-js says of the place behind it. */
const withDetail = ({ zh, en }: Text, detail: string): Text => ({
  zh: `${zh.replace(/。$/, '')}：${detail}`,
  en: `${en.replace(/\.$/, '')}: ${detail}`,
});

/** What graphql-js said about the client's document, under our code and in both languages; its place is kept. */
export function inputProblem(error: GraphQLError, message: Text): GraphQLError {
  const own = apiErrorIn(error);
  if (own) return error;
  const { nodes, source, positions } = error;
  const detail = detailOf(error.message);
  const originalError = badInput(withDetail(message, detail), { detail });
  return new GraphQLError(error.message, { nodes, source, positions, originalError });
}

export function apiErrorIn(error: unknown): ApiError | undefined {
  for (let depth = 0, e = error; e && depth < 10; depth++, e = (e as GraphQLError).originalError) {
    if (e instanceof ApiError) return e;
  }
  return undefined;
}

/** Execution's own complaints about arguments: the client's mistake, though found late. */
const ARGUMENT = /^(Argument "|Variable "\$)/;

/** The one error class for an error of any origin; undefined for what no client may see. */
function known(error: unknown): ApiError | undefined {
  const own = apiErrorIn(error);
  if (own || !(error instanceof GraphQLError)) return own;
  const code = error.extensions?.code as RequestErrorCode;
  if (typeof code === 'string' && code in REQUEST_ERRORS && code !== 'INTERNAL') return new ApiError(code);
  if (!error.originalError && ARGUMENT.test(error.message)) {
    const detail = detailOf(error.message);
    return badInput(withDetail(REQUEST_ERRORS.BAD_USER_INPUT, detail), { detail });
  }
  return undefined;
}

export type Viewpoint = { language: Language; requestId: string; log: (error: unknown, path?: unknown) => void };

/** What the client can't mend is for the log too. */
const OPERATORS: ReadonlySet<RequestErrorCode> = new Set(['INTERNAL', 'UNAVAILABLE']);

/** An error as the client sees it: code, request id, retryable, message in its language; the unknown is masked and logged. */
export function present(error: unknown, { language, requestId, log }: Viewpoint): GraphQLFormattedError {
  const place = error instanceof GraphQLError ? error : undefined;
  let shown = known(error);
  if (!shown) {
    log(place?.originalError ?? error, place?.path);
    shown = new ApiError('INTERNAL');
  } else if (shown.unexpected || OPERATORS.has(shown.code)) log(shown.originalError ?? shown, place?.path);
  return {
    message: shown.messageIn(language),
    ...(place?.locations && { locations: place.locations }),
    ...(place?.path && { path: place.path }),
    extensions: { ...shown.extensions, requestId },
  };
}

export const statusOf = (error: unknown): number => REQUEST_ERRORS[known(error)?.code ?? 'INTERNAL'].status;
