import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../config.js';

type KeyFile = { demo: boolean };

/**
 * The keys in the file, made where there are none. Whoever is killed on the way leaves nothing under the file's name, and of
 * two first starts one gives its file the name and both read it whole. Production refuses keys that a demonstration made, and
 * the other way round.
 */
export async function openKeyFile<F extends KeyFile>(
  path: string,
  production: boolean,
  make: () => Promise<Omit<F, 'demo'>>,
): Promise<F> {
  const file = readKeyFile<F>(path) ?? create(path, { demo: !production, ...(await make()) } as F);
  if (!production && !file.demo)
    throw new ConfigError(
      `${path} 是生产环境的密钥，演示模式拒绝启动：请设 NODE_ENV=production，或改用另一个 DATA_DIR。 ${path} is a production key, which demo mode refuses: set NODE_ENV=production, or use another DATA_DIR.`,
    );
  if (production && file.demo)
    throw new ConfigError(
      `${path} 是演示密钥，生产环境拒绝启动：请改用新的 DATA_DIR，或移走该文件后重新启动。 ${path} is a demo key, which production refuses: use a new DATA_DIR, or move the file away and start again.`,
    );
  return file;
}

export function readKeyFile<F extends KeyFile>(path: string): F | undefined {
  let file: F | null;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path);
  }
  if (typeof file !== 'object' || !file) throw unreadable(path);
  return file;
}

/** In one step: whoever reads meanwhile has the old file or the new one. */
export function replaceKeyFile(path: string, file: KeyFile): void {
  renameSync(written(path, file), path);
}

export const unreadable = (path: string) =>
  new ConfigError(
    `密钥文件 ${path} 无法读取：请恢复备份。 The key file ${path} can't be read: restore it from the backup.`,
  );

function create<F extends KeyFile>(path: string, file: F): F {
  const temporary = written(path, file);
  try {
    linkSync(temporary, path);
  } catch (error) {
    // a file system without hard links: all but as good, the file has its name a moment before its content
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') copyTo(path, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return readKeyFile(path)!;
}

function copyTo(path: string, file: KeyFile): void {
  try {
    writeFileSync(path, JSON.stringify(file, null, 2), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function written(path: string, file: KeyFile): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(temporary, JSON.stringify(file, null, 2), { mode: 0o600, flag: 'wx', flush: true });
  return temporary;
}
