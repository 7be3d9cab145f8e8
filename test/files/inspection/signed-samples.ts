import { createHash, webcrypto } from 'node:crypto';
import { Integer, ObjectIdentifier, OctetString, PrintableString, UTCTime, Utf8String } from 'asn1js';
import {
  Attribute,
  AttributeTypeAndValue,
  Certificate,
  ContentInfo,
  CryptoEngine,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  setEngine,
} from 'pkijs';
import { CATALOG, CONTENTS, PAGE, PAGES, pdfOf } from '../samples.js';

setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto as never }));

export type Signer = { certificate: Certificate; keys: webcrypto.CryptoKeyPair };

const ALGORITHMS = {
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ECDSA: { name: 'ECDSA', namedCurve: 'P-256' },
} as const;

/** A key and a certificate that it signed itself. */
export async function signerOf(name: string, kind: keyof typeof ALGORITHMS = 'ECDSA'): Promise<Signer> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHMS[kind] as never, true, [
    'sign',
    'verify',
  ])) as never as webcrypto.CryptoKeyPair;
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ value: 7 });
  const common = new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: name }) as never });
  const country = new AttributeTypeAndValue({ type: '2.5.4.6', value: new PrintableString({ value: 'CN' }) as never });
  certificate.issuer.typesAndValues.push(country, common);
  certificate.subject.typesAndValues.push(country, common);
  certificate.notBefore.value = new Date('2026-01-01T00:00:00Z');
  certificate.notAfter.value = new Date('2036-01-01T00:00:00Z');
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey as never);
  await certificate.sign(keys.privateKey as never, 'SHA-256');
  return { certificate, keys };
}

/** A detached CMS signature over these bytes, with its time. */
async function cmsOf(signer: Signer, covered: Buffer, time: Date): Promise<Buffer> {
  const { certificate, keys } = signer;
  const digest = createHash('sha256').update(covered).digest();
  const attribute = (type: string, value: unknown) => new Attribute({ type, values: [value] as never });
  const signed = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: '1.2.840.113549.1.7.1' }),
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            attribute('1.2.840.113549.1.9.3', new ObjectIdentifier({ value: '1.2.840.113549.1.7.1' })),
            attribute('1.2.840.113549.1.9.5', new UTCTime({ valueDate: time })),
            attribute('1.2.840.113549.1.9.4', new OctetString({ valueHex: new Uint8Array(digest).buffer })),
          ],
        }),
      }),
    ],
    certificates: [certificate],
  });
  await signed.sign(keys.privateKey as never, 0, 'SHA-256');
  const info = new ContentInfo({ contentType: ContentInfo.SIGNED_DATA, content: signed.toSchema(true) });
  return Buffer.from(info.toSchema().toBER());
}

const FIRST_FREE = 5;

export const unsigned = pdfOf([CATALOG, PAGES, PAGE, CONTENTS]);

export type How = {
  /** How many signatures the file already has. */
  before?: number;
  time?: Date;
  /** Leave the second range this much too short. */
  short?: number;
  contents?: (cms: Buffer, covered: Buffer) => Buffer;
  entries?: string;
  format?: string;
  type?: string;
  /** Bytes kept free for the signature. */
  room?: number;
};

/** Signs as programs do: an update behind the file, with room for the signature, which covers all but itself. */
export async function sign(file: Buffer, signer: Signer, how: How = {}): Promise<Buffer> {
  const { before = 0, time = new Date('2027-01-05T01:30:00Z'), short = 0, room = 4_000, type = '/Sig' } = how;
  const format = how.format ?? '/Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached';
  const fields = Array.from({ length: before + 1 }, (_, i) => `${FIRST_FREE + 2 * i + 1} 0 R`).join(' ');
  const number = FIRST_FREE + 2 * before;
  const objects: [number, string][] = [
    [1, `<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [${fields}] >> >>`],
    [
      number,
      `<< /Type ${type} ${format} ${how.entries ?? ''} /ByteRange [0 ${'*'.repeat(10)} ${'*'.repeat(10)} ${'*'.repeat(10)}] /Contents <${'0'.repeat(2 * room)}> >>`,
    ],
    [
      number + 1,
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature${before + 1}) /V ${number} 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R >>`,
    ],
  ];
  const previous = /startxref\n(\d+)\n%%EOF\n$/.exec(file.toString('latin1'))![1];
  let text = '';
  const places = objects.map(([n, body]) => {
    const at = file.length + text.length;
    text += `${n} 0 obj\n${body}\nendobj\n`;
    return `${n} 1\n${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = file.length + text.length;
  text += `xref\n${places.join('')}trailer\n<< /Size ${number + 2} /Root 1 0 R /Prev ${previous} >>\nstartxref\n${table}\n%%EOF\n`;
  const contents = file.length + text.indexOf('/Contents <') + '/Contents '.length;
  const after = contents + 2 * room + 2;
  const length = file.length + text.length - after - short;
  for (const value of [contents, after, length]) text = text.replace('*'.repeat(10), String(value).padEnd(10));
  const whole = Buffer.concat([file, Buffer.from(text, 'latin1')]);
  const covered = Buffer.concat([whole.subarray(0, contents), whole.subarray(after, after + length)]);
  const cms = await cmsOf(signer, covered, time);
  whole.write((how.contents?.(cms, covered) ?? cms).toString('hex'), contents + 1, 'latin1');
  return whole;
}
