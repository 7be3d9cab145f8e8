import { constants, createHash, createPublicKey, getHashes, type KeyObject, verify } from 'node:crypto';
import { fromBER, OctetString } from 'asn1js';
import { Certificate, ContentInfo, IssuerAndSerialNumber, SignedData, type SignerInfo, TSTInfo } from 'pkijs';

export type Signed = {
  signedBy: string | null;
  signedAt: Date | null;
  digestMatches: boolean;
  /** Proven wrong, here or in the signature over what holds the digest. What an unknown algorithm says is not proven. */
  broken: boolean;
};

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '1.2.156.10197.1.401': 'sm3',
};
const SIGNED_DATA = ['1.2.840.113549.1.7.2', '1.2.156.10197.6.1.4.2.2'];
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const TIME_STAMP = '1.2.840.113549.1.9.16.1.4';
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const RSA_PSS = '1.2.840.113549.1.1.10';
const RSA = /^1\.2\.840\.113549\.1\.1\.(?:1|5|11|12|13|14)$/;
const ECDSA = /^1\.2\.840\.10045\.(?:2\.1|4\.)/;
const EDDSA = ['1.3.101.112', '1.3.101.113'];

export const digest = (algorithm: string, pieces: Buffer[]): Buffer | null => {
  if (!getHashes().includes(algorithm)) return null;
  const hash = createHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

/** A CMS signature over a file’s ranges; null when these bytes are none. */
export function readCms(bytes: Buffer, pieces: Buffer[]): Signed | null {
  const signed = parse(bytes);
  const signer = signed?.signerInfos[0];
  if (!signed || !signer) return null;
  const certificate = certificateOf(signed, signer);
  const algorithm = HASHES[signer.digestAlgorithm.algorithmId] ?? '';
  const attributes = signer.signedAttrs?.attributes ?? [];
  const inner = signed.encapContentInfo.eContent ? Buffer.from(signed.encapContentInfo.eContent.getValue()) : null;
  const told = attributes.find((a) => a.type === MESSAGE_DIGEST)?.values[0];
  const messageDigest = told instanceof OctetString ? Buffer.from(told.getValue()) : null;
  const stamp = signed.encapContentInfo.eContentType === TIME_STAMP && inner ? stampOf(inner) : null;
  const same = (a: Buffer | null, b: Buffer | null) => a !== null && b !== null && a.equals(b);

  // what the attributes speak of is either the file itself or a small text that holds the file's digest
  const covered = inner ? [inner] : pieces;
  const attributesMatch = !signer.signedAttrs || same(messageDigest, digest(algorithm, covered));
  const innerMatches = !inner
    ? true
    : stamp
      ? same(
          Buffer.from(stamp.messageImprint.hashedMessage.getValue()),
          digest(HASHES[stamp.messageImprint.hashAlgorithm.algorithmId] ?? '', pieces),
        )
      : same(inner, digest('sha1', pieces)) || same(inner, digest(algorithm, pieces));
  const over = signer.signedAttrs ? [Buffer.from(signer.signedAttrs.encodedValue)] : covered;
  const signatureHolds = certificate ? holds(certificate, signer, algorithm, over) : null;
  const known = getHashes().includes(algorithm);
  const matches = known && attributesMatch && innerMatches;
  return {
    signedBy: certificate ? nameOf(certificate) : null,
    signedAt: stamp?.genTime ?? timeOf(attributes.find((a) => a.type === SIGNING_TIME)?.values[0]),
    // without attributes and inner text the digest is known to the signature alone
    digestMatches: matches && (signer.signedAttrs !== undefined || inner !== null || signatureHolds === true),
    broken: known && (!matches || signatureHolds === false),
  };
}

function parse(bytes: Buffer): SignedData | null {
  const { result, offset } = fromBER(exact(bytes));
  if (offset === -1) return null;
  try {
    const info = new ContentInfo({ schema: result });
    return SIGNED_DATA.includes(info.contentType) ? new SignedData({ schema: info.content }) : null;
  } catch {
    return null;
  }
}

function stampOf(bytes: Buffer): TSTInfo | null {
  try {
    return TSTInfo.fromBER(exact(bytes));
  } catch {
    return null;
  }
}

function certificateOf(signed: SignedData, signer: SignerInfo): Certificate | null {
  const all = (signed.certificates ?? []).filter((c) => c instanceof Certificate);
  const { sid } = signer;
  if (!(sid instanceof IssuerAndSerialNumber)) return all.length === 1 ? all[0] : null;
  return all.find((c) => c.issuer.isEqual(sid.issuer) && c.serialNumber.isEqual(sid.serialNumber)) ?? null;
}

export function nameOf(certificate: Certificate): string | null {
  for (const wanted of [COMMON_NAME, ORGANIZATION]) {
    const found = certificate.subject.typesAndValues.findLast((t) => t.type === wanted);
    const text = found?.value.valueBlock.value;
    if (typeof text === 'string' && text.trim())
      return text
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 200);
  }
  return null;
}

function timeOf(value: unknown): Date | null {
  const date = (value as { toDate?(): Date } | undefined)?.toDate?.();
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

function holds(certificate: Certificate, signer: SignerInfo, hash: string, over: Buffer[]): boolean | null {
  const id = signer.signatureAlgorithm.algorithmId;
  const signature = Buffer.from(signer.signature.getValue());
  const data = Buffer.concat(over);
  try {
    const key = createPublicKey({
      key: Buffer.from(certificate.subjectPublicKeyInfo.toSchema().toBER()),
      format: 'der',
      type: 'spki',
    });
    if (EDDSA.includes(id)) return verify(null, data, key, signature);
    if (!hash || hash === 'sm3') return null;
    if (id === RSA_PSS) return verifyPss(key, hash, data, signature);
    if (RSA.test(id) && key.asymmetricKeyType === 'rsa') return verify(hash, data, key, signature);
    if (ECDSA.test(id) && key.asymmetricKeyType === 'ec')
      return verify(hash, data, { key, dsaEncoding: 'der' }, signature);
    return null;
  } catch {
    // a key or an algorithm that this build of OpenSSL does not know
    return null;
  }
}

const verifyPss = (key: KeyObject, hash: string, data: Buffer, signature: Buffer) =>
  verify(
    hash,
    data,
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO },
    signature,
  );

/** A view that begins where its buffer begins, as the library asks for it. */
export const exact = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
