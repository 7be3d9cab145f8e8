import { type Ber, bits, each, fields, octets, oid, readBer, TAG } from './ber.js';

/** What of a certificate is needed to say who signed. */
export type Certificate = {
  serial: Buffer;
  issuer: Ber;
  subject: Ber;
  /** SubjectPublicKeyInfo, as it is. */
  key: Ber;
  extensions: Ber | undefined;
};

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const KEY_IDENTIFIER = '2.5.29.14';
const NAME_LENGTH = 200;
/** Far more than the authorities of a country have. */
const MOST = 10_000;

/** Throws when it is none. */
export function certificateIn(value: Ber): Certificate {
  const [signedPart] = fields(value);
  const parts = fields(signedPart);
  if (parts[0]?.tag === TAG.context(0)) parts.shift();
  const [serial, , issuer, , subject, key] = parts;
  if (serial?.tag !== TAG.INTEGER || key?.tag !== TAG.SEQUENCE) throw new Error('no certificate');
  const extensions = parts.find((p) => p.tag === TAG.context(3));
  return { serial: serial.content, issuer, subject, key, extensions: fields(extensions)[0] };
}

export const certificateOf = (bytes: Buffer): Certificate => certificateIn(readBer(bytes));

/** The one that a signer names, among those that come with the signature. */
export function named(by: Ber, all: Ber | undefined): Certificate | undefined {
  let other: Certificate | undefined;
  if (!all) return undefined;
  const [issuer, serial] = by.tag === TAG.SEQUENCE ? fields(by) : [];
  let count = 0;
  for (const value of each(all)) {
    if (++count > MOST) break;
    const certificate = value.tag === TAG.SEQUENCE ? certificateOrNothing(value) : undefined;
    if (!certificate) continue;
    if (!issuer) {
      if (keyIdentifier(certificate)?.equals(octets(by))) return certificate;
    } else if (serial && certificate.serial.equals(serial.content)) {
      if (certificate.issuer.whole.equals(issuer.whole)) return certificate;
      // the same name may be written in another kind of string: whose key it is shows in the signature
      other ??= certificate;
    }
  }
  return other;
}

function certificateOrNothing(value: Ber): Certificate | undefined {
  try {
    return certificateIn(value);
  } catch {
    return undefined;
  }
}

function keyIdentifier({ extensions }: Certificate): Buffer | undefined {
  for (const extension of fields(extensions, 100)) {
    const parts = fields(extension);
    const value = parts.at(-1);
    if (oid(parts[0]) === KEY_IDENTIFIER && value) return octets(readBer(octets(value)));
  }
  return undefined;
}

/** The key's kind, the curve that it is on, and its bits. */
export function keyParts({ key }: Certificate): { kind: string; curve: string; point: Buffer } {
  const [algorithm, value] = fields(key);
  const [kind, curve] = fields(algorithm);
  return { kind: oid(kind), curve: oid(curve), point: value ? bits(value) : Buffer.alloc(0) };
}

/** Of whom it speaks: the name that is common, else the organization's. */
export function subjectName({ subject }: Certificate): string | null {
  const parts = fields(subject, 100).flatMap((set) => fields(set).map((pair) => fields(pair)));
  for (const wanted of [COMMON_NAME, ORGANIZATION]) {
    const value = parts.findLast(([type]) => oid(type) === wanted)?.[1];
    const text =
      value &&
      textOf(value)
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
        .trim()
        .slice(0, NAME_LENGTH);
    if (text) return text;
  }
  return null;
}

function textOf({ tag, content }: Ber): string {
  if (tag === 0x1e) return new TextDecoder('utf-16be').decode(content);
  if (tag === 0x1c)
    return Array.from({ length: Math.floor(content.length / 4) }, (_, i) => content.readUInt32BE(i * 4))
      .map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : ''))
      .join('');
  const text = content.toString('utf8');
  // older Chinese authorities wrote their own encoding into strings that promise another
  return text.includes('\ufffd') ? new TextDecoder('gb18030').decode(content) : text;
}
