import { workerData } from 'node:worker_threads';

/**
 * A thread beside the check: a parser that never returns never hears that its parent is gone either, and would run on
 * for ever after a kill -9 of the service.
 */
const parent = workerData as number;

setInterval(() => {
  if (process.ppid !== parent || !isAlive(parent)) process.kill(process.pid, 'SIGKILL');
}, 500);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
