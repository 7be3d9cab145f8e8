import type { Answer, Order } from './messages.js';

/**
 * The other side: a process in which neither time, memory nor death matters to anybody else. One job at a time, on bytes
 * that are written to it; it opens no file, writes none and asks nobody. `save` hands on what is known, before a step that
 * may not come back.
 */
export function serve<Job, Result>(
  work: (bytes: Buffer, job: Job, save: (known: Result) => Promise<void>) => Promise<Result>,
): void {
  const answer = (message: Answer<Result>): Promise<void> =>
    // waits until it is on its way, since what comes next may never return
    new Promise((sent) => process.send?.(message, () => sent()));
  process.on('disconnect', () => process.exit());
  // who stops the service by Ctrl-C or by its group means the service, which ends this in its own order
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  process.on('unhandledRejection', () => {});
  process.on('message', async ({ job, bytes }: Order<Job>) => {
    try {
      await answer({ done: await work(await received(bytes), job, (known) => answer({ known })) });
    } catch (error) {
      await answer({ failed: String(error) });
    }
  });
  void answer({ ready: true });
}

/** So many bytes of the standard input: nobody writes the next before these are answered. */
async function received(size: number): Promise<Buffer> {
  const all = Buffer.allocUnsafeSlow(size);
  if (size === 0) return all;
  let at = 0;
  await new Promise<void>((done) => {
    const take = (chunk: Buffer) => {
      at += chunk.copy(all, at);
      if (at < size) return;
      process.stdin.off('data', take).pause();
      done();
    };
    process.stdin.on('data', take).resume();
  });
  return all;
}
