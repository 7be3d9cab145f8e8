import type { ToGuard } from './guarded.js';

/**
 * A process beside the others: a parser that never returns never hears that its parent is gone, and would run on for ever
 * after a kill -9 of the service.
 */
const pids = new Set<number>();

process.on('message', (message: ToGuard) => {
  if ('watch' in message) pids.add(message.watch);
  else pids.delete(message.forget);
});
process.on('disconnect', () => {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  process.exit();
});
// who stops the service by Ctrl-C or by its group means the service, which ends this in its own order
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
