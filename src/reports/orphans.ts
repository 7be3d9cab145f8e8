import { JOB } from '../access/actor.js';
import type { Door } from '../access/door.js';
import { ABANDONED_MS, type Storage } from '../files/storage.js';
import { sweep } from '../files/sweep.js';

const USED =
  'SELECT storage_key AS key FROM report_document WHERE storage_key = ANY($1) UNION SELECT storage_key FROM report_template WHERE storage_key = ANY($1)';

/** Files that were sent and never attached, or whose draft has others now, and the announcements of uploads. */
export async function sweepFiles(door: Door, storage: Storage): Promise<void> {
  const now = door.now();
  await sweep(
    storage,
    async (keys) => {
      const used = await door.reading(JOB, (rows) => rows.query<{ key: string }>(USED, [keys]));
      return new Set(used.map(({ key }) => key));
    },
    now,
  );
  await door.writing(JOB, (tx) =>
    tx.query('DELETE FROM upload WHERE expires_at < $1', [new Date(now.getTime() - ABANDONED_MS)]),
  );
}
