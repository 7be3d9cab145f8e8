import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UploadError } from './storage.js';

/** Writing files so that a crash at any moment leaves either the whole file or none. */

const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';

export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

export const makeFolder = (path: string): Promise<unknown> => mkdir(path, { recursive: true, mode: 0o700 });

/** A new file in this folder, written, synced and closed; nothing of it is left when the work fails. */
export async function writeTemporary(folder: string, work: (file: FileHandle) => Promise<void>): Promise<string> {
  const path = join(folder, randomUUID());
  try {
    await makeFolder(folder);
    const file = await open(path, 'wx', 0o600);
    try {
      await work(file);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw full(error);
  }
}

/** Moves a finished file to its place, for good. */
export async function place(path: string, target: string): Promise<void> {
  const folder = dirname(target);
  try {
    await makeFolder(folder);
    await rename(path, target).catch(async (error) => {
      if (!isMissing(error)) throw error;
      // the folder was empty, and somebody tidied it away in between
      await makeFolder(folder);
      await rename(path, target);
    });
    await syncFolder(folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(path, { force: true });
    throw full(error);
  }
}

const full = (error: unknown): unknown =>
  NO_SPACE.has(codeOf(error)) ? new UploadError('NO_SPACE', { cause: error }) : error;

/** A rename survives a power cut once its folder is written too. Where folders can't be opened the system does it itself. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR'].includes(codeOf(error))) throw error;
  } finally {
    await handle?.close();
  }
}

/** Undefined when nothing is there. */
export const statOf = (path: string) =>
  stat(path).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

export const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });

/** Of what lies in the folder, files and folders, what nobody has touched since then; answers how many. */
export async function removeOlder(folder: string, before: Date): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if ((await touchedAt(path)) >= before.getTime()) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Of a folder, when the last of its files came; 0 when it is gone meanwhile. */
async function touchedAt(path: string): Promise<number> {
  const found = await statOf(path);
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  const inside = await Promise.all((await namesIn(path)).map((name) => statOf(join(path, name))));
  return Math.max(found.mtimeMs, ...inside.map((file) => file?.mtimeMs ?? 0));
}
