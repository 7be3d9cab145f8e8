import type { Readable } from 'node:stream';
import { ApiError } from '../graph/errors.js';

/** A larger file may be sent in parts of this size: what a bad line still carries in a few minutes. */
export const PART_BYTES = 8_388_608;

/** What was sent but not settled, or settled but not used, is kept this long; see sweep.ts. */
export const ABANDONED_MS = 24 * 3_600_000;

/** TOO_LARGE is over the limit, ABORTED the sender's line, INCOMPLETE nothing or not all has arrived. */
export type UploadErrorCode = 'INCOMPLETE' | 'SIZE_MISMATCH' | 'HASH_MISMATCH' | 'TOO_LARGE' | 'NO_SPACE' | 'ABORTED';

/** Why a file was not kept; nothing of it counts then. */
export class UploadError extends Error {
  constructor(
    readonly code: UploadErrorCode,
    options?: ErrorOptions,
  ) {
    super(`upload refused: ${code}`, options);
  }
}

/** The store does not answer, or not with what it was given. A request error by itself, so that no caller has to translate it. */
export class StorageUnavailable extends ApiError {
  constructor(cause: unknown) {
    super('UNAVAILABLE', {
      cause: cause instanceof Error ? cause : new Error(String(cause)),
      message: { zh: '文件存储暂时不可用，请稍后重试。', en: 'The file storage is not available; try again later.' },
    });
  }
}

/** Nothing is stored under this key: of a file that is on record no less an outage. */
export class FileMissing extends StorageUnavailable {
  constructor(options?: ErrorOptions) {
    super(new Error('no file under this key', options));
  }
}

export type Announced = { byteSize: number; sha256: string };
/** Both ends included. */
export type ByteRange = { start: number; end: number };
export type Part = ByteRange & { number: number };
export type PartTicket = Part & { url: string };
export type UploadTicket = { url: string; headers: { name: string; value: string }[]; parts: PartTicket[] };
export type UploadOrder = { id: string; tokenId: string; announced: Announced; expiresAt: Date };
export type Kept = { key: string; modifiedAt: Date };

/** Files by key. Whoever calls knows what a key stands for; the same face for a folder and for an object store. */
export interface Storage {
  readonly maxUploadBytes: number;
  /**
   * Where a sender PUTs the bytes of an announced upload: whole at `url`, or, when larger than PART_BYTES, part by part,
   * in any order and each as often as it takes.
   */
  ticket(upload: UploadOrder, publicBase: string): Promise<UploadTicket>;
  /**
   * Takes what has arrived for this upload into keeping under `key`: exactly what was announced, or throws UploadError
   * (INCOMPLETE, SIZE_MISMATCH, HASH_MISMATCH, NO_SPACE). Doing it twice is fine. What lies under `key` is never changed
   * by a later PUT, and never lies there before it was verified.
   */
  settle(uploadId: string, announced: Announced, key: string): Promise<void>;
  /** Keeps bytes that the service itself made. */
  put(key: string, bytes: Buffer): Promise<void>;
  /** `byteSize` is the whole file's, with a range too. The caller reads the stream to its end or destroys it. */
  open(key: string, range?: ByteRange): Promise<{ stream: Readable; byteSize: number }>;
  /** A path at which the file can be read by a parser; `release` when done. Nobody may write there. */
  local(key: string): Promise<{ path: string; release(): Promise<void> }>;
  /** In bytes; undefined where nothing is kept under the key. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Without complaint when nothing is there. */
  remove(key: string): Promise<void>;
  /** Every kept key with this prefix; what comes or goes meanwhile may be missed. */
  list(prefix: string): AsyncIterable<Kept>;
  /** Removes uploads, begun or arrived, that nobody has touched since then; says how many. */
  abandon(before: Date): Promise<number>;
}

/** Of a storage whose uploads come in through our own routes. */
export interface Receiver {
  /**
   * Keeps the body as the whole upload, or as one part of it, only if it is exactly that; until then, and if it is not,
   * whatever had arrived before stays. The body is left undestroyed, so that its sender can still be answered.
   */
  receive(uploadId: string, body: Readable, announced: Announced, part?: Part): Promise<void>;
}

/** How an announced file is cut; empty when it is only sent whole. */
export function partsOf(byteSize: number): Part[] {
  if (byteSize <= PART_BYTES) return [];
  return Array.from({ length: Math.ceil(byteSize / PART_BYTES) }, (_, i) => ({
    number: i + 1,
    start: i * PART_BYTES,
    end: Math.min((i + 1) * PART_BYTES, byteSize) - 1,
  }));
}

export const lengthOf = ({ start, end }: ByteRange): number => end - start + 1;

/** Lower case alone, so that a file system that ignores case keeps keys apart; no segment begins with a dot. */
const KEY = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*(\/[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*)*$/;
const KEY_LENGTH = 200;

export const isKey = (key: string): boolean => key.length <= KEY_LENGTH && KEY.test(key);

export function checkKey(key: string): string {
  if (!isKey(key)) throw new TypeError(`not a storage key: ${JSON.stringify(key)}`);
  return key;
}

/** An upload's id names a folder: one plain segment. */
export function checkUploadId(id: string): string {
  if (id.includes('/')) throw new TypeError(`not an upload: ${JSON.stringify(id)}`);
  return checkKey(id);
}

/** What every PUT says of its content: nothing, since nobody believes it. */
export const UPLOAD_HEADERS = [{ name: 'Content-Type', value: 'application/octet-stream' }];
