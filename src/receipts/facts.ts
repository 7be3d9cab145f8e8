import { randomInt } from 'node:crypto';
import type { DocumentKind, ReceiptKind, ReportKind } from '../graph/enums.js';

/** What a receipt says and the server signs. Instants are ISO in UTC; nothing here is computed when it is read. */
export type ReceiptFacts = {
  number: string;
  kind: ReceiptKind;
  issuedAt: string;
  province: string;
  city: string;
  consortium: { code: string; name: string };
  reportKind: ReportKind;
  year: number;
  revision: number;
  title: string;
  submittedAt: string;
  cityApprovedAt: string | null;
  acceptedAt: string | null;
  documents: { kind: DocumentKind; sha256: string; byteSize: number }[];
  seals: { organization: string; attestedAt: string; attestedBy: string; page: number | null }[];
  eventId: string;
};

/** Crockford's 32: no I, L, O or U. Sixteen of them are 80 random bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** S for a submission, R for what the province received. */
const LETTERS: Record<ReceiptKind, string> = { SUBMISSION: 'S', ACCEPTANCE: 'R' };

const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** R2027-7K3M-…: to be read aloud and typed; no number tells anything of another. */
export const newReceiptNumber = (kind: ReceiptKind, year: number): string =>
  [`${LETTERS[kind]}${year}`, group(), group(), group(), group()].join('-');

/** As somebody typed it: either width and case, blanks, O for 0, I and L for 1. Null when it is no number of ours. */
export function readReceiptNumber(text: string): string | null {
  if (text.length > 100) return null;
  const [, letter, year, random] =
    /^([SR])(\d{4})([0-9A-Z]{16})$/.exec(
      text
        .normalize('NFKC')
        .toUpperCase()
        .replace(/[\s\p{Pd}]/gu, ''),
    ) ?? [];
  if (!random) return null;
  const known = random.replace(/O/g, '0').replace(/[IL]/g, '1');
  return known.includes('U') ? null : [`${letter}${year}`, ...known.match(/.{4}/g)!].join('-');
}
