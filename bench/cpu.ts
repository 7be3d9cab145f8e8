import { readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own tick. */
const TICK = 10_000;

/** Microseconds of processor time of the database's client processes; undefined where /proc does not show them. */
export async function databaseCpu(admin: Client): Promise<Map<number, number> | undefined> {
  const { rows } = await admin.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()",
  );
  const times = new Map<number, number>();
  for (const { pid } of rows) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (!/\(postgres/.test(stat)) return undefined;
      // fields are counted behind the name, which may hold spaces
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      times.set(pid, (Number(fields[11]) + Number(fields[12])) * TICK);
    } catch {
      return undefined;
    }
  }
  return times;
}

export function spent(before?: Map<number, number>, after?: Map<number, number>): number | undefined {
  if (!before || !after) return undefined;
  let sum = 0;
  for (const [pid, time] of after) sum += time - (before.get(pid) ?? 0);
  return sum;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
