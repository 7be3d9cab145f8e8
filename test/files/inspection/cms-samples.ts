import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign as signWith } from 'node:crypto';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';

/** One value of ASN.1, in DER. */
export function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const size = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}
/** The same without its length, which its end says. */
export const endless = (tag: number, ...parts: Buffer[]) =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)]);

export const oid = (name: string): Buffer => {
  const [first, second, ...rest] = name.split('.').map(Number);
  const arc = (value: number): number[] =>
    value < 128 ? [value] : [...arc(Math.floor(value / 128)).map((b) => b | 128), value % 128];
  return der(6, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]));
};
export const text = (value: string) => der(0x0c, Buffer.from(value));
export const number = (value: Buffer | number): Buffer =>
  der(2, typeof value === 'number' ? Buffer.from([value]) : Buffer.concat([Buffer.from([0]), value]));
const time = (value: string) => der(0x18, Buffer.from(value));

export const OIDS = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  stamp: '1.2.840.113549.1.9.16.1.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sm3: '1.2.156.10197.1.401',
};

/** A way to sign: the key as a certificate has it, the algorithm as a signature names it, and the signature itself. */
export type Way = { key: Buffer; algorithm: Buffer; digest: string; hash: string; sign: (data: Buffer) => Buffer };

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });

export function rsaWay(): Way {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = der(0x30, oid('1.2.840.113549.1.1.1'), der(5));
  return {
    key: spki(publicKey),
    algorithm,
    digest: OIDS.sha256,
    hash: 'sha256',
    sign: (data) => signWith('sha256', data, privateKey),
  };
}

/** With a mask by another digest than the text's, as nobody’s default is. */
export function pssWay(): Way {
  const { publicKey, privateKey } = generateKeyPairSync(
    'rsa-pss' as 'rsa',
    {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha1',
      saltLength: 20,
    } as never,
  ) as unknown as { publicKey: KeyObject; privateKey: KeyObject };
  const spkiPss = spki(publicKey);
  const algorithm = der(
    0x30,
    oid('1.2.840.113549.1.1.10'),
    der(
      0x30,
      der(0xa0, der(0x30, oid(OIDS.sha256))),
      der(0xa1, der(0x30, oid('1.2.840.113549.1.1.8'), der(0x30, oid('1.3.14.3.2.26')))),
      der(0xa2, number(20)),
    ),
  );
  const bits = spkiPss.subarray(spkiPss.indexOf(Buffer.from([0x03, 0x82])));
  const rsa = der(0x30, oid('1.2.840.113549.1.1.1'), der(5));
  return {
    key: der(0x30, rsa, bits),
    algorithm,
    digest: OIDS.sha256,
    hash: 'sha256',
    sign: (data) => signWith('sha256', data, privateKey),
  };
}

export function edWay(): Way {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: spki(publicKey),
    algorithm: der(0x30, oid('1.3.101.112')),
    digest: '2.16.840.1.101.3.4.2.3',
    hash: 'sha512',
    sign: (data) => signWith(null, data, privateKey),
  };
}

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const SM2 = weierstrass({
  p: P,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: P - 3n,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});
const big = (value: Buffer) => BigInt(`0x${value.toString('hex')}`);
const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const sm3 = (...pieces: Buffer[]) => createHash('sm3').update(Buffer.concat(pieces)).digest();

/** As GB/T 32918.2 has it, under the name that it gives to who has none. */
export function sm2Way(): Way {
  const Fn = SM2.Fn;
  const secret = Fn.create(big(randomBytes(32)));
  const point = Buffer.from(SM2.BASE.multiply(secret).toBytes(false));
  const { a, b, Gx, Gy } = SM2.CURVE();
  const prefix = sm3(
    Buffer.from([0, 128]),
    Buffer.from('1234567812345678'),
    ...[a, b, Gx, Gy].map(bytes),
    point.subarray(1),
  );
  const sign = (data: Buffer) => {
    const e = big(sm3(prefix, data));
    const k = Fn.create(big(randomBytes(32)));
    const r = Fn.create(e + SM2.BASE.multiply(k).toAffine().x);
    const s = Fn.mul(Fn.inv(Fn.create(1n + secret)), Fn.create(k - r * secret));
    return der(0x30, number(bytes(r)), number(bytes(s)));
  };
  const kind = der(0x30, oid('1.2.840.10045.2.1'), oid('1.2.156.10197.1.301'));
  return {
    key: der(0x30, kind, der(3, Buffer.from([0]), point)),
    algorithm: der(0x30, oid('1.2.156.10197.1.501')),
    digest: OIDS.sm3,
    hash: 'sm3',
    sign,
  };
}

export const nameOf = (value: Buffer) =>
  der(
    0x30,
    der(0x31, der(0x30, oid('2.5.4.6'), der(0x13, Buffer.from('CN')))),
    der(0x31, der(0x30, oid('2.5.4.3'), value)),
  );

/** A certificate for a key, signed by it. */
export function certificateFor(way: Way, name: Buffer = text('测试单位 Test unit'), serial = 7): Buffer {
  const names = nameOf(name);
  const validity = der(0x30, time('20260101000000Z'), time('20360101000000Z'));
  const identifier = der(0x30, der(0x30, oid('2.5.29.14'), der(4, der(4, Buffer.from('key-identifier')))));
  const body = der(
    0x30,
    der(0xa0, number(2)),
    number(serial),
    way.algorithm,
    names,
    validity,
    names,
    way.key,
    der(0xa3, identifier),
  );
  return der(0x30, body, way.algorithm, der(3, Buffer.from([0]), way.sign(body)));
}

export type Parts = {
  certificate?: Buffer;
  certificates?: Buffer[];
  revocations?: Buffer[];
  /** What is signed instead of the file. */
  inner?: Buffer;
  innerType?: string;
  type?: string;
  signers?: number;
  identifier?: Buffer;
  withoutAttributes?: boolean;
  name?: Buffer;
  wrap?: typeof der;
};

const attribute = (type: string, value: Buffer) => der(0x30, oid(type), der(0x31, value));

/** A CMS signature over these bytes. */
export function cms(way: Way, covered: Buffer, parts: Parts = {}): Buffer {
  const { name = text('测试单位 Test unit'), wrap = der, innerType = parts.inner ? OIDS.stamp : OIDS.data } = parts;
  const certificate = parts.certificate ?? certificateFor(way, name);
  const digest = createHash(way.hash)
    .update(parts.inner ?? covered)
    .digest();
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid(innerType)),
    attribute('1.2.840.113549.1.9.5', der(0x17, Buffer.from('270105013000Z'))),
    attribute('1.2.840.113549.1.9.4', der(4, digest)),
  ];
  const by = parts.identifier ? der(0x80, parts.identifier) : der(0x30, nameOf(name), number(7));
  const algorithm = der(0x30, oid(way.digest));
  const signer = der(
    0x30,
    number(1),
    by,
    algorithm,
    ...(parts.withoutAttributes ? [] : [der(0xa0, ...attributes)]),
    way.algorithm,
    der(4, way.sign(parts.withoutAttributes ? covered : der(0x31, ...attributes))),
  );
  const content = wrap(
    0x30,
    number(1),
    der(0x31, algorithm),
    wrap(0x30, oid(innerType), ...(parts.inner ? [wrap(0xa0, wrap(0x24, der(4, parts.inner)))] : [])),
    wrap(0xa0, ...(parts.certificates ?? [certificate])),
    ...(parts.revocations ? [wrap(0xa1, ...parts.revocations)] : []),
    wrap(0x31, ...Array<Buffer>(parts.signers ?? 1).fill(signer)),
  );
  return wrap(0x30, oid(parts.type ?? OIDS.signedData), wrap(0xa0, content));
}

/** What an authority stamps (RFC 3161): a digest and the time. */
export const stampOf = (covered: Buffer) =>
  der(
    0x30,
    number(1),
    oid('1.2.3'),
    der(0x30, der(0x30, oid(OIDS.sha256)), der(4, createHash('sha256').update(covered).digest())),
    number(9),
    time('20270107020000Z'),
  );

/** A seal of GB/T 38540, or of the older GM/T 0031, which has the certificate within what is signed. */
export function seal(way: Way, covered: Buffer, isOlder = false): Buffer {
  const cert = der(4, certificateFor(way));
  const hash = der(3, Buffer.from([0]), createHash('sm3').update(covered).digest());
  const algorithm = oid('1.2.156.10197.1.501');
  const when = isOlder ? der(3, Buffer.from([0]), Buffer.from('time')) : time('20270105013000Z');
  const common = [
    number(isOlder ? 1 : 4),
    der(0x30, der(0x30, der(0x16, Buffer.from('ES')))),
    when,
    hash,
    der(0x16, Buffer.from('/')),
  ];
  const toSign = der(0x30, ...common, ...(isOlder ? [cert, algorithm] : []));
  const signature = der(3, Buffer.from([0]), way.sign(toSign));
  return isOlder ? der(0x30, toSign, signature) : der(0x30, toSign, cert, algorithm, signature);
}
