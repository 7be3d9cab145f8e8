import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

/** 50 MiB, the most that one file may have. */
export const MAX_UPLOAD_BYTES = 52_428_800;

export type UploadErrorCode = 'SIZE_MISMATCH' | 'HASH_MISMATCH' | 'TOO_LARGE' | 'NO_SPACE' | 'ABORTED';

/** Why a file was not kept; nothing of it remains then. */
export class UploadError extends Error {
  constructor(
    readonly code: UploadErrorCode,
    options?: ErrorOptions,
  ) {
    super(`upload refused: ${code}`, options);
  }
}

/** Nothing is stored under this key. */
export class FileMissing extends Error {}

export type Announced = { byteSize: number; sha256: string };
/** Both ends included. */
export type ByteRange = { start: number; end: number };

/** Files by key. Whoever calls knows what a key stands for; the same face for a folder and for an object store. */
export interface Storage {
  /**
   * Keeps the body under the key only if it is exactly what was announced; until then, and if it is not, whatever was
   * there before stays. The body is left undestroyed, so that its sender can still be answered.
   */
  receive(key: string, body: Readable, expected: Announced): Promise<void>;
  /** `byteSize` is the whole file's, with a range too. The caller reads the stream to its end or destroys it. */
  open(key: string, range?: ByteRange): Promise<{ stream: Readable; byteSize: number }>;
  /** Without complaint when nothing is there. */
  remove(key: string): Promise<void>;
  exists(key: string): Promise<boolean>;
}

/** Lower case alone, so that a file system that ignores case keeps keys apart; no segment begins with a dot. */
const KEY = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*(\/[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*)*$/;
const KEY_LENGTH = 200;
/** No key can name it. In the same folder, since a rename is atomic only within one file system. */
const INCOMING = '.incoming';
/** No upload takes that long: what is older was left by a process that died. */
const ABANDONED_MS = 24 * 3_600_000;

/** Files in a folder that belongs to this service alone; several processes may share it. */
export function localStorage(dir: string): Storage {
  const incoming = join(dir, INCOMING);
  let swept = false;

  const pathOf = (key: string): string => {
    if (key.length > KEY_LENGTH || !KEY.test(key)) throw new TypeError(`not a storage key: ${JSON.stringify(key)}`);
    return join(dir, ...key.split('/'));
  };

  return {
    async receive(key, body, expected) {
      const target = pathOf(key);
      if (expected.byteSize > MAX_UPLOAD_BYTES) throw new UploadError('TOO_LARGE');
      const temporary = join(incoming, randomUUID());
      try {
        await mkdir(incoming, { recursive: true, mode: 0o700 });
        if (!swept) await sweep(incoming);
        swept = true;
        const file = await open(temporary, 'wx', 0o600);
        try {
          await copy(body, file, expected);
          await file.sync();
        } finally {
          await file.close();
        }
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await rename(temporary, target);
        await syncFolders(dirname(target), dir);
      } catch (error) {
        await rm(temporary, { force: true });
        throw NO_SPACE.has((error as NodeJS.ErrnoException).code ?? '')
          ? new UploadError('NO_SPACE', { cause: error })
          : error;
      }
    },

    async open(key, range) {
      const file = await opened(pathOf(key));
      try {
        const { size } = await file.stat();
        return { stream: file.createReadStream(range && { start: range.start, end: range.end }), byteSize: size };
      } catch (error) {
        await file.close();
        throw error;
      }
    },

    async remove(key) {
      await rm(pathOf(key), { force: true });
    },

    async exists(key) {
      const path = pathOf(key);
      try {
        return (await stat(path)).isFile();
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
  };
}

const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw isMissing(error) ? new FileMissing('no file under this key', { cause: error }) : error;
  }
}

/** One chunk in memory at a time; never a byte more on disk than was announced. */
async function copy(body: Readable, file: FileHandle, expected: Announced): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunksOf(body)) {
    size += chunk.length;
    if (size > expected.byteSize) throw new UploadError('SIZE_MISMATCH');
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  if (size !== expected.byteSize) throw new UploadError('SIZE_MISMATCH');
  if (hash.digest('hex') !== expected.sha256) throw new UploadError('HASH_MISMATCH');
}

/** What fails here is the sender's side; what fails at the one who reads from it, is not. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    yield* { [Symbol.asyncIterator]: () => chunks };
  } catch (cause) {
    throw new UploadError('ABORTED', { cause });
  }
}

/** A rename survives a power cut once its folder is written too. Where folders can't be opened the system does it itself. */
async function syncFolders(...folders: string[]): Promise<void> {
  for (const folder of new Set(folders)) {
    const handle = await open(folder, 'r').catch(() => undefined);
    try {
      await handle?.sync();
    } catch (error) {
      if (!['EINVAL', 'EPERM', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    } finally {
      await handle?.close();
    }
  }
}

async function sweep(incoming: string): Promise<void> {
  for (const name of await readdir(incoming).catch(() => [])) {
    const path = join(incoming, name);
    const left = await stat(path).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > ABANDONED_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}
