import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Running = { base: string; stop(): Promise<void> };
type Question = { start?: unknown; cpu?: true; stop?: true };

/** A server in a process of its own, so that its processor time is its own. */
export function serveParent<S>(start: (options: S) => Promise<Running>): void {
  let running: Running | undefined;
  process.on('message', async (question: Question) => {
    try {
      if (question.start) {
        running = await start(question.start as S);
        process.send!({ value: running.base });
      } else if (question.cpu) {
        const { user, system } = process.cpuUsage();
        process.send!({ value: user + system });
      } else {
        await running?.stop();
        process.disconnect();
      }
    } catch (error) {
      process.send!({ error: (error as Error).stack ?? String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}

export type Server = {
  name: string;
  base: string;
  /** Microseconds of processor time so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
};

export async function startChild(name: string, file: string, options: object, execArgv: string[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv });
  try {
    const base = (await ask(child, { start: options })) as string;
    return {
      name,
      base,
      cpu: () => ask(child, { cpu: true }) as Promise<number>,
      stop: () =>
        new Promise((resolve) => {
          child.once('exit', () => resolve());
          child.send({ stop: true });
        }),
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

const ask = (child: ChildProcess, question: Question): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the server ended'));
    child.once('exit', gone);
    child.once('message', (answer: { value?: unknown; error?: string }) => {
      child.off('exit', gone);
      if (answer.error) reject(new Error(answer.error));
      else resolve(answer.value);
    });
    child.send(question);
  });
