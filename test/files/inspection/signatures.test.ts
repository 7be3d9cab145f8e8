import { createHash } from 'node:crypto';
import { BitString, Integer, OctetString, PrintableString, Sequence } from 'asn1js';
import { sign, signerOf, unsigned } from './signed-samples.js';
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

  it('does not cover the file when the gap is more than the signature', async () => {
    const text = signed.toString('latin1');
    const [, first, second, length] = /\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/.exec(text)!;
    const wider = `/ByteRange [0 ${+first - 9} ${second} ${length}]`;
    const file = Buffer.from(
      text.replace(/\/ByteRange \[[^\]]*\]/, (all) => wider.padEnd(all.length)),
      'latin1',
    );
    expect(await check(file)).toMatchObject({ signatures: [{ coversWholeFile: false, digestMatches: false }] });
  });

  it('may take its date and name from the dictionary, and is not a form’s permission', async () => {
    const opaque = {
      contents: () => Buffer.from('3003020101', 'hex'),
      entries: "/M (D:20270105093000+08'00') /Name (X)",
    };
    expect(await check(await sign(unsigned, board, opaque))).toEqual({
      findings: [],
      signatures: [
        { signedBy: 'X', signedAt: '2027-01-05T01:30:00.000Z', coversWholeFile: true, digestMatches: false },
      ],
    });
    const permission = { entries: '/Reference [<< /TransformMethod /UR3 >>]' };
    expect((await check(await sign(unsigned, board, permission))).signatures).toEqual([]);
  });

  it('may hold a Chinese electronic seal instead of CMS', async () => {
    const seal = (covered: Buffer) => {
      const bits = (data: Buffer) => new BitString({ valueHex: new Uint8Array(data).buffer });
      const hash = createHash('sha256').update(covered).digest();
      const toSign = new Sequence({
        value: [new Integer({ value: 4 }), new Sequence({ value: [new PrintableString({ value: 'ES' })] }), bits(hash)],
      });
      const cert = new OctetString({ valueHex: school.certificate.toSchema(true).toBER() });
      return Buffer.from(new Sequence({ value: [toSign, cert, bits(Buffer.alloc(64))] }).toBER());
    };
    const sealed = await sign(unsigned, school, { contents: (_, covered) => seal(covered) });
    expect(await check(sealed)).toMatchObject({
      findings: [],
      signatures: [{ signedBy: '演示学院', coversWholeFile: true, digestMatches: true }],
    });
    const altered = Buffer.from(sealed);
    altered[altered.indexOf('MediaBox [0 0 1') + 14] = '2'.charCodeAt(0);
    expect((await check(altered)).findings).toEqual(['SIGNATURE_BROKEN']);
  });
});
