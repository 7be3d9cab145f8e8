import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Storage } from '../storage.js';
import { type DocumentKind, type Inspection, Inspector } from './inspector.js';

/** Its processes end by themselves when nothing comes, and with this one. */
const inspector = new Inspector();

/** Looks at a stored file by way of a temporary one. Rejects only when it can't be fetched. */
export async function inspectStored(
  storage: Storage,
  key: string,
  kind: DocumentKind,
  name: string,
): Promise<Inspection> {
  const { stream } = await storage.open(key);
  const folder = await mkdtemp(join(tmpdir(), 'inspection-'));
  try {
    const path = join(folder, 'file');
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
    return await inspector.inspect(path, kind, name);
  } finally {
    stream.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}
