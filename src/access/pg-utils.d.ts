/** How pg writes a value as a parameter; it publishes the file, @types/pg does not know it. */
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): string | Buffer | null;
}
