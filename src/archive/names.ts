/** Longest name of one folder or file, in UTF-16 units: with four of them a path stays below what Windows opens. */
const LONGEST = 60;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that is one segment of a path on every system. */
export function safeName(text: string): string {
  const clean = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Surrogate}\p{Bidi_Control}\\/:*?"<>|]/gu, '_')
    .replace(/\s+/g, ' ');
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 6 ? clean.slice(dot) : '';
  const stem = clean.slice(0, clean.length - ending.length);
  const name = `${shortened(stem, LONGEST - ending.length)}${ending}`
    // Windows drops dots and blanks at the end, and hides what begins with a dot elsewhere
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return name === '' ? '_' : RESERVED.test(name) ? `_${name}` : name;
}

/** Not through the middle of a character. */
const shortened = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

/** Paths that differ, also where neither case nor width of a name counts: the second of two gets a number. */
export function pathsOnce(): (folders: string[], fileName: string) => string {
  const taken = new Set<string>();
  const key = (path: string) => path.normalize('NFKC').toLowerCase();
  return (folders, fileName) => {
    const folder = folders.map(safeName).join('/');
    const file = safeName(fileName);
    const dot = file.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [file.slice(0, dot), file.slice(dot)] : [file, ''];
    for (let number = 1; ; number++) {
      const path = `${folder}/${number === 1 ? file : `${stem} (${number})${ending}`}`;
      if (taken.has(key(path))) continue;
      taken.add(key(path));
      return path;
    }
  };
}

/** A path as the target of a link: what has a meaning in an address is escaped, Chinese stays as spreadsheets write it. */
export const linkTo = (path: string): string => path.replace(/[%#?&;=+@!$'()*,\s[\]^`{}]/g, encodeURIComponent);
