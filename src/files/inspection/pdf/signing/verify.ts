import { constants, createHash, createPublicKey, createVerify, getHashes, type KeyObject, verify } from 'node:crypto';
import { type Ber, fields, oid, TAG, wrapped } from './ber.js';
import { type Certificate, keyParts } from './certificate.js';
import { sm2Holds } from './sm2.js';

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
  '1.2.156.10197.1.401': 'sm3',
};
/** Those that name their digest themselves. */
const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const RSA_PSS = '1.2.840.113549.1.1.10';
const SM2_CURVE = '1.2.156.10197.1.301';

/** Its name here; empty for one that is not known. */
export const hashOf = (algorithm: Ber | undefined): string => HASHES[oid(fields(algorithm)[0])] ?? '';

/** The digests of one range, each made once. */
export class Digests {
  private readonly made = new Map<string, Buffer | null>();

  constructor(readonly pieces: Buffer[]) {}

  of(algorithm: string): Buffer | null {
    let value = this.made.get(algorithm);
    if (value === undefined) {
      value = digestOf(algorithm, this.pieces);
      this.made.set(algorithm, value);
    }
    return value;
  }
}

function digestOf(algorithm: string, pieces: Buffer[]): Buffer | null {
  if (!getHashes().includes(algorithm)) return null;
  const hash = createHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Whether the certificate's key made the signature; not when nobody here can tell. */
export function holds(
  certificate: Certificate,
  algorithm: Ber | undefined,
  hash: string,
  data: Buffer[],
  signature: Buffer,
): boolean {
  try {
    const { kind, curve, point } = keyParts(certificate);
    if (kind === SM2_CURVE || curve === SM2_CURVE) return sm2Holds(point, data, signature);
    const [id, parameters] = algorithm?.tag === TAG.OID ? [algorithm] : fields(algorithm);
    if (oid(id) === RSA_PSS) return pssHolds(certificate, algorithm as Ber, parameters, data, signature);
    const key = keyOf(certificate.key.whole);
    if (key.asymmetricKeyType?.startsWith('ed')) return verify(null, Buffer.concat(data), key, signature);
    const hashes = [...new Set([SIGNATURES[oid(id)] ?? hash, hash])].filter((name) => getHashes().includes(name));
    // two numbers in a sequence, as the standard has it, or one behind the other
    const encodings = key.asymmetricKeyType === 'ec' ? (['der', 'ieee-p1363'] as const) : (['der'] as const);
    return hashes.some((name) =>
      encodings.some((dsaEncoding) => verifying(name, data).verify({ key, dsaEncoding }, signature)),
    );
  } catch {
    return false;
  }
}

/** The parameters are the signature's own, where the key as it stands would have them all be the same digest. */
function pssHolds(
  certificate: Certificate,
  algorithm: Ber,
  parameters: Ber | undefined,
  data: Buffer[],
  signature: Buffer,
) {
  const [, bits] = fields(certificate.key);
  const key = keyOf(wrapped(TAG.SEQUENCE, Buffer.concat([algorithm.whole, bits.whole])));
  const said = (n: number) => fields(fields(parameters).find((p) => p.tag === TAG.context(n)))[0];
  const digest = said(0);
  const salt = said(2)?.content;
  const hash = digest ? hashOf(digest) : 'sha1';
  const saltLength = salt ? Number(`0x${salt.toString('hex')}`) : 20;
  return verifying(hash, data).verify({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
}

const keyOf = (bytes: Buffer): KeyObject => createPublicKey({ key: bytes, format: 'der', type: 'spki' });

function verifying(hash: string, data: Buffer[]) {
  const verifier = createVerify(hash);
  for (const piece of data) verifier.update(piece);
  return verifier;
}
