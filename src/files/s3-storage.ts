import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { MAX_UPLOAD_BYTES, type S3Config } from '../config.js';
import { removeOlder, writeTemporary } from './disk.js';
import { isAbsent, S3_TIMEOUTS, s3Client, translated } from './s3-client.js';
import {
  type Announced,
  checkKey,
  checkUploadId,
  isKey,
  lengthOf,
  partsOf,
  type Storage,
  StorageUnavailable,
  UPLOAD_HEADERS,
  UploadError,
} from './storage.js';
import { verified } from './verify.js';

/** No key can name them. Senders may write to the first alone; the second holds a copy while it is verified. */
const INCOMING = '.incoming/';
const SETTLING = '.settling/';
const WHOLE = 'whole';
const CONTENT_TYPE = UPLOAD_HEADERS[0].value;

type Options = {
  config: S3Config;
  /** A folder for the copies that parsers read. */
  scratch: string;
  now(): Date;
  maxUploadBytes?: number;
  timeouts?: typeof S3_TIMEOUTS;
};
type Listed = { key: string; size: number; modifiedAt: Date };

/**
 * Files in a bucket of any S3-compatible store. Parts are plain objects instead of S3's own multipart uploads: those
 * stay invisible and cost money when they are left, not every store lists them, and the bytes are read once anyway.
 */
export class S3Storage implements Storage {
  readonly maxUploadBytes: number;
  private readonly client: S3Client;
  /** Signs for the address that senders use; it never connects. */
  private readonly signer: S3Client;
  private readonly bucket: string;

  constructor(private readonly options: Options) {
    const { config, maxUploadBytes = MAX_UPLOAD_BYTES, timeouts } = options;
    this.maxUploadBytes = maxUploadBytes;
    this.bucket = config.bucket;
    this.client = s3Client(config, config.endpoint, timeouts);
    this.signer = s3Client(config, config.publicEndpoint);
  }

  /** Throws what the store says when the bucket can't be used. */
  async check(milliseconds: number): Promise<void> {
    const command = new HeadBucketCommand({ Bucket: this.bucket });
    await this.client.send(command, { abortSignal: AbortSignal.timeout(milliseconds) });
  }

  close(): void {
    this.client.destroy();
    this.signer.destroy();
  }

  ticket: Storage['ticket'] = async ({ id, announced, expiresAt }) => {
    const folder = `${INCOMING}${checkUploadId(id)}/`;
    const expiresIn = Math.max(1, Math.floor((expiresAt.getTime() - this.options.now().getTime()) / 1_000));
    const url = (name: string, length: number) =>
      getSignedUrl(
        this.signer,
        new PutObjectCommand({ ...this.at(folder + name), ContentLength: length, ContentType: CONTENT_TYPE }),
        { expiresIn, signableHeaders: new Set(['host', 'content-type', 'content-length']) },
      );
    const parts = partsOf(announced.byteSize).map(async (part) => ({
      ...part,
      url: await url(String(part.number), lengthOf(part)),
    }));
    return { url: await url(WHOLE, announced.byteSize), headers: UPLOAD_HEADERS, parts: await Promise.all(parts) };
  };

  settle = (uploadId: string, announced: Announced, key: string): Promise<void> =>
    attempt(async () => {
      const folder = `${INCOMING}${checkUploadId(uploadId)}/`;
      // what lies there was verified before it came there
      const settled = async () => (await this.lengthAt(checkKey(key))) === announced.byteSize;
      if (!(await settled())) {
        await this.take(uploadId, folder, announced, key).catch(async (error) => {
          // somebody else may have settled it in between, and tidied it away
          if (await settled().catch(() => false)) return;
          throw isIncomplete(error) ? new UploadError('INCOMPLETE', { cause: error }) : error;
        });
      }
      for await (const left of this.listed(folder)) await this.delete(left.key).catch(() => undefined);
    });

  put = (key: string, bytes: Buffer): Promise<void> =>
    attempt(async () => {
      await this.client.send(
        new PutObjectCommand({ ...this.at(checkKey(key)), Body: bytes, ContentType: CONTENT_TYPE }),
      );
    });

  open: Storage['open'] = (key, range) =>
    attempt(async () => {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const found = await this.client.send(new GetObjectCommand({ ...this.at(checkKey(key)), Range }));
      const whole = found.ContentRange?.split('/')[1] ?? found.ContentLength;
      return { stream: found.Body as Readable, byteSize: Number(whole) };
    });

  local: Storage['local'] = (key) =>
    attempt(async () => {
      const { stream } = await this.open(key);
      try {
        const path = await writeTemporary(this.options.scratch, async (file) => {
          for await (const chunk of stream) await file.writeFile(chunk);
        });
        return { path, release: () => rm(path, { force: true }) };
      } catch (error) {
        // our own disk: no upload is to blame
        throw error instanceof UploadError ? new StorageUnavailable(error) : error;
      } finally {
        stream.destroy();
      }
    });

  sizeOf = (key: string): Promise<number | undefined> => attempt(async () => this.lengthAt(checkKey(key)));

  remove = (key: string): Promise<void> => attempt(() => this.delete(checkKey(key)));

  async *list(prefix: string) {
    for await (const { key, modifiedAt } of this.listed(prefix)) if (isKey(key)) yield { key, modifiedAt };
  }

  async abandon(before: Date): Promise<number> {
    let removed = 0;
    // copies that a killed process left
    await removeOlder(this.options.scratch, before);
    for (const place of [INCOMING, SETTLING]) {
      for await (const upload of this.byUpload(place)) {
        if (upload.some(({ modifiedAt }) => modifiedAt >= before)) continue;
        for (const { key } of upload) await attempt(() => this.delete(key));
        if (place === INCOMING) removed += 1;
      }
    }
    return removed;
  }

  private async take(uploadId: string, folder: string, announced: Announced, key: string): Promise<void> {
    const arrived = await this.arrived(folder, announced);
    // a name that no sender can write to, and no other process either
    const copy = `${SETTLING}${uploadId}/${randomUUID()}`;
    try {
      await this.send(copy, verified(this.joined(arrived), announced), announced.byteSize);
      await this.client.send(new CopyObjectCommand({ ...this.at(key), CopySource: `${this.bucket}/${copy}` }));
    } catch (error) {
      // or it would hide the parts that are sent next
      if (isMismatch(error) && arrived[0].endsWith(WHOLE)) await this.delete(arrived[0]).catch(() => undefined);
      throw error;
    } finally {
      await this.delete(copy).catch(() => undefined);
    }
  }

  /** The keys that make up the announced file, in order. */
  private async arrived(folder: string, { byteSize }: Announced): Promise<string[]> {
    const sizes = new Map<string, number>();
    for await (const { key, size } of this.listed(folder)) sizes.set(key, size);
    const whole = sizes.get(folder + WHOLE);
    if (whole === byteSize) return [folder + WHOLE];
    const parts = partsOf(byteSize);
    const wrong = parts.some(
      (part) => sizes.has(folder + part.number) && sizes.get(folder + part.number) !== lengthOf(part),
    );
    if (wrong) throw new UploadError('SIZE_MISMATCH');
    if (parts.length && parts.every((part) => sizes.has(folder + part.number)))
      return parts.map((part) => folder + part.number);
    throw new UploadError(whole === undefined ? 'INCOMPLETE' : 'SIZE_MISMATCH');
  }

  private async *joined(keys: string[]): AsyncGenerator<Buffer> {
    for (const key of keys) {
      const { Body } = await this.client.send(new GetObjectCommand(this.at(key)));
      yield* Body as Readable;
    }
  }

  /** Streams. Done only when the chunks ended well too: the store may answer at the last byte, before they are judged. */
  private async send(key: string, chunks: AsyncIterable<Buffer>, ContentLength: number): Promise<void> {
    const body = Readable.from(chunks, { objectMode: false });
    const stopped = new AbortController();
    let cause: unknown;
    const ended = finished(body).catch((error) => {
      cause = error;
      stopped.abort();
    });
    try {
      const put = new PutObjectCommand({ ...this.at(key), Body: body, ContentLength, ContentType: CONTENT_TYPE });
      await this.client.send(put, { abortSignal: stopped.signal });
      await ended;
    } catch (error) {
      throw cause ?? error;
    } finally {
      body.destroy();
    }
    if (cause) throw cause;
  }

  private at = (key: string) => ({ Bucket: this.bucket, Key: key });

  private async lengthAt(key: string): Promise<number | undefined> {
    try {
      return (await this.client.send(new HeadObjectCommand(this.at(key)))).ContentLength;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  private async delete(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.at(key)));
  }

  /** In the order of keys. By the first version of the call: it pages by key, which every store understands alike. */
  private async *listed(prefix: string): AsyncGenerator<Listed> {
    for (let marker: string | undefined; ; ) {
      const command = new ListObjectsCommand({ Bucket: this.bucket, Prefix: prefix, Marker: marker });
      const page = await attempt(() => this.client.send(command));
      for (const { Key, Size, LastModified } of page.Contents ?? [])
        yield { key: Key!, size: Size ?? 0, modifiedAt: LastModified ?? new Date() };
      marker = page.Contents?.at(-1)?.Key;
      if (!page.IsTruncated || marker === undefined) return;
    }
  }

  private async *byUpload(place: string): AsyncGenerator<Listed[]> {
    let group: Listed[] = [];
    const idOf = (key: string) => key.slice(place.length).split('/')[0];
    for await (const found of this.listed(place)) {
      if (group.length && idOf(group[0].key) !== idOf(found.key)) {
        yield group;
        group = [];
      }
      group.push(found);
    }
    if (group.length) yield group;
  }
}

const isIncomplete = (error: unknown): boolean =>
  isAbsent(error) || (error instanceof UploadError && error.code === 'INCOMPLETE');

const isMismatch = (error: unknown): boolean =>
  error instanceof UploadError && ['SIZE_MISMATCH', 'HASH_MISMATCH'].includes(error.code);

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}
