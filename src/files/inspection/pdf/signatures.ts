import { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, PDFString } from 'pdf-lib';
import type { FindingCode } from '../findings.js';
import type { Signature } from '../report.js';
import { dictsIn, type Found, nameOf } from './objects.js';
import { readBare } from './signing/bare.js';
import { readCms, type Signed } from './signing/cms.js';
import { readSeal } from './signing/seal.js';
import { Digests } from './signing/verify.js';
import { has, textIn } from './threats.js';

/** Twenty times the units of a consortium. */
const MOST = 200;
/** The formats that ISO 32000 names: who claims one of them is held to it. */
const BARE = 'adbe.x509.rsa_sha1';
const TIME_STAMP = 'ETSI.RFC3161';
const FORMATS = new Set([BARE, TIME_STAMP, 'adbe.pkcs7.detached', 'adbe.pkcs7.sha1', 'ETSI.CAdES.detached']);
/** Programs whose signatures are of those formats, said or not. */
const HANDLERS = new Set(['Adobe.PPKLite', 'Adobe.PPKMS', 'Entrust.PPKEF', 'CICI.SignIt', 'VeriSign.PPKVS']);

type Candidate = { dict: PDFDict; contents: PDFHexString | PDFString | undefined; range: number[] | undefined };

/** Digital signatures: which part of the file each speaks of, and whether it still says the same. */
export class Signatures {
  private readonly seen = new Map<string, Candidate>();
  /** More than can be looked at, or one that no parser understands. */
  private isUnread = false;

  see({ value, raw, within }: Found): void {
    if (within) return;
    if (raw?.includes('/ByteRange') && raw.includes('/Contents')) this.isUnread = true;
    if (!value) return;
    for (const dict of dictsIn(value)) {
      if (!isSignature(dict) || isUsageRight(dict)) continue;
      if (this.seen.size >= MOST) {
        this.isUnread = true;
        return;
      }
      const contents = dict.get(PDFName.of('Contents'));
      const text = contents instanceof PDFHexString || contents instanceof PDFString ? contents : undefined;
      const range = numbersIn(dict, 'ByteRange');
      // a later revision may repeat the object as it is
      this.seen.set(`${range}:${text?.asString()}`, { dict, contents: text, range });
    }
  }

  check(file: Buffer): { signatures: Signature[]; findings: FindingCode[] } {
    const findings: FindingCode[] = this.isUnread ? ['SIGNATURE_BROKEN'] : [];
    const all = [...this.seen.values()].sort((a, b) => reach(a) - reach(b));
    const signatures = all.map((candidate) => {
      const { signature, finding } = checked(candidate, file);
      if (finding) findings.push(finding);
      return signature;
    });
    // who signs first can't cover what the others add: the file is as it was signed when one signature covers it all
    if (signatures.length && !signatures.some((s) => s.coversWholeFile)) findings.push('SIGNATURE_PARTIAL');
    return { signatures, findings };
  }
}

const reach = ({ range }: Candidate) => (range ? range[2] + range[3] : 0);

const isSignature = (dict: PDFDict): boolean =>
  dict.has(PDFName.of('ByteRange')) ||
  ['Sig', 'DocTimeStamp'].includes(nameOf(dict, 'Type') ?? '') ||
  FORMATS.has(nameOf(dict, 'SubFilter') ?? '');

type Checked = { signature: Signature; finding?: FindingCode };

function checked({ dict, contents, range }: Candidate, file: Buffer): Checked {
  const sane = range !== undefined && leavesOut(range, contents, file);
  const bytes =
    contents instanceof PDFHexString ? fromHex(contents.asString()) : Buffer.from(contents?.asBytes() ?? []);
  const pieces = sane ? [file.subarray(0, range[1]), file.subarray(range[2], range[2] + range[3])] : [];
  const read = sane ? readSigned(bytes, new Digests(pieces), dict) : undefined;
  const signature: Signature = {
    signedBy: read?.signedBy ?? null,
    signedAt: (read?.signedAt ?? dateOf(textIn(dict, 'M')))?.toISOString() ?? null,
    coversWholeFile: sane && range[2] + range[3] === file.length,
    digestMatches: read?.digestMatches ?? false,
  };
  if (read?.isValid) return { signature };
  // a place that was prepared and never signed is nobody's format
  const isForeign = sane && !read && !isOfKnownFormat(dict) && bytes.some((byte) => byte !== 0);
  return { signature, finding: isForeign ? 'SIGNATURE_UNCHECKED' : 'SIGNATURE_BROKEN' };
}

/** By what it says of itself; only what names another format is held to none. */
function isOfKnownFormat(dict: PDFDict): boolean {
  const format = nameOf(dict, 'SubFilter');
  if (format !== undefined) return FORMATS.has(format);
  return has(dict, 'SubFilter') || HANDLERS.has(nameOf(dict, 'Filter') ?? 'Adobe.PPKLite');
}

/** By its content; undefined when that is of no format that is known here. */
function readSigned(bytes: Buffer, digests: Digests, dict: PDFDict): Signed | undefined {
  const format = nameOf(dict, 'SubFilter');
  try {
    if (format === BARE) return readBare(bytes, digests, dict);
    const read = readCms(bytes, digests) ?? readSeal(bytes, digests);
    if (!read) return undefined;
    // who stamps the time signs nothing, and who signs does more than stamp it
    const isOfItsKind = !FORMATS.has(format ?? '') || read.isStamp === (format === TIME_STAMP);
    return { ...read, isValid: read.isValid && isOfItsKind };
  } catch {
    return undefined;
  }
}

/** The range is all from the file's beginning to its own end, and leaves out the signature itself and nothing else. */
function leavesOut(range: number[], contents: Candidate['contents'], file: Buffer): boolean {
  const [from, first, second, last] = range;
  if (range.length !== 4 || from !== 0 || first <= 0 || second <= first || last <= 0) return false;
  if (second + last > file.length || !(contents instanceof PDFHexString)) return false;
  const said = contents.asString();
  const gap = file.toString('latin1', first, second);
  // some programs sign the brackets too
  return gap === `<${said}>` || (gap === said && file[first - 1] === 0x3c && file[second] === 0x3e);
}

function numbersIn(dict: PDFDict, key: string): number[] | undefined {
  const value = dict.get(PDFName.of(key));
  if (!(value instanceof PDFArray)) return undefined;
  const numbers = value.asArray().map((n) => (n instanceof PDFNumber ? n.asNumber() : Number.NaN));
  return numbers.every(Number.isSafeInteger) ? numbers : undefined;
}

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
