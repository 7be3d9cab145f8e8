import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Announced, UploadError } from './storage.js';

/** Passes the chunks on and throws at the end unless they were exactly what was announced; never a byte more goes through. */
export async function* verified(chunks: AsyncIterable<Buffer>, announced: Announced): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > announced.byteSize) throw new UploadError('SIZE_MISMATCH');
    hash.update(chunk);
    yield chunk;
  }
  if (size !== announced.byteSize) throw new UploadError('SIZE_MISMATCH');
  if (hash.digest('hex') !== announced.sha256) throw new UploadError('HASH_MISMATCH');
}

/** The same for the size alone. */
export async function* measured(chunks: AsyncIterable<Buffer>, byteSize: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > byteSize) throw new UploadError('SIZE_MISMATCH');
    yield chunk;
  }
  if (size !== byteSize) throw new UploadError('SIZE_MISMATCH');
}

/** What fails here is the sender's side; what fails at the one who reads from it, is not. The body is not destroyed. */
export async function* sentBy(body: Readable): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    yield* { [Symbol.asyncIterator]: () => chunks };
  } catch (cause) {
    throw new UploadError('ABORTED', { cause });
  }
}
