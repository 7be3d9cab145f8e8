import { PDFArray, type PDFDict, PDFHexString, PDFName, PDFString } from 'pdf-lib';
import { octets, readBer, TAG } from './ber.js';
import { certificateOf, subjectName } from './certificate.js';
import type { Signed } from './cms.js';
import { type Digests, holds } from './verify.js';

/** The oldest format: nothing but the signature, with the certificate beside it. */
export function readBare(bytes: Buffer, digests: Digests, dict: PDFDict): Signed | undefined {
  const cert = dict.get(PDFName.of('Cert'));
  const first = cert instanceof PDFArray ? cert.get(0) : cert;
  const value = readBer(bytes);
  if (!(first instanceof PDFHexString || first instanceof PDFString) || value.tag !== TAG.OCTET_STRING)
    return undefined;
  const certificate = certificateOf(Buffer.from(first.asBytes()));
  const signature = octets(value);
  const isValid = ['sha1', 'sha256', 'sha384', 'sha512'].some((hash) =>
    holds(certificate, undefined, hash, digests.pieces, signature),
  );
  const signedBy = isValid ? subjectName(certificate) : null;
  return { signedBy, signedAt: null, digestMatches: isValid, isValid, isStamp: false };
}
