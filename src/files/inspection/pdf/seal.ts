import { type BaseBlock, BitString, fromBER, OctetString, Sequence } from 'asn1js';
import { Certificate } from 'pkijs';
import { digest, exact, nameOf, type Signed } from './cms.js';

const DIGEST_BYTES = 32;

/**
 * The electronic seals of GB/T 38540 and GM/T 0031, as Chinese seal services write them instead of CMS: SEQUENCE {
 * toSign SEQUENCE { version, seal, time, dataHash BIT STRING, … }, certificate OCTET STRING, … }, where the older of
 * the two has the certificate within toSign. The digest is compared; the seal's signature is SM2 and not verified here.
 */
export function readSeal(bytes: Buffer, pieces: Buffer[]): Signed | null {
  const { result, offset } = fromBER(exact(bytes));
  if (offset === -1 || !(result instanceof Sequence)) return null;
  const outer = result.valueBlock.value;
  const toSign = outer[0];
  if (!(toSign instanceof Sequence)) return null;
  const inner = toSign.valueBlock.value;
  const hash = inner.find((item) => item instanceof BitString && bytesOf(item).length === DIGEST_BYTES);
  if (!hash || !(inner[1] instanceof Sequence)) return null;
  const told = bytesOf(hash as BitString);
  const known = [digest('sm3', pieces), digest('sha256', pieces)].filter((d) => d !== null);
  const digestMatches = known.some((d) => d.equals(told));
  return {
    signedBy: signerOf([...outer, ...inner]),
    signedAt: null,
    digestMatches,
    broken: known.length === 2 && !digestMatches,
  };
}

const bytesOf = (item: BitString) => Buffer.from(item.valueBlock.valueHexView);

function signerOf(items: BaseBlock[]): string | null {
  for (const item of items) {
    if (!(item instanceof OctetString)) continue;
    try {
      return nameOf(Certificate.fromBER(exact(Buffer.from(item.getValue()))));
    } catch {}
  }
  return null;
}
