import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
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

/**
 * A kept file on its way out, which fails unless it is exactly what is on record. The last chunk waits for that: whoever
 * reads gets all of the right bytes, or an end that is none. Who leaves closes what is open.
 */
export function delivered(source: Readable, { byteSize, sha256 }: { byteSize: number; sha256?: string }): Readable {
  const hash = sha256 === undefined ? undefined : createHash('sha256');
  let size = 0;
  let held: Buffer | undefined;
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash?.update(chunk);
      const ready = held;
      held = chunk;
      done(size > byteSize ? new Error(`more than the ${byteSize} bytes on record`) : null, ready);
    },
    flush(done) {
      if (size !== byteSize) done(new Error(`${size} of the ${byteSize} bytes on record`));
      else if (hash && hash.digest('hex') !== sha256) done(new Error('not the SHA-256 on record'));
      else done(null, held);
    },
  });
  // also before anybody reads: an error that nobody hears ends the process
  pipeline(source, checked, () => {});
  return checked;
}
