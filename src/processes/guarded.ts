import type { ChildProcess } from 'node:child_process';
import { startChild } from './start.js';

/** What the guard is told: a process to end when the service is gone, or one that has ended by itself. */
export type ToGuard = { watch: number } | { forget: number };

let guard: ChildProcess | undefined;
const watched = new Set<number>();

/**
 * From now on the process ends with this one, even by a kill -9 while it never listens; the answer takes it back. One
 * guard for all, there as long as there is something to guard.
 */
export function guarded(pid: number): () => void {
  watched.add(pid);
  tell({ watch: pid });
  return () => {
    watched.delete(pid);
    if (watched.size) return tell({ forget: pid });
    const last = guard;
    guard = undefined;
    if (last?.connected) last.disconnect();
  };
}

function tell(message: ToGuard): void {
  if (guard?.connected) return void guard.send(message, () => {});
  const fresh = startChild('src/processes/guard.js', []);
  guard = fresh;
  fresh.unref();
  fresh.channel?.unref();
  (fresh.stdin as { unref?(): void } | null)?.unref?.();
  fresh.on('error', () => {});
  for (const pid of watched) fresh.send({ watch: pid } satisfies ToGuard, () => {});
}
