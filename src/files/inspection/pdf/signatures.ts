import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { fromBER, OctetString } from 'asn1js';
import { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, PDFString } from 'pdf-lib';
import type { FindingCode } from '../findings.js';
import type { Signature } from '../report.js';
import { exact, readCms, type Signed } from './cms.js';
import { dictsIn, type Found, nameOf } from './objects.js';
import { readSeal } from './seal.js';
import { textIn } from './threats.js';

/** Twenty times the units of a consortium. */
const MOST = 200;

type Candidate = { dict: PDFDict; contents: PDFHexString | PDFString | undefined; range: number[] | undefined };

/** Digital signatures: which part of the file each speaks of, and whether it still says the same. */
export class Signatures {
  private readonly seen = new Map<string, Candidate>();

  see({ value, within }: Found): void {
    if (!value || within || this.seen.size >= MOST) return;
    for (const dict of dictsIn(value)) {
      const contents = dict.get(PDFName.of('Contents'));
      const isText = contents instanceof PDFHexString || contents instanceof PDFString;
      const says = dict.has(PDFName.of('ByteRange')) || ['Sig', 'DocTimeStamp'].includes(nameOf(dict, 'Type') ?? '');
      if (!says || !isText || isUsageRight(dict)) continue;
      const range = numbersIn(dict, 'ByteRange');
      // a later revision may repeat the object as it is
      this.seen.set(`${range}:${contents.asString()}`, { dict, contents, range });
    }
  }

  check(file: Buffer): { signatures: Signature[]; findings: FindingCode[] } {
    const findings: FindingCode[] = [];
    const all = [...this.seen.values()].sort((a, b) => reach(a) - reach(b));
    const signatures = all.map((candidate) => {
      const { signature, broken } = checked(candidate, file);
      if (broken) findings.push('SIGNATURE_BROKEN');
      return signature;
    });
    // who signs first can't cover what the others add: the file is as it was signed when one signature covers it all
    if (signatures.length && !signatures.some((s) => s.coversWholeFile)) findings.push('SIGNATURE_PARTIAL');
    return { signatures, findings };
  }
}

const reach = ({ range }: Candidate) => (range ? range[2] + range[3] : 0);

function checked({ dict, contents, range }: Candidate, file: Buffer): { signature: Signature; broken: boolean } {
  const when = dateOf(textIn(dict, 'M'));
  const sane = range !== undefined && isSane(range, file.length);
  const pieces = sane ? [file.subarray(0, range[1]), file.subarray(range[2], range[2] + range[3])] : [];
  const bytes =
    contents instanceof PDFHexString ? fromHex(contents.asString()) : Buffer.from(contents?.asBytes() ?? []);
  const read = sane ? readSigned(bytes, pieces, dict) : undefined;
  const gapIsContents =
    sane &&
    contents instanceof PDFHexString &&
    file.toString('latin1', range[1], range[2]) === `<${contents.asString()}>`;
  return {
    signature: {
      signedBy: read?.signedBy ?? textIn(dict, 'Name')?.slice(0, 200) ?? null,
      signedAt: (read?.signedAt ?? when)?.toISOString() ?? null,
      coversWholeFile: gapIsContents && range[2] + range[3] === file.length,
      digestMatches: read?.digestMatches ?? false,
    },
    broken: !sane || !isAsn1(bytes) || (read?.broken ?? false),
  };
}

/** In a format that is known here; undefined for any other, of which nothing is claimed. */
function readSigned(bytes: Buffer, pieces: Buffer[], dict: PDFDict): Signed | undefined {
  try {
    if (nameOf(dict, 'SubFilter') === 'adbe.x509.rsa_sha1') return readBare(bytes, pieces, dict);
    return readCms(bytes, pieces) ?? readSeal(bytes, pieces) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The oldest format: nothing but the signature, with the certificate beside it. */
function readBare(bytes: Buffer, pieces: Buffer[], dict: PDFDict): Signed | undefined {
  const cert = dict.get(PDFName.of('Cert'));
  const first = cert instanceof PDFArray ? cert.get(0) : cert;
  const { result } = fromBER(exact(bytes));
  if (!(first instanceof PDFHexString || first instanceof PDFString) || !(result instanceof OctetString))
    return undefined;
  const certificate = new X509Certificate(first.asBytes());
  const key = createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' }));
  const signature = Buffer.from(result.getValue());
  const data = Buffer.concat(pieces);
  const digestMatches = ['sha1', 'sha256', 'sha384', 'sha512'].some((hash) => verify(hash, data, key, signature));
  const signedBy = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? null;
  return { signedBy, signedAt: null, digestMatches, broken: !digestMatches };
}

/** Two pieces in order within the file, the first from its beginning. */
const isSane = (range: number[], size: number): boolean =>
  range.length === 4 &&
  range[0] === 0 &&
  range[1] > 0 &&
  range[2] > range[1] &&
  range[3] > 0 &&
  range[2] + range[3] <= size;

function numbersIn(dict: PDFDict, key: string): number[] | undefined {
  const value = dict.get(PDFName.of(key));
  if (!(value instanceof PDFArray)) return undefined;
  const numbers = value.asArray().map((n) => (n instanceof PDFNumber ? n.asNumber() : Number.NaN));
  return numbers.every(Number.isSafeInteger) ? numbers : undefined;
}

const isAsn1 = (bytes: Buffer): boolean => bytes.length > 2 && (bytes[0] === 0x30 || bytes[0] === 0x04);

const fromHex = (text: string): Buffer => Buffer.from(text.replace(/[^\da-f]/gi, ''), 'hex');

/** Adobe's permission to fill a form in is signed too, and is nobody's signature. */
function isUsageRight(dict: PDFDict): boolean {
  const reference = dict.get(PDFName.of('Reference'));
  if (!(reference instanceof PDFArray)) return false;
  return reference.asArray().some((r) => r instanceof PDFDict && /^UR3?$/.test(nameOf(r, 'TransformMethod') ?? ''));
}

/** D:20270105093000+08'00' */
function dateOf(text: string | undefined): Date | null {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?)?/.exec(text ?? '');
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((p, i) => Number(p ?? [0, 1, 1, 0, 0, 0][i]));
  const offset = (parts[7] === '-' ? -1 : 1) * (Number(parts[8] ?? 0) * 60 + Number(parts[9] ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second));
  return Number.isNaN(date.getTime()) ? null : date;
}
