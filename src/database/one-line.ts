import { Check } from 'typeorm';
import { snake } from './naming.js';

/**
 * What a text of one line can't hold: breaks and other control characters, what is not seen (soft hyphens, zero widths,
 * fillers, tags), and marks that turn the direction of what is. As ranges and not as Unicode's categories, so that the
 * database, whatever its version, says the same.
 */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xd800, 0xdfff],
  [0xe0000, 0xe007f],
];
const escaped = (code: number) => `\\u{${code.toString(16)}}`;
const CLASS = `[${RANGES.map(([first, last]) => `${escaped(first)}-${escaped(last)}`).join('')}]`;
const UNSEEN = new RegExp(CLASS, 'u');
const EVERY = new RegExp(CLASS, 'gu');

/** The first character that does not belong into one line, as U+202E; undefined where there is none. */
export function unseenIn(text: string): string | undefined {
  const [found] = UNSEEN.exec(text) ?? [];
  return found && `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A text from before there was this rule, made to follow it. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\t-\r\u0085\u2028\u2029]+/gu, ' ')
    .replace(EVERY, '')
    .trim();

/** The same for PostgreSQL, whose text holds neither U+0000 nor surrogates. */
const escapedInSql = (code: number) =>
  code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
export const UNSEEN_IN_SQL = `[${RANGES.filter(([first]) => first !== 0xd800)
  .map(([first, last]) => [Math.max(first, 1), last])
  .map(([first, last]) => (first === last ? escapedInSql(first) : `${escapedInSql(first)}-${escapedInSql(last)}`))
  .join('')}]`;

/** A text of one line, in the database too; `where` says of which rows. */
export const OneLine =
  (property: string, where?: string): ClassDecorator =>
  (target) => {
    const column = snake(property);
    const fits = `${column} !~ '${UNSEEN_IN_SQL}'`;
    Check(`ck_${snake(target.name)}_${column}_one_line`, where ? `NOT (${where}) OR ${fits}` : fits)(target);
  };
