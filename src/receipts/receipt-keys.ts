import type { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { openKeyFile, readKeyFile, replaceKeyFile, unreadable } from '../access/key-file.js';
import { ConfigError } from '../config.js';
import type { ReceiptFacts } from './facts.js';

type CryptoKey = webcrypto.CryptoKey;

const ALGORITHM = 'EdDSA';
export const RECEIPT_TYPE = 'receipt+jwt';

type StoredKey = JWK & { kid: string; x: string };
/** The newest first: it signs. Those behind it are public halves, kept so that what they signed can be verified. */
type KeyFile = { demo: boolean; keys: StoredKey[] };

const pathIn = (dataDir: string) => join(dataDir, 'keys', 'receipt-keys.json');

/** Signs receipts. A key of its own, not the tokens': it outlives every token, and its public half is published. */
export class ReceiptKeys {
  private constructor(
    private readonly signer: CryptoKey,
    private readonly published: readonly StoredKey[],
  ) {}

  static async open(dataDir: string, production: boolean): Promise<ReceiptKeys> {
    const path = pathIn(dataDir);
    const file = await openKeyFile<KeyFile>(path, production, async () => ({ keys: [await newKey()] }));
    try {
      const signer = (await importJWK(file.keys[0], ALGORITHM)) as CryptoKey;
      const keys = new ReceiptKeys(signer, file.keys.map(publicHalf));
      await keys.tryOut();
      return keys;
    } catch {
      throw unreadable(path);
    }
  }

  /** A new key in front, the older ones without their private halves. Processes that run take it up when they start again. */
  static async rotate(dataDir: string): Promise<{ kid: string }> {
    const path = pathIn(dataDir);
    const file = readKeyFile<KeyFile>(path);
    if (!file)
      throw new ConfigError(
        `没有密钥文件 ${path}：请先用 npm start 启动一次。 There is no key file ${path}: run npm start once.`,
      );
    if (!file.keys?.every?.((key) => key.kid && key.x)) throw unreadable(path);
    const key = await newKey();
    const renewed: KeyFile = { ...file, keys: [key, ...file.keys.map(publicHalf)] };
    replaceKeyFile(path, renewed);
    return { kid: key.kid };
  }

  /** The same facts have the same signature: EdDSA takes no random number. */
  sign(facts: ReceiptFacts): Promise<string> {
    return this.signed(new TextEncoder().encode(JSON.stringify(facts)));
  }

  /** The public halves of all keys that ever signed. */
  jwks(): { keys: JWK[] } {
    return { keys: this.published.map((key) => ({ ...key })) };
  }

  private signed(payload: Uint8Array): Promise<string> {
    return new CompactSign(payload)
      .setProtectedHeader({ alg: ALGORITHM, typ: RECEIPT_TYPE, kid: this.published[0].kid })
      .sign(this.signer);
  }

  /** A file put together by hand may hold two halves that don't belong together: better found at the start. */
  private async tryOut(): Promise<void> {
    const publicKeys = await Promise.all(this.published.map((key) => importJWK(key, ALGORITHM)));
    await compactVerify(await this.signed(new Uint8Array([1])), publicKeys[0]);
  }
}

const publicHalf = ({ kty, crv, x, kid }: StoredKey): StoredKey => ({ kty, crv, x, kid, use: 'sig', alg: ALGORITHM });

async function newKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, kid: await calculateJwkThumbprint(key) } as StoredKey;
}
