import { createHash } from 'node:crypto';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** As the generator's SQL makes it: `'con_' || md5('con' || 7)`. */
export const benchId = (prefix: string, key: string | number): string => `${prefix}_${md5(`${prefix}${key}`)}`;
/** The same in SQL. */
export const sqlId = (prefix: string, key: string): string => `'${prefix}_' || md5('${prefix}' || ${key})`;
