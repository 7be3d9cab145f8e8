import { JOB } from '../access/actor.js';
import type { Door } from '../access/door.js';
import { ABANDONED_MS, type Storage } from '../files/storage.js';
import { sweep } from '../files/sweep.js';

/** Which of these keys have a row. Whatever table keeps files has such a statement of its own, and the sweep is given it. */
export const inUse = (table: string): string => `SELECT storage_key AS key FROM ${table} WHERE storage_key = ANY($1)`;
export const DOCUMENTS_IN_USE = inUse('report_document');

/** Files that were sent and never attached, or whose draft has others now, and the announcements of uploads. */
export async function sweepFiles(door: Door, storage: Storage, kept: readonly string[]): Promise<void> {
  const used = kept.join(' UNION ');
  const now = door.now();
  await sweep(
    storage,
    async (keys) => {
      const found = await door.reading(JOB, (rows) => rows.query<{ key: string }>(used, [keys]));
      return new Set(found.map(({ key }) => key));
    },
    now,
  );
  await door.writing(JOB, (tx) =>
    tx.query('DELETE FROM upload WHERE expires_at < $1', [new Date(now.getTime() - ABANDONED_MS)]),
  );
}
