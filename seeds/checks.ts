/** A day that exists, as 2024-05-16. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100: seventeen characters weighed by the powers of 3, and the check character. */
export function isSocialCreditCode(code: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === code[17];
}

const OPENING = '([〔【《';
const CLOSING = ')]〕】》';

/**
 * The units of one cell. A 、 inside brackets belongs to a name. Undefined where the brackets don't match: cutting there
 * would invent units.
 */
export function unitsOf(cell: string): string[] | undefined {
  const units = [''];
  const open: number[] = [];
  for (const character of cell) {
    // people close a full-width bracket with a half-width one
    const bracket = character.normalize('NFKC');
    if (OPENING.includes(bracket)) open.push(OPENING.indexOf(bracket));
    else if (CLOSING.includes(bracket) && open.pop() !== CLOSING.indexOf(bracket)) return undefined;
    if (character === '、' && open.length === 0) units.push('');
    else units[units.length - 1] += character;
  }
  return open.length ? undefined : units.map((unit) => unit.trim());
}
