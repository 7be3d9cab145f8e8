import { ApiError, type RequestErrorCode } from '../graph/errors.js';

/** The database's refusals in the API's words; whatever is not here is masked as INTERNAL and logged. */
const CODES: Record<string, RequestErrorCode> = {
  // the guards of migrations/: somebody was quicker, or state and version moved on
  IEC01: 'CONFLICT',
  IEC04: 'CONFLICT',
  IEC05: 'FORBIDDEN',
  // unique_violation: of two that create the same, one wins
  '23505': 'CONFLICT',
  // character_not_in_repertoire, untranslatable_character, invalid_text_representation, out of range
  '22021': 'BAD_USER_INPUT',
  '22P05': 'BAD_USER_INPUT',
  '22P02': 'BAD_USER_INPUT',
  '22003': 'BAD_USER_INPUT',
  '22007': 'BAD_USER_INPUT',
  '22008': 'BAD_USER_INPUT',
  // lock_not_available, query_canceled: too busy
  '55P03': 'CONFLICT',
};

export function translated(error: unknown): unknown {
  const code = (error as { code?: string } | null)?.code;
  if (error instanceof ApiError || !code || !(code in CODES)) return error;
  return new ApiError(CODES[code], { cause: error as Error });
}
