import { Worker } from 'node:worker_threads';
import { BOUNDS, type Bounds } from '../bounds.js';
import { check } from '../check.js';
import { Report } from '../report.js';
import type { Answer, Job } from './messages.js';

/**
 * The process in which files are looked at: neither its time, its memory nor its death matters to anybody else. One
 * file at a time, named by its path; it writes nothing and asks nobody.
 */
Object.assign(BOUNDS, JSON.parse(process.argv[2]) as Bounds);

new Worker(new URL('./watchdog.js', import.meta.url), { workerData: process.ppid, env: {}, execArgv: [] }).unref();
process.on('disconnect', () => process.exit());
// who stops the service by Ctrl-C or by its group means the service, which ends this in its own order
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('unhandledRejection', () => {});

process.on('message', async ({ path, kind, fileName }: Job) => {
  const report = new Report((known) => answer({ known }));
  try {
    await check(path, kind, fileName, report);
    await answer({ done: report.inspection });
  } catch (error) {
    await answer({ unreadable: (error as NodeJS.ErrnoException).code ?? String(error) });
  }
});

answer({ ready: true });

/** Waits until it is on its way, since what comes next may never return. */
function answer(message: Answer): Promise<void> {
  return new Promise((sent) => process.send?.(message, () => sent()));
}
