import { pinyin } from 'pinyin-pro';
import { withoutRadicals } from './radicals.js';

/**
 * Both widths of a bracket, letter or digit, and both cases, become one, and so do a radical and its character; line breaks and
 * other control characters are blanks. What nobody sees is not there: zero widths, direction marks, soft hyphens, variation selectors.
 */
export const fold = (text: string): string =>
  withoutRadicals(text.replace(/\p{Default_Ignorable_Code_Point}+/gu, '').normalize('NFKC'))
    .toLowerCase()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();

type Reading = ReturnType<typeof readAnew>;

const readAnew = (text: string) => pinyin(fold(text), { type: 'all', toneType: 'num', v: true });

let last: { text: string; reading: Reading } | undefined;

/**
 * Character by character, but read in their words: 长 is chang2 in 长沙 and zhang3 in 校长. The last one is kept, since
 * a name's key is asked for beside what its search looks through.
 */
function read(text: string): Reading {
  if (last?.text !== text) last = { text, reading: readAnew(text) };
  return last.reading;
}

const isWord = (character: string) => /^[\p{L}\p{N}]$/u.test(character);

/**
 * A key whose bytes stand in the order of a Chinese index: syllables with their tones, then the text itself. A space comes
 * before every letter, and the line break before the space, so that a name stands before those that begin with it.
 */
export function sortKey(text: string): string {
  let key = '';
  let spelling = false;
  for (const { origin, pinyin: syllable, isZh } of read(text)) {
    // brackets and the like have no place in an index
    if (!isZh && !isWord(origin)) spelling = false;
    else {
      key += (key && !(spelling && !isZh) ? ' ' : '') + (isZh ? syllable : origin);
      spelling = !isZh;
    }
  }
  return `${key}\n${text}`;
}

/** What a search looks through: the folded name, and below it the initials of its syllables, letters and digits kept. */
export const searchText = (name: string): string =>
  `${fold(name)}\n${read(name)
    .map(({ origin, first, isZh }) => (isZh ? first : isWord(origin) ? origin : ''))
    .join('')}`;
