import { join } from 'node:path';
import { type Config, ConfigError, type S3Config } from '../config.js';
import type { FileLinks } from './links.js';
import { localStorage } from './local-storage.js';
import type { Receiver, Storage } from './storage.js';

/** `receiver` only where uploads come in through our own routes. */
export type OpenStorage = { storage: Storage; receiver?: Receiver; close(): void };

/** A start waits no longer for a store that says nothing. */
const CHECK_MS = 8_000;

/** The storage that the configuration asks for, once it is known to answer. */
export async function openStorage(
  { dataDir, s3, maxUploadBytes }: Config,
  links: FileLinks,
  now: () => Date,
): Promise<OpenStorage> {
  if (!s3) {
    const storage = localStorage(join(dataDir, 'files'), { links, maxUploadBytes });
    return { storage, receiver: storage, close: () => {} };
  }
  // a large library, for those alone who use it
  const { S3Storage } = await import('./s3-storage.js');
  const storage = new S3Storage({ config: s3, scratch: join(dataDir, 'copies'), now, maxUploadBytes });
  try {
    await storage.check(CHECK_MS);
  } catch (error) {
    storage.close();
    throw new ConfigError(refusal(s3, error), { cause: error });
  }
  return { storage, close: () => storage.close() };
}

/** One sentence on what to do. */
function refusal({ endpoint, bucket }: S3Config, error: unknown): string {
  const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
  if (name === 'AbortError')
    return `S3 存储 ${endpoint} 在 ${CHECK_MS / 1000} 秒内没有应答：请检查它是否正常、S3_ENDPOINT 是否正确、中间的网络或代理，然后重新启动。 The S3 store at ${endpoint} did not answer within ${CHECK_MS / 1000} seconds: look whether it works, whether S3_ENDPOINT is right, and what lies between, then start again.`;
  switch ($metadata?.httpStatusCode) {
    case 404:
      return `S3 存储 ${endpoint} 中没有存储桶 ${bucket}：请先建立它，或改正 S3_BUCKET。 There is no bucket ${bucket} at ${endpoint}: create it, or correct S3_BUCKET.`;
    case 401:
    case 403:
      return `S3 存储 ${endpoint} 拒绝访问存储桶 ${bucket}：请检查 S3_ACCESS_KEY_ID、S3_SECRET_ACCESS_KEY 及其权限。 ${endpoint} refuses access to the bucket ${bucket}: check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and their rights.`;
    default:
      return `无法连接 S3 存储 ${endpoint}：请确认它已启动且 S3_ENDPOINT 正确。 Can't reach the S3 store at ${endpoint}: is it running, and is S3_ENDPOINT right?`;
  }
}
