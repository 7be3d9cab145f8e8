/**
 * ASN.1 as a view of its bytes: nothing is read but what is asked for. A signature may carry megabytes of certificates
 * and revocation lists, which a library turns into an object for each of their pieces.
 */
export type Ber = { tag: number; content: Buffer; whole: Buffer };

export const TAG = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
  context: (n: number) => 0xa0 + n,
} as const;

const PIECES_DEEP = 8;

export class Malformed extends Error {}

/** One value, in a definite length or until its end is said. */
export function readBer(bytes: Buffer, at = 0): Ber {
  const { start, length } = headOf(bytes, at);
  if (length !== null)
    return {
      tag: bytes[at],
      content: bytes.subarray(start, start + length),
      whole: bytes.subarray(at, start + length),
    };
  let position = start;
  for (let open = 1; open > 0; ) {
    if (bytes[position] === 0 && bytes[position + 1] === 0) {
      open -= 1;
      position += 2;
      continue;
    }
    const inner = headOf(bytes, position);
    if (inner.length === null) open += 1;
    position = inner.start + (inner.length ?? 0);
  }
  return { tag: bytes[at], content: bytes.subarray(start, position - 2), whole: bytes.subarray(at, position) };
}

function headOf(bytes: Buffer, at: number): { start: number; length: number | null } {
  let start = at + 1;
  // a tag of more bytes, which nothing here asks for
  if ((bytes[at] & 0x1f) === 0x1f) while (bytes[start++] & 0x80);
  const first = bytes[start++];
  if (first === undefined) throw new Malformed('it ends within');
  if (first === 0x80 && bytes[at] & 0x20) return { start, length: null };
  let length = first;
  if (first & 0x80) {
    const size = first & 0x7f;
    if (size < 1 || size > 4 || start + size > bytes.length) throw new Malformed('no length');
    length = bytes.readUIntBE(start, size);
    start += size;
  }
  if (start + length > bytes.length) throw new Malformed('it ends within');
  return { start, length };
}

/** One after the other, so that a list of a million costs those that are looked at. */
export function* each({ content }: Ber): Generator<Ber> {
  for (let at = 0; at < content.length; ) {
    const child = readBer(content, at);
    yield child;
    at += child.whole.length;
  }
}

/** The first few, for what has few. */
export function fields(value: Ber | undefined, most = 32): Ber[] {
  const found: Ber[] = [];
  if (value && value.tag & 0x20)
    for (const child of each(value)) {
      if (found.push(child) === most) break;
    }
  return found;
}

/** The bytes of an octet string, which may come in pieces. */
export function octets(value: Ber, depth = 0): Buffer {
  if (!(value.tag & 0x20)) return value.content;
  if (depth > PIECES_DEEP) throw new Malformed('too deep');
  const pieces: Buffer[] = [];
  for (const piece of each(value)) pieces.push(octets(piece, depth + 1));
  return Buffer.concat(pieces);
}

/** Of a bit string of whole bytes. */
export const bits = ({ content }: Ber): Buffer => content.subarray(1);

/** `1.2.840…`; empty for what is none. */
export function oid(value: Ber | undefined): string {
  if (value?.tag !== TAG.OID || !value.content.length || value.content.length > 64) return '';
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (!arcs.length) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** A value around this content. */
export function wrapped(tag: number, content: Buffer): Buffer {
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const long = Buffer.alloc(4);
  long.writeUInt32BE(size);
  const length = long.subarray(long.findIndex((b) => b !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content]);
}

/** UTCTime or GeneralizedTime. */
export function timeOf(value: Ber | undefined): Date | null {
  if (value?.tag !== TAG.UTC_TIME && value?.tag !== TAG.GENERALIZED_TIME) return null;
  const said = /^(\d{10,14})(?:[.,]\d+)?(?:Z|([+-])(\d\d)(\d\d))?$/.exec(value.content.toString('latin1', 0, 40));
  if (!said) return null;
  const [, digits, sign, hours, minutes] = said;
  const isShort = value.tag === TAG.UTC_TIME;
  const year = Number(digits.slice(0, isShort ? 2 : 4));
  const century = isShort ? (year < 50 ? 2000 : 1900) : 0;
  const [month, day, hour, minute, second] = (digits.slice(isShort ? 2 : 4).match(/\d\d/g) ?? []).map(Number);
  const offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  const date = new Date(Date.UTC(century + year, month - 1, day, hour, minute - offset, second ?? 0));
  return Number.isNaN(date.getTime()) ? null : date;
}
