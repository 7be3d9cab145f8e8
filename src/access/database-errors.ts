import { answerTooLarge, listTooLong } from '../graph/answer-size.js';
import { ApiError, type RequestErrorCode } from '../graph/errors.js';
import { OVER_BUDGET, overBudget } from './budgets.js';

/** The database's refusals in the API's words; whatever is not here is masked as INTERNAL and logged. */
const CODES: Record<string, RequestErrorCode> = {
  // the guards of migrations/, where a code of ours fits: nobody decides on their own submission, and what is settled stays as
  // it is. Their other refusals are nobody's doing, once a second attempt has met them: neither is told as somebody's change
  IEC05: 'FORBIDDEN',
  IEC02: 'FORBIDDEN',
  IEC03: 'FORBIDDEN',
  // unique_violation, exclusion_violation: of two that create the same, one wins
  '23505': 'CONFLICT',
  '23P01': 'CONFLICT',
  // foreign_key_violation: what it refers to is gone, or something refers to it
  '23503': 'CONFLICT',
  // check_violation: a value that the columns do not take
  '23514': 'BAD_USER_INPUT',
  // lock_not_available: too busy; serialization_failure, deadlock_detected: after all attempts
  '55P03': 'UNAVAILABLE',
  '40001': 'UNAVAILABLE',
  '40P01': 'UNAVAILABLE',
  // read_only_sql_transaction: a standby took over, or an operator stopped writing
  '25006': 'UNAVAILABLE',
  // insufficient_privilege: wall two refused what wall one let through
  '42501': 'FORBIDDEN',
};
/** Only the database found them out: the checks before it should have. */
const UNEXPECTED = new Set(['42501', '23514', 'IEC02', 'IEC03', 'IEC05']);

/** Raised by a guard of migrations/: the checks before it found nothing wrong. */
export const isGuard = (sqlState: string): boolean => /^IEC\d\d$/.test(sqlState);

/** `writing`: what takes too long waits for somebody else's change; a read asks for too much. */
export function translated(error: unknown, writing = false): unknown {
  const sqlState = (error as { code?: unknown } | null)?.code;
  if (error instanceof ApiError) return error;
  if (isBroken(error)) return new ApiError('UNAVAILABLE', { cause: error as Error });
  if (typeof sqlState !== 'string') return error;
  if (sqlState === 'IEC07') return refusedAnswer(error as Refused);
  if (sqlState === OVER_BUDGET) return overBudget(error as { detail?: string });
  const code = codeOf(sqlState, writing);
  return code ? new ApiError(code, { cause: error as Error, unexpected: UNEXPECTED.has(sqlState) }) : error;
}

type Refused = { detail?: string; hint?: string };
/** `refuse_answer` of migrations/: said by the statement of a read itself. */
const refusedAnswer = ({ detail, hint }: Refused): ApiError =>
  detail === 'rows' ? listTooLong(Number(hint)) : answerTooLarge();

function codeOf(sqlState: string, writing: boolean): RequestErrorCode | undefined {
  // data exceptions: values that PostgreSQL can't read or hold
  if (/^22...$/.test(sqlState)) return 'BAD_USER_INPUT';
  // query_canceled, by the statement's timeout
  if (sqlState === '57014') return writing ? 'UNAVAILABLE' : 'QUERY_TOO_COSTLY';
  // insufficient resources, such as a full disk; an operator's intervention; the system's own errors: nobody's mistake
  if (/^(53|57|58)...$/.test(sqlState)) return 'UNAVAILABLE';
  return CODES[sqlState];
}

/** The connection is gone: by its SQLSTATE (shut down, waited too long, connection exception) or by what the socket or the client says. */
export function isBroken(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return (
    /^(57P0.|25P0[34]|08...|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code) ||
    /Connection terminated|not queryable/.test(message)
  );
}
