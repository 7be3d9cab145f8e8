/** What PostgreSQL cannot store and UTF-8 cannot carry: NUL and halves of surrogate pairs. */
const UNSAFE = /[\0\p{Surrogate}]/u;

export const unsafeText = (text: string): boolean => UNSAFE.test(text);
