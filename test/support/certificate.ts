import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const pem = (label: string, der: ArrayBuffer) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/** Signed by itself, for this host name; expired where its last day is past. */
export async function certificateFor(name: string, notAfter: Date): Promise<{ cert: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = new pkijs.Certificate({ version: 2, serialNumber: new asn1js.Integer({ value: 1 }) });
  for (const party of [certificate.subject, certificate.issuer])
    party.typesAndValues.push(
      new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value: name }) as any }),
    );
  certificate.notBefore.value = new Date('2020-01-01T00:00:00Z');
  certificate.notAfter.value = notAfter;
  const names = new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 2, value: name })] });
  certificate.extensions = [
    new pkijs.Extension({ extnID: '2.5.29.17', extnValue: names.toSchema().toBER(false), critical: false }),
  ];
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(privateKey, 'SHA-256');
  return {
    cert: pem('CERTIFICATE', certificate.toSchema(true).toBER(false)),
    key: pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', privateKey)),
  };
}
