import { createReadStream } from 'node:fs';
import { type FileHandle, open, opendir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_UPLOAD_BYTES } from '../config.js';
import { isMissing, namesIn, place, removeOlder, statOf, writeTemporary } from './disk.js';
import type { FileLinks } from './links.js';
import {
  type Announced,
  checkKey,
  checkUploadId,
  FileMissing,
  isKey,
  type Kept,
  lengthOf,
  type Part,
  partsOf,
  type Receiver,
  type Storage,
  StorageUnavailable,
  UPLOAD_HEADERS,
  UploadError,
} from './storage.js';
import { measured, sentBy, verified } from './verify.js';

/** No key can name it. In the same folder, since a rename is atomic only within one file system. */
const INCOMING = '.incoming';
const WHOLE = 'whole';

type Options = { links: Pick<FileLinks, 'upload'>; maxUploadBytes?: number };

/**
 * Files in a folder that belongs to this service alone; several processes may share it. What arrives lies in a hidden
 * folder: unnamed while it is written, as `<upload>/whole` or `<upload>/<part>` once it is complete.
 */
export function localStorage(dir: string, { links, maxUploadBytes = MAX_UPLOAD_BYTES }: Options): Storage & Receiver {
  const incoming = join(dir, INCOMING);
  const pathOf = (key: string): string => join(dir, ...checkKey(key).split('/'));
  const folderOf = (uploadId: string): string => join(incoming, checkUploadId(uploadId));

  const keep = async (chunks: AsyncIterable<Buffer>, target: string): Promise<void> =>
    place(await writeTemporary(incoming, (file) => write(file, chunks)), target);

  return {
    maxUploadBytes,

    async ticket({ id, tokenId, announced, expiresAt }, publicBase) {
      const url = (part?: number) => links.upload(publicBase, checkUploadId(id), tokenId, expiresAt, part);
      const parts = partsOf(announced.byteSize).map((part) => ({ ...part, url: url(part.number) }));
      return { url: url(), headers: UPLOAD_HEADERS, parts };
    },

    receive: (uploadId, body, announced, part) =>
      attempt(async () => {
        const folder = folderOf(uploadId);
        if (announced.byteSize > maxUploadBytes) throw new UploadError('TOO_LARGE');
        const sent = sentBy(body);
        await (part
          ? keep(measured(sent, lengthOf(part)), join(folder, String(part.number)))
          : keep(verified(sent, announced), join(folder, WHOLE)));
      }),

    settle: (uploadId, announced, key) =>
      attempt(async () => {
        const [target, folder] = [pathOf(key), folderOf(uploadId)];
        const settled = async () => (await sizeOf(target)) === announced.byteSize;
        const take = async () => {
          // a whole file was verified when it arrived
          const whole = join(folder, WHOLE);
          if ((await sizeOf(whole)) === announced.byteSize) await place(whole, target);
          else await keep(verified(await joined(folder, announced), announced), target);
        };
        if (!(await settled())) {
          await take().catch(async (error) => {
            // somebody else may have settled it in between, and tidied it away
            if (await settled().catch(() => false)) return;
            throw isIncomplete(error) ? new UploadError('INCOMPLETE', { cause: error }) : error;
          });
        }
        await tidy(folder);
      }),

    put: (key, bytes) => attempt(() => keep(one(bytes), pathOf(key))),

    open: (key, range) =>
      attempt(async () => {
        const file = await opened(pathOf(key));
        try {
          const { size } = await file.stat();
          return { stream: file.createReadStream(range && { start: range.start, end: range.end }), byteSize: size };
        } catch (error) {
          await file.close();
          throw error;
        }
      }),

    local: (key) =>
      attempt(async () => {
        const path = pathOf(key);
        if ((await sizeOf(path)) === undefined) throw new FileMissing();
        return { path, release: async () => {} };
      }),

    sizeOf: (key) => attempt(() => sizeOf(pathOf(key))),

    remove: (key) => attempt(() => rm(pathOf(key), { force: true })),

    async *list(prefix) {
      for await (const kept of walk(dir, '', prefix)) if (isKey(kept.key)) yield kept;
    },

    abandon: (before) => removeOlder(incoming, before),
  };
}

/** What the system says of the folder, such as a disk that is gone, is an outage of the store; what it says of us is not. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (error as NodeJS.ErrnoException | null)?.syscall ? new StorageUnavailable(error) : error;
  }
}

const isIncomplete = (error: unknown): boolean =>
  isMissing(error) || (error instanceof UploadError && error.code === 'INCOMPLETE');

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** One chunk in memory at a time. */
async function write(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) await file.writeFile(chunk);
}

/** The parts one after the other, once all of them are there. */
async function joined(folder: string, { byteSize }: Announced): Promise<AsyncIterable<Buffer>> {
  const parts = partsOf(byteSize);
  if (!parts.length) throw new UploadError('INCOMPLETE');
  const pathOf = (part: Part) => join(folder, String(part.number));
  for (const part of parts) {
    const size = await sizeOf(pathOf(part));
    if (size === undefined) throw new UploadError('INCOMPLETE');
    if (size !== lengthOf(part)) throw new UploadError('SIZE_MISMATCH');
  }
  return (async function* () {
    for (const part of parts) yield* createReadStream(pathOf(part), { highWaterMark: 262_144 });
  })();
}

/** Undefined when no file is there. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await statOf(path);
  return found?.isFile() ? found.size : undefined;
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw isMissing(error) ? new FileMissing({ cause: error }) : error;
  }
}

/** A part that arrives meanwhile stays, for abandon to find. */
async function tidy(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => undefined);
}

/** Depth first, only where the prefix leads; hidden names are nobody's keys. */
async function* walk(folder: string, path: string, prefix: string): AsyncGenerator<Kept> {
  const entries = await opendir(folder).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!entries) return;
  for await (const entry of entries) {
    const key = path + entry.name;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`))
        yield* walk(join(folder, entry.name), `${key}/`, prefix);
    } else if (key.startsWith(prefix)) {
      const found = await statOf(join(folder, entry.name));
      if (found?.isFile()) yield { key, modifiedAt: found.mtime };
    }
  }
}
