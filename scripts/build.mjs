// Compiles src/ and what stands beside it to dist/. With --if-changed only when a file is newer than the last build:
// a start after the first has nothing to compile.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(root, 'dist/.built');
const FOLDERS = ['src', 'migrations', 'seeds'];
const FILES = ['ormconfig.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

const changedAt = (path) => statSync(join(root, path)).mtimeMs;
/** A folder changes when something in it is added, renamed or removed. */
function* paths() {
  yield* FILES;
  for (const folder of FOLDERS) {
    yield folder;
    for (const { name, parentPath, path } of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      yield join(parentPath ?? path, name).slice(root.length);
  }
}

function isBuilt() {
  try {
    const built = statSync(BUILT).mtimeMs;
    return [...paths()].every((path) => changedAt(path) < built);
  } catch {
    return false;
  }
}

if (process.argv.includes('--if-changed') && isBuilt()) process.exit(0);
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const began = new Date();
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status === 0) {
  writeFileSync(BUILT, '');
  // what is saved while it compiles is newer
  utimesSync(BUILT, began, began);
}
process.exit(status ?? 1);
