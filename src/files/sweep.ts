import { ABANDONED_MS, type Storage } from './storage.js';

const PREFIX = 'documents/';
const BATCH = 500;

/**
 * Removes what nobody came back for: uploads that were left, and settled files that no document uses. Everything is
 * asked first: when an answer fails, nothing at all is removed.
 */
export async function sweep(
  storage: Storage,
  /** Of these keys, those that something still refers to. */
  isUsed: (keys: string[]) => Promise<Set<string>>,
  now: Date,
): Promise<{ uploads: number; files: number }> {
  const before = new Date(now.getTime() - ABANDONED_MS);
  const orphans: string[] = [];
  const ask = async (keys: string[]) => {
    if (!keys.length) return;
    const used = await isUsed(keys);
    orphans.push(...keys.filter((key) => !used.has(key)));
  };
  let batch: string[] = [];
  for await (const { key, modifiedAt } of storage.list(PREFIX)) {
    if (modifiedAt >= before) continue;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await ask(batch);
    batch = [];
  }
  await ask(batch);
  for (const key of orphans) await storage.remove(key);
  return { uploads: await storage.abandon(before), files: orphans.length };
}
