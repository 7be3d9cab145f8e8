import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { projectRoot } from '../config.js';

/** Node's own name for it, which changed when it was declared stable; null where it has none. */
export const PERMISSION =
  ['--permission', '--experimental-permission'].find((flag) => process.allowedNodeEnvironmentFlags.has(flag)) ?? null;

/**
 * A process of ours with nothing of the service's secrets: no environment, and where Node can see to it no files but the
 * program's own, nothing written, no process or thread started. What it works on is written to its standard input.
 */
export function startChild(entry: string, args: string[], flags: string[] = []): ChildProcess {
  return fork(built(entry), args, {
    execArgv: [...flags, ...restrictions()],
    // Windows starts no process without these
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot, TEMP: process.env.TEMP } : {},
    cwd: projectRoot,
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
}

/** In the build, wherever this file runs from: its source under a test runner, or a part of what the start command loads. */
function built(entry: string): string {
  const path = join(projectRoot, 'dist', entry);
  if (existsSync(path)) return path;
  throw new Error(`work in processes of their own runs from the build, and there is none: npm run build (${path})`);
}

function restrictions(): string[] {
  if (!PERMISSION) return [];
  const code = [join(projectRoot, 'dist'), join(projectRoot, 'package.json'), packages()];
  const names = new Set(code.flatMap((path) => [path, realpathSync(path)]));
  return [PERMISSION, ...Array.from(names, (path) => `--allow-fs-read=${path}`)];
}

/** The folder that has the packages: that of the project, or of a project around it. */
function packages(): string {
  const within = `${sep}node_modules${sep}`;
  const found = dirname(createRequire(join(projectRoot, 'package.json')).resolve('saxes/package.json'));
  return found.slice(0, found.lastIndexOf(within) + within.length - 1);
}
