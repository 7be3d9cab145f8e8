import { type Ber, bits, fields, octets, readBer, TAG, timeOf } from './ber.js';
import { type Certificate, certificateOf, subjectName } from './certificate.js';
import type { Signed } from './cms.js';
import { type Digests, holds } from './verify.js';

const DIGEST_BYTES = 32;

/**
 * The electronic seals of GB/T 38540 and GM/T 0031, as Chinese seal services write them instead of CMS: SEQUENCE {
 * toSign SEQUENCE { version, seal, time, dataHash BIT STRING, … }, certificate OCTET STRING, algorithm, signature BIT
 * STRING }, where the older of the two has the certificate within toSign. Null when these bytes are none.
 */
export function readSeal(bytes: Buffer, digests: Digests): Signed | null {
  const outer = fields(readBer(bytes));
  const toSign = outer[0];
  if (toSign?.tag !== TAG.SEQUENCE) return null;
  const inner = fields(toSign);
  const hash = inner.find((item) => item.tag === TAG.BIT_STRING && bits(item).length === DIGEST_BYTES);
  if (inner[0]?.tag !== TAG.INTEGER || inner[1]?.tag !== TAG.SEQUENCE || !hash) return null;
  const certificate = certificateAmong([...outer.slice(1), ...inner]);
  const signature = outer.slice(1).find((item) => item.tag === TAG.BIT_STRING);
  const algorithm = [...outer.slice(1), ...inner].find((item) => item.tag === TAG.OID) ?? outer[2];
  const digestMatches = ['sm3', 'sha256'].some((name) => digests.of(name)?.equals(bits(hash)));
  const isSigned =
    certificate !== undefined &&
    signature !== undefined &&
    holds(certificate, algorithm, 'sha256', [toSign.whole], bits(signature));
  return {
    signedBy: isSigned && certificate ? subjectName(certificate) : null,
    signedAt: timeIn(inner[2]),
    digestMatches,
    isValid: digestMatches && isSigned,
    isStamp: false,
  };
}

/** The older standard has the time in a bit string: a time, or a whole time stamp, which is not read. */
const timeIn = (value: Ber | undefined): Date | null => (value?.tag === TAG.BIT_STRING ? null : timeOf(value));

function certificateAmong(items: Ber[]): Certificate | undefined {
  for (const item of items) {
    if (item.tag !== TAG.OCTET_STRING) continue;
    try {
      return certificateOf(octets(item));
    } catch {}
  }
  return undefined;
}
