import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../dist/start/main.js', import.meta.url));
const running = new Set<ChildProcess>();
export const killStarted = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

export type Started = {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
  base: Promise<string>;
};

/** The start command's process, as a user would have it. */
export function start(
  env: Record<string, string>,
  { detached = false, cwd }: { detached?: boolean; cwd?: string } = {},
): Started {
  const { DATABASE_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { ...rest, PORT: '0', NODE_ENV: '', ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
    cwd,
  });
  running.add(child);
  let text = '';
  child.stdout!.on('data', (chunk) => (text += chunk));
  child.stderr!.on('data', (chunk) => (text += chunk));
  const ended = new Promise<number | null>((resolve) =>
    child.on('exit', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  const base = new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const address = /GraphQL +(http:\S+)\/graphql/.exec(text)?.[1];
      if (address) resolve(address);
    });
    ended.then(() => reject(new Error(text)));
  });
  base.catch(() => {});
  return { child, output: () => text, ended, base };
}
