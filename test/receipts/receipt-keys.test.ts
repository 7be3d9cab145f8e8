import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
import { ReceiptKeys } from '../../src/receipts/receipt-keys.js';
import { sample } from './samples.js';

let folder: string;
const path = () => join(folder, 'keys', 'receipt-keys.json');
const stored = () => JSON.parse(readFileSync(path(), 'utf8'));
const verified = async (jws: string, keys: ReceiptKeys) => {
  const { payload } = await compactVerify(jws, createLocalJWKSet(keys.jwks() as any), { algorithms: ['EdDSA'] });
  return JSON.parse(new TextDecoder().decode(payload));
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipt-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('it signs the facts as they are, the same each time, and publishes no private half', async () => {
  const keys = await ReceiptKeys.open(folder, true);
  const jws = await keys.sign(sample());
  expect(await verified(jws, keys)).toEqual(sample());
  expect(await (await ReceiptKeys.open(folder, true)).sign(sample())).toBe(jws);
  expect(decodeProtectedHeader(jws)).toEqual({ alg: 'EdDSA', typ: 'receipt+jwt', kid: keys.jwks().keys[0].kid });
  expect(keys.jwks().keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']]);
  expect(JSON.stringify(keys.jwks())).not.toContain(stored().keys[0].d);
});

test('the key file and its folder belong to their owner alone, and nothing is left beside it', async () => {
  await ReceiptKeys.open(folder, true);
  await ReceiptKeys.rotate(folder);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, 'keys'))).toEqual(['receipt-keys.json']);
});

test('first starts at once end with one key', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => ReceiptKeys.open(folder, true)));
  expect(new Set(opened.map((keys) => JSON.stringify(keys.jwks()))).size).toBe(1);
  const jws = await opened[3].sign(sample());
  expect(await verified(jws, opened[7])).toEqual(sample());
});

test('after a rotation the new key signs, and what the old one signed still holds', async () => {
  const before = await ReceiptKeys.open(folder, true);
  const old = await before.sign(sample());
  const { kid } = await ReceiptKeys.rotate(folder);
  const after = await ReceiptKeys.open(folder, true);
  expect(decodeProtectedHeader(await after.sign(sample())).kid).toBe(kid);
  expect(await verified(old, after)).toEqual(sample());
  expect(after.jwks().keys).toHaveLength(2);
  expect(stored().keys.map((key: { d?: string }) => key.d !== undefined)).toEqual([true, false]);
  await expect(verified(await after.sign(sample()), before)).rejects.toThrow();
});

test('production refuses a demo key, rotated or not', async () => {
  await ReceiptKeys.open(folder, false);
  await expect(ReceiptKeys.open(folder, true)).rejects.toThrow(/演示密钥.*demo key/s);
  await ReceiptKeys.rotate(folder);
  await expect(ReceiptKeys.open(folder, true)).rejects.toThrow(/演示密钥.*demo key/s);
  await ReceiptKeys.open(folder, false);
});

test('a damaged file is not replaced: it may be the only copy of the key', async () => {
  await ReceiptKeys.open(folder, true);
  const whole = readFileSync(path(), 'utf8');
  await ReceiptKeys.rotate(folder);
  const other = stored().keys[0];
  const [key] = JSON.parse(whole).keys;
  for (const damaged of [
    '',
    whole.slice(0, -20),
    '{"demo":false,"keys":[]}',
    JSON.stringify({ demo: false, keys: [{ ...key, d: undefined }] }),
    // halves of two keys
    JSON.stringify({ demo: false, keys: [{ ...key, d: other.d }] }),
  ]) {
    writeFileSync(path(), damaged);
    await expect(ReceiptKeys.open(folder, true)).rejects.toThrow(/恢复备份.*restore it from the backup/s);
    expect(readFileSync(path(), 'utf8')).toBe(damaged);
  }
});

test('there is nothing to rotate before the first start', async () => {
  await expect(ReceiptKeys.rotate(folder)).rejects.toThrow('npm start');
});
