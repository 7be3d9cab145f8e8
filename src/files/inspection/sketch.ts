/**
 * What is kept of a text, so that two can be compared long after both files are gone: the smallest hashes of its
 * trigrams (FracMinHash). The share of one text's trigrams that the other holds is estimated from hashes alone, and
 * nobody can read the text from them.
 */
const MOST = 4_096;
const GRAM = 3;
const HASHES = 2 ** 32;
/** Layout: version, whether the text is a part of the whole, how often the threshold was halved, then the hashes. */
const VERSION = 1;
const HEAD = 4;
const { imul } = Math;

/** Null for a text without a letter. `partial`: not every page was read. */
export function sketchOf(text: string, partial = false): Buffer | null {
  const letters = normalised(text);
  if (!letters) return null;
  let halvings = 0;
  let kept = new Set<number>();
  let threshold = HASHES;
  const last = Math.max(0, letters.length - GRAM);
  for (let i = 0; i <= last; i++) {
    const hash = hashAt(letters, i);
    if (hash >= threshold) continue;
    kept.add(hash);
    while (kept.size > MOST) {
      threshold = HASHES / 2 ** ++halvings;
      kept = new Set([...kept].filter((h) => h < threshold));
    }
  }
  const hashes = Uint32Array.from(kept).sort();
  const sketch = Buffer.alloc(HEAD + 4 * hashes.length);
  sketch.set([VERSION, partial ? 1 : 0, halvings]);
  hashes.forEach((hash, i) => {
    sketch.writeUInt32BE(hash, HEAD + 4 * i);
  });
  return sketch;
}

/**
 * 0 to 1: how much of the Word text the PDF holds; null where one of them has no text. Of a PDF that was read in part
 * it is how much of that part the Word file holds: the rest can't be missed.
 */
export function similarity(word: Buffer | null, pdf: Buffer | null): number | null {
  if (!word || !pdf) return null;
  const a = read(word);
  const b = read(pdf);
  if (!a || !b) return null;
  const [part, whole] = b.partial ? [b, a] : [a, b];
  const threshold = HASHES / 2 ** Math.max(a.halvings, b.halvings);
  const holds = new Set(whole.hashes);
  const below = part.hashes.filter((h) => h < threshold);
  // a line of text beside a book: none of its few trigrams is in the sample, and the two are no pair
  if (!below.length) return 0;
  return below.filter((h) => holds.has(h)).length / below.length;
}

function read(sketch: Buffer) {
  if (sketch.length <= HEAD || sketch[0] !== VERSION || sketch.length % 4) return null;
  const hashes = Array.from({ length: (sketch.length - HEAD) / 4 }, (_, i) => sketch.readUInt32BE(HEAD + 4 * i));
  return { partial: sketch[1] === 1, halvings: sketch[2], hashes };
}

/** Widths, cases, spaces and punctuation differ between a Word file and its PDF; letters and digits do not. */
export const normalised = (text: string): string =>
  text
    // to put long rows of marks in order takes the square of their number
    .replace(/(\p{M}{32})\p{M}+/gu, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]/gu, '');

/** Of the trigram that begins here, or of all of a shorter text: FNV-1a over code units, then murmur's last mix, so that the small hashes are a fair sample. */
function hashAt(letters: string, at: number): number {
  let h = 0x811c9dc5;
  for (let i = at; i < at + GRAM && i < letters.length; i++) {
    h = imul(h ^ (letters.charCodeAt(i) & 0xff), 0x01000193);
    h = imul(h ^ (letters.charCodeAt(i) >> 8), 0x01000193);
  }
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
