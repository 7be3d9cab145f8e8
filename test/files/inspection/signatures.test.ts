import { generateKeyPairSync, randomBytes, sign as signWith } from 'node:crypto';
import {
  certificateFor,
  cms,
  der,
  edWay,
  endless,
  OIDS,
  oid,
  type Parts,
  pssWay,
  rsaWay,
  seal,
  sm2Way,
  stampOf,
  text,
  type Way,
} from './cms-samples.js';
import { type How, sign, signerOf, unsigned } from './signed-samples.js';
import { checking } from './support.js';

const { inspect } = await checking();
const board = await signerOf('长沙市产教联合体理事会（演示）', 'RSA');
const school = await signerOf('演示学院');
const signed = await sign(unsigned, board);
const check = async (file: Buffer) => {
  const { findings, signatures } = await inspect(file, 'STAMPED_PDF', 'a.pdf');
  return { findings: findings.filter((f) => f !== 'SCAN_ONLY'), signatures };
};

describe('a signed PDF', () => {
  const whole = { coversWholeFile: true, digestMatches: true };
  it('says who signed and when, that all is covered, and that the digest matches', async () => {
    expect(await check(signed)).toEqual({
      findings: [],
      signatures: [{ signedBy: '长沙市产教联合体理事会（演示）', signedAt: '2027-01-05T01:30:00.000Z', ...whole }],
    });
  });

  it('may be signed in turn: the earlier signature is partial, and that is no reason to warn', async () => {
    const twice = await sign(signed, school, { before: 1, time: new Date('2027-01-06T02:00:00Z') });
    expect(await check(twice)).toEqual({
      findings: [],
      signatures: [
        {
          signedBy: '长沙市产教联合体理事会（演示）',
          signedAt: '2027-01-05T01:30:00.000Z',
          coversWholeFile: false,
          digestMatches: true,
        },
        { signedBy: '演示学院', signedAt: '2027-01-06T02:00:00.000Z', ...whole },
      ],
    });
  });

  it('warns when something was added after the last signature', async () => {
    const added = Buffer.concat([signed, Buffer.from('9 0 obj\n<< /X 1 >>\nendobj\nstartxref\n0\n%%EOF\n')]);
    expect(await check(added)).toMatchObject({
      findings: ['SIGNATURE_PARTIAL'],
      signatures: [{ coversWholeFile: false, digestMatches: true }],
    });
    const half = await sign(unsigned, school, { short: 40 });
    expect(await check(half)).toMatchObject({
      findings: ['SIGNATURE_PARTIAL'],
      signatures: [{ coversWholeFile: false, digestMatches: true }],
    });
  });

  it('is broken by one byte', async () => {
    const altered = Buffer.from(signed);
    altered[altered.indexOf('MediaBox [0 0 1') + 14] = '2'.charCodeAt(0);
    expect(await check(altered)).toMatchObject({
      findings: ['SIGNATURE_BROKEN'],
      signatures: [{ coversWholeFile: true, digestMatches: false }],
    });
  });

  it('is broken when another key signed, though the digest matches', async () => {
    for (const signer of [board, school]) {
      const forged = await sign(unsigned, signer, {
        contents: (cms) => {
          const wrong = Buffer.from(cms);
          wrong[wrong.length - 5] ^= 1;
          return wrong;
        },
      });
      expect(await check(forged)).toMatchObject({
        findings: ['SIGNATURE_BROKEN'],
        signatures: [{ digestMatches: true }],
      });
    }
  });

  it('is broken when it was prepared and never signed, or its range is no range', async () => {
    expect(await check(await sign(unsigned, board, { contents: () => Buffer.alloc(8) }))).toMatchObject({
      findings: ['SIGNATURE_BROKEN'],
      signatures: [{ signedBy: null, digestMatches: false }],
    });
    for (const range of [
      '[0 5 3 9]',
      '[0 10 20 99999999]',
      '[1 10 20 9]',
      '[0 10 20]',
      '[0 -1 20 9]',
      '[/a 1 2 3]',
      '9 0 R',
    ]) {
      const text = signed
        .toString('latin1')
        .replace(/\/ByteRange \[[^\]]*\]/, (all) => `/ByteRange ${range}`.padEnd(all.length));
      expect(await check(Buffer.from(text, 'latin1'))).toMatchObject({
        findings: ['SIGNATURE_BROKEN', 'SIGNATURE_PARTIAL'],
        signatures: [{ coversWholeFile: false, digestMatches: false }],
      });
    }
  });

  it('is broken when the gap is more than the signature, whatever the digest says', async () => {
    const text = signed.toString('latin1');
    const [, first, second, length] = /\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/.exec(text)!;
    const wider = `/ByteRange [0 ${+first - 9} ${second} ${length}]`;
    const file = Buffer.from(
      text.replace(/\/ByteRange \[[^\]]*\]/, (all) => wider.padEnd(all.length)),
      'latin1',
    );
    const broken = { signatures: [{ coversWholeFile: false, digestMatches: false }] };
    expect(await check(file)).toMatchObject(broken);
    const room = 4_000;
    const roomy = await made(rsa, {}, { room, contents: (_, covered) => cms(rsa, covered) });
    expect((await check(roomy)).findings).toEqual([]);
    const elsewhere = Buffer.from(roomy.toString('latin1').replace('/Contents <', '/Contentz <'), 'latin1');
    expect(await check(elsewhere)).toMatchObject({ findings: ['SIGNATURE_BROKEN', 'SIGNATURE_PARTIAL'], ...broken });
  });

  it('is not a form’s permission', async () => {
    const permission = { entries: '/Reference [<< /TransformMethod /UR3 >>]' };
    expect((await check(await sign(unsigned, board, permission))).signatures).toEqual([]);
  });
});

const rsa = rsaWay();
const sm2 = sm2Way();
const unit = '测试单位 Test unit';
/** A file that is signed by these parts. */
const made = (way: Way, parts: Parts = {}, how: How = {}) =>
  sign(unsigned, board, { room: 40_000, contents: (_, covered) => cms(way, covered, parts), ...how });
const formatOf = (name: string) => ({ format: `/Filter /Adobe.PPKLite /SubFilter /${name}` });
const tampered = (file: Buffer) => {
  const altered = Buffer.from(file);
  altered[altered.indexOf('MediaBox [0 0 1') + 14] = '2'.charCodeAt(0);
  return altered;
};
const good = (signedBy: string | null = unit) => ({
  findings: [],
  signatures: [{ signedBy, coversWholeFile: true, digestMatches: true }],
});

describe('a signature that can be verified', () => {
  const many = Array.from({ length: 400 }, (_, i) => certificateFor(rsa, text(`测试证书 ${i}`), i % 100));
  const revocation = (count: number) =>
    der(
      0x30,
      der(
        0x30,
        ...Array<Buffer>(count).fill(der(0x30, der(2, randomBytes(16)), der(0x17, Buffer.from('270101000000Z')))),
      ),
    );
  const own = certificateFor(rsa);
  const room = 3_000_000;
  it.each<[string, Way, Parts, How]>([
    ['RSA', rsa, {}, {}],
    ['RSA-PSS with a mask of its own', pssWay(), {}, {}],
    ['EdDSA', edWay(), {}, {}],
    ['SM2', sm2, {}, {}],
    ['SM2 in the envelope of GM/T 0010', sm2, { type: '1.2.156.10197.6.1.4.2.2' }, {}],
    ['CAdES', rsa, {}, formatOf('ETSI.CAdES.detached')],
    ['a signer named by the key', rsa, { identifier: Buffer.from('key-identifier') }, {}],
    ['no attributes', rsa, { withoutAttributes: true }, {}],
    ['no lengths', rsa, { wrap: endless }, {}],
    ['four hundred certificates', rsa, { certificates: [...many, own] }, { room }],
    ['two megabytes of revocations', rsa, { revocations: [revocation(60_000)] }, { room }],
    ['two signers', rsa, { signers: 2 }, {}],
    ['a name in UTF-16', rsa, { name: der(0x1e, Buffer.from(unit, 'utf16le').swap16()) }, {}],
    ['a format of one’s own with CMS in it', rsa, {}, formatOf('Example.own')],
    ['no format said', rsa, {}, { format: '/Filter /Adobe.PPKLite' }],
  ])('is read: %s', async (_, way, parts, how) => {
    const file = await made(way, parts, how);
    expect(await check(file)).toMatchObject(good());
    expect(await check(tampered(file))).toMatchObject({
      findings: ['SIGNATURE_BROKEN'],
      signatures: [{ coversWholeFile: true, digestMatches: false }],
    });
  });

  it('may be a time stamp over the document', async () => {
    const contents = (_: Buffer, covered: Buffer) => cms(rsa, covered, { inner: stampOf(covered) });
    const how = { contents, type: '/DocTimeStamp', room: 4_000 };
    const file = await made(rsa, {}, { ...how, ...formatOf('ETSI.RFC3161') });
    expect(await check(file)).toMatchObject(good());
    expect((await check(file)).signatures[0].signedAt).toBe('2027-01-07T02:00:00.000Z');
    expect((await check(tampered(file))).findings).toEqual(['SIGNATURE_BROKEN']);
    // neither in the other's place
    expect((await check(await made(rsa, {}, how))).findings).toEqual(['SIGNATURE_BROKEN']);
    expect((await check(await made(rsa, {}, formatOf('ETSI.RFC3161')))).findings).toEqual(['SIGNATURE_BROKEN']);
  });

  it('may be nothing but a signature, with the certificate beside it', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const way: Way = { ...rsa, key: publicKey.export({ type: 'spki', format: 'der' }) };
    const how = {
      format: `/Filter /Adobe.PPKLite /SubFilter /adbe.x509.rsa_sha1 /Cert <${certificateFor(way).toString('hex')}>`,
      contents: (_: Buffer, covered: Buffer) => der(4, signWith('sha1', covered, privateKey)),
    };
    const file = await made(rsa, {}, how);
    expect(await check(file)).toMatchObject(good());
    expect((await check(tampered(file))).findings).toEqual(['SIGNATURE_BROKEN']);
  });

  it('may be a Chinese electronic seal instead of CMS', async () => {
    for (const isOlder of [false, true]) {
      const how = {
        contents: (_: Buffer, covered: Buffer) => seal(sm2, covered, isOlder),
        ...formatOf('Example.seal'),
      };
      const file = await made(sm2, {}, how);
      expect(await check(file)).toMatchObject(good());
      expect((await check(tampered(file))).findings).toEqual(['SIGNATURE_BROKEN']);
      const forged = {
        ...how,
        contents: (_: Buffer, covered: Buffer) => seal({ ...sm2, sign: sm2Way().sign }, covered, isOlder),
      };
      expect(await check(await made(sm2, {}, forged))).toMatchObject({
        findings: ['SIGNATURE_BROKEN'],
        signatures: [{ signedBy: null, digestMatches: true }],
      });
    }
  });
});

describe('a signature that can’t be verified', () => {
  const entries = "/M (D:20270105093000+08'00') /Name (演示学院)";
  const broken = {
    findings: ['SIGNATURE_BROKEN'],
    signatures: [{ signedBy: null, signedAt: '2027-01-05T01:30:00.000Z' }],
  };
  const contents: [string, (covered: Buffer) => Buffer][] = [
    ['no CMS', () => Buffer.from('3003020101', 'hex')],
    ['noise', () => randomBytes(300)],
    ['cut off', (covered) => cms(rsa, covered).subarray(0, 900)],
    ['a CMS of plain data', () => der(0x30, oid(OIDS.data), der(0xa0, der(4, Buffer.from('x'))))],
    ['no signers', (covered) => cms(rsa, covered, { signers: 0 })],
    ['too many signers', (covered) => cms(rsa, covered, { signers: 20 })],
    ['a page of text', () => Buffer.from('-----BEGIN CMS-----')],
  ];
  const formats = [
    'adbe.pkcs7.detached',
    'adbe.pkcs7.sha1',
    'adbe.x509.rsa_sha1',
    'ETSI.CAdES.detached',
    'ETSI.RFC3161',
  ];
  it.each(contents)('is broken in every format that is known: %s', async (_, content) => {
    for (const format of formats) {
      const how = { contents: (_: Buffer, covered: Buffer) => content(covered), entries, ...formatOf(format) };
      expect(await check(await made(rsa, {}, how))).toMatchObject(broken);
    }
    const unsaid = { contents: (_: Buffer, covered: Buffer) => content(covered), entries, format: '' };
    expect(await check(await made(rsa, {}, unsaid))).toMatchObject(broken);
  });

  it.each<[string, Parts]>([
    ['without its certificate', { certificates: [] }],
    ['with another’s certificate', { certificate: certificateFor(rsaWay()) }],
    ['with a certificate of another number', { certificate: certificateFor(rsa, undefined, 8) }],
    ['by a key that is not there', { identifier: Buffer.from('another') }],
    ['over a digest that nobody knows', {}],
  ])('is broken, and nobody’s: %s', async (name, parts) => {
    const way = name.includes('digest') ? { ...rsa, digest: '1.2.3.4' } : rsa;
    expect(await check(await made(way, parts, { entries }))).toMatchObject({
      findings: ['SIGNATURE_BROKEN'],
      signatures: [{ signedBy: null }],
    });
  });

  it('is broken when its place says nothing, or says it elsewhere', async () => {
    const file = await made(rsa);
    const said = file.toString('latin1');
    const hex = /\/Contents (<[\da-f]+>)/.exec(said)![1];
    for (const other of [said.replace(/\/Contents </, '/Contentz <'), said.replace(hex, `(${hex.slice(1, -1)})`)])
      expect((await check(Buffer.from(other, 'latin1'))).findings).toContain('SIGNATURE_BROKEN');
    const unclear = said.replace('/Type /Sig ', '/Type --/Sig');
    expect((await check(Buffer.from(unclear, 'latin1'))).findings).toContain('SIGNATURE_BROKEN');
  });

  it('is only warned of in a format that is not known, and is nobody’s', async () => {
    const how = { contents: () => Buffer.from('own format'), entries };
    for (const format of ['/Filter /Example.Seal /SubFilter /Example.own', '/Filter /Example.Seal'])
      expect(await check(await made(rsa, {}, { ...how, format }))).toEqual({
        findings: ['SIGNATURE_UNCHECKED'],
        signatures: [
          { signedBy: null, signedAt: '2027-01-05T01:30:00.000Z', coversWholeFile: true, digestMatches: false },
        ],
      });
    const empty = { ...how, contents: () => Buffer.alloc(0), ...formatOf('Example.own') };
    expect((await check(await made(rsa, {}, empty))).findings).toEqual(['SIGNATURE_BROKEN']);
  });
});
