import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../config.js';
import { ApiError } from '../graph/errors.js';
import { FileMissing, StorageUnavailable, UploadError } from './storage.js';

/** Soon enough for a person who waits; a store that answers at all answers faster. */
export const S3_TIMEOUTS = { connectionTimeout: 3_000, socketTimeout: 30_000 };

export function s3Client(config: S3Config, endpoint: string, timeouts = S3_TIMEOUTS): S3Client {
  return new S3Client({
    endpoint,
    region: config.region,
    credentials: { accessKeyId: config.accessKeyId, secretAccessKey: config.secretAccessKey },
    forcePathStyle: true,
    // checksums of a newer S3 make other stores refuse; we verify by ourselves
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
    requestHandler: timeouts,
    // what goes wrong is thrown, and logged with its request
    logger: SILENT,
  });
}

const nothing = () => {};
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

type Refusal = { name?: string; $metadata?: { httpStatusCode?: number } };

const FULL: ReadonlySet<string | undefined> = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);

const isFull = ({ name, $metadata }: Refusal): boolean => FULL.has(name) || $metadata?.httpStatusCode === 507;

export const isAbsent = (error: unknown): boolean => {
  const { name, $metadata } = error as Refusal;
  return name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404;
};

/** A TypeError is a mistake of ours: no key. */
const OURS = [UploadError, ApiError, TypeError];

/** The store's refusals in the words of the storage. Whatever it is, the sender can only try again later. */
export function translated(error: unknown): unknown {
  if (OURS.some((known) => error instanceof known)) return error;
  if (isAbsent(error)) return new FileMissing({ cause: error });
  return isFull(error as Refusal) ? new UploadError('NO_SPACE', { cause: error }) : new StorageUnavailable(error);
}
