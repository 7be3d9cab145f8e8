import { type Ber, fields, octets, oid, readBer, TAG, timeOf, wrapped } from './ber.js';
import { named, subjectName } from './certificate.js';
import { Digests, hashOf, holds } from './verify.js';

export type Signed = {
  /** By the certificate whose key made the signature; null when none did. */
  signedBy: string | null;
  signedAt: Date | null;
  digestMatches: boolean;
  /** Digest and signature are both proven. */
  isValid: boolean;
  /** A time stamp: nobody's signature but that of an authority, over a digest. */
  isStamp: boolean;
};

const SIGNED_DATA = ['1.2.840.113549.1.7.2', '1.2.156.10197.6.1.4.2.2'];
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const TIME_STAMP = '1.2.840.113549.1.9.16.1.4';
const MOST_SIGNERS = 4;
const MOST_ATTRIBUTES = 200;

/** A CMS signature over a file’s ranges; null when these bytes are none. Throws where they break off. */
export function readCms(bytes: Buffer, digests: Digests): Signed | null {
  const info = readBer(bytes);
  const [type, content] = info.tag === TAG.SEQUENCE ? fields(info) : [];
  if (!SIGNED_DATA.includes(oid(type)) || content?.tag !== TAG.context(0)) return null;
  const parts = fields(fields(content)[0]);
  const encapsulated = fields(parts[2]);
  const certificates = parts.find((p) => p.tag === TAG.context(0));
  const signers = fields(
    parts.slice(3).findLast((p) => p.tag === TAG.SET),
    MOST_SIGNERS + 1,
  );
  if (!signers.length || signers.length > MOST_SIGNERS) return null;
  const contentType = oid(encapsulated[0]);
  const wrappedContent = fields(encapsulated[1])[0];
  const inner = wrappedContent ? octets(wrappedContent) : null;
  const stamp = contentType === TIME_STAMP && inner ? stampIn(inner) : null;
  const all = signers.map((signer) => readSigner(signer, { certificates, contentType, inner, stamp, digests }));
  return {
    signedBy: all[0].signedBy,
    signedAt: stamp?.time ?? all[0].signedAt,
    digestMatches: all.every((s) => s.digestMatches),
    isValid: all.every((s) => s.isValid),
    isStamp: stamp !== null,
  };
}

type Stamp = { hash: string; digest: Buffer; time: Date | null };
type Around = {
  certificates: Ber | undefined;
  contentType: string;
  inner: Buffer | null;
  stamp: Stamp | null;
  digests: Digests;
};

function readSigner(signer: Ber, { certificates, contentType, inner, stamp, digests }: Around) {
  const [, by, digestAlgorithm, ...rest] = fields(signer);
  const signedAttributes = rest[0]?.tag === TAG.context(0) ? rest.shift() : undefined;
  const [algorithm, signature] = rest;
  const attributes = new Map(
    fields(signedAttributes, MOST_ATTRIBUTES).map((attribute) => {
      const [type, values] = fields(attribute);
      return [oid(type), fields(values, 1)[0]];
    }),
  );
  const hash = hashOf(digestAlgorithm);
  const same = (told: Buffer | null, is: Buffer | null) => told !== null && is !== null && told.equals(is);

  // what the attributes speak of is either the file itself or a small text that holds the file's digest
  const told = attributes.get(MESSAGE_DIGEST);
  const saidType = attributes.get(CONTENT_TYPE);
  const attributesMatch =
    !signedAttributes ||
    ((!saidType || oid(saidType) === contentType) &&
      same(told ? octets(told) : null, inner ? new Digests([inner]).of(hash) : digests.of(hash)));
  const innerMatches =
    !inner ||
    (stamp
      ? same(stamp.digest, digests.of(stamp.hash))
      : same(inner, digests.of('sha1')) || same(inner, digests.of(hash)));

  const certificate = by && named(by, certificates);
  const covered = inner ? [inner] : digests.pieces;
  const over = signedAttributes ? asSigned(signedAttributes) : [covered];
  const isSigned =
    certificate !== undefined &&
    signature !== undefined &&
    over.some((data) => holds(certificate, algorithm, hash, data, octets(signature)));
  const matches = attributesMatch && innerMatches;
  return {
    signedBy: isSigned && certificate ? subjectName(certificate) : null,
    signedAt: timeOf(attributes.get(SIGNING_TIME)),
    // without attributes and inner text the digest is known to the signature alone
    digestMatches: matches && (signedAttributes !== undefined || inner !== null || isSigned),
    isValid: matches && isSigned,
  };
}

/** Attributes are signed as a set, which some programs leave in the order that they were given in. */
function asSigned(attributes: Ber): Buffer[][] {
  const sorted = fields(attributes, MOST_ATTRIBUTES)
    .map((a) => a.whole)
    .sort(Buffer.compare);
  return [[wrapped(TAG.SET, attributes.content)], [wrapped(TAG.SET, Buffer.concat(sorted))]];
}

function stampIn(bytes: Buffer): Stamp {
  const [, , imprint, , time] = fields(readBer(bytes));
  const [algorithm, digest] = fields(imprint);
  if (!digest) throw new Error('no time stamp');
  return { hash: hashOf(algorithm), digest: octets(digest), time: timeOf(time) };
}
