import { createHash, randomUUID } from 'node:crypto';
import { kindOf, typeOfPrefix } from './registered.js';

/** The class of an entity, or the name of what has ids and no table. */
type Kind = Function | string;

export const newId = (of: Kind): string => `${kindOf(of).prefix}_${randomUUID().replaceAll('-', '')}`;

/** The same, made by the database for each row of a statement. */
export const newIdSql = (of: Kind): string => `'${kindOf(of).prefix}_' || replace(gen_random_uuid()::text, '-', '')`;

/** The same id at every seeding for the same natural key (a city's code, a unit's name). */
export function idOf(of: Kind, naturalKey: string): string {
  const { prefix } = kindOf(of);
  return `${prefix}_${createHash('sha256').update(`${prefix}:${naturalKey}`).digest('hex').slice(0, 32)}`;
}

const PATTERN = /^([a-z]{3})_[0-9a-f]{32}$/;

/** The type an id belongs to, or undefined when it is none of ours. */
export function typeOfId(id: string): string | undefined {
  const prefix = PATTERN.exec(id)?.[1];
  return prefix && typeOfPrefix(prefix);
}
