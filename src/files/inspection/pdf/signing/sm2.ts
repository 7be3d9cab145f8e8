import { createHash, getHashes } from 'node:crypto';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { fields, readBer, TAG } from './ber.js';

/** GB/T 32918.5, the curve that China's seals and certificates use. */
const CURVE = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const Point = weierstrass(CURVE);
/** Who nobody names is called so (GM/T 0009); some programs use no name, and some leave the whole prefix out. */
const NAMES = ['1234567812345678', ''];
const SIZE = 32;

/** Whether this is a signature by the key. Node’s own crypto takes such a key for one of ECDSA. */
export function sm2Holds(key: Buffer, data: Buffer[], signature: Buffer): boolean {
  if (!getHashes().includes('sm3')) return false;
  const pair = pairIn(signature);
  const point = Point.fromBytes(new Uint8Array(key));
  if (!pair || pair.some((value) => value < 1n || value >= CURVE.n)) return false;
  const [r, s] = pair;
  const t = (r + s) % CURVE.n;
  if (t === 0n) return false;
  const sum = Point.BASE.mulAddUnsafe(s, point, t);
  if (sum.is0()) return false;
  const { x, y } = point.toAffine();
  const found = sum.toAffine().x;
  const prefixes = [...NAMES.map((name) => prefixOf(name, x, y)), Buffer.alloc(0)];
  return prefixes.some((prefix) => (number(sm3(prefix, ...data)) + found) % CURVE.n === r);
}

const prefixOf = (name: string, x: bigint, y: bigint): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length * 8);
  return sm3(length, Buffer.from(name), ...[CURVE.a, CURVE.b, CURVE.Gx, CURVE.Gy, x, y].map(bytes));
};

function sm3(...pieces: Buffer[]): Buffer {
  const hash = createHash('sm3');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Two numbers in a sequence, or one behind the other. */
function pairIn(signature: Buffer): [bigint, bigint] | undefined {
  if (signature.length === 2 * SIZE) return [number(signature.subarray(0, SIZE)), number(signature.subarray(SIZE))];
  const [r, s] = fields(readBer(signature));
  if (r?.tag !== TAG.INTEGER || s?.tag !== TAG.INTEGER || Math.max(r.content.length, s.content.length) > SIZE + 1)
    return undefined;
  return [number(r.content), number(s.content)];
}

const number = (value: Buffer): bigint => BigInt(`0x${value.toString('hex') || '0'}`);
const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(SIZE * 2, '0'), 'hex');
