import { randomUUID, type webcrypto } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
    const file = read(path) ?? (await create(path, !production));
    if (production && file.demo)
      throw new ConfigError(
        `${path} 是演示密钥，生产环境拒绝启动：请改用新的 DATA_DIR，或移走该文件后重新启动。 ${path} is a demo key, which production refuses: use a new DATA_DIR, or move the file away and start again.`,
      );
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
    const file = read(path);
    if (!file)
      throw new ConfigError(
        `没有密钥文件 ${path}：请先用 npm start 启动一次。 There is no key file ${path}: run npm start once.`,
      );
    const key = await newKey();
    const temporary = written(path, { ...file, keys: [key, ...file.keys.map(publicHalf)] });
    renameSync(temporary, path);
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

function read(path: string): KeyFile | undefined {
  try {
    const file: KeyFile = JSON.parse(readFileSync(path, 'utf8'));
    if (file.keys.length > 0 && file.keys.every((key) => key.kid && key.x)) return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  }
  throw unreadable(path);
}

/** Of two first starts one gives its file the name, and both read it whole. */
async function create(path: string, demo: boolean): Promise<KeyFile> {
  const file: KeyFile = { demo, keys: [await newKey()] };
  const temporary = written(path, file);
  try {
    linkSync(temporary, path);
  } catch (error) {
    // a file system without hard links: all but as good, the file has its name a moment before its content
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') copyTo(path, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return read(path)!;
}

function copyTo(path: string, file: KeyFile): void {
  try {
    writeFileSync(path, JSON.stringify(file, null, 2), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function written(path: string, file: KeyFile): string {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(temporary, JSON.stringify(file, null, 2), { mode: 0o600, flag: 'wx', flush: true });
  return temporary;
}

const unreadable = (path: string) =>
  new ConfigError(
    `密钥文件 ${path} 无法读取：请恢复备份。 The key file ${path} can't be read: restore it from the backup.`,
  );
