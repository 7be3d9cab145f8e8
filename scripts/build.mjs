// Compiles src/ and what stands beside it to dist/. With --if-changed only when a file is another than at the last build:
// a start after the first has nothing to compile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(root, 'dist/.built');
const FOLDERS = ['src', 'migrations', 'seeds'];
const FILES = ['ormconfig.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Names, sizes and times: a file that is older than the build may be new here all the same. */
function sources() {
  const within = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  const hash = createHash('sha256');
  for (const path of [...FILES, ...within].sort()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function built() {
  try {
    return readFileSync(BUILT, 'utf8');
  } catch {
    return '';
  }
}

const now = sources();
if (process.argv.includes('--if-changed') && built() === now) process.exit(0);
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status === 0) writeFileSync(BUILT, now);
process.exit(status ?? 1);
