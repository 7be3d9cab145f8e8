import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type Readable, Transform } from 'node:stream';
import type { ArchiveDocument } from './entry.js';

/** A file on its way: its bytes, and, once they have all passed, whether they were all and the right ones. */
export type CheckedSource = { stream: Readable; verdict(): 'whole' | 'cut short' | 'different' };

/**
 * Open, and its first bytes are there: many a stream finds out only then that there is no file. One that fails later ends
 * early instead, since its entry in the archive has begun. Both are destroyed when `gone` says that nobody reads any more.
 */
export async function checkedSource(document: ArchiveDocument, gone: AbortSignal): Promise<CheckedSource> {
  const source = await document.open();
  const hash = createHash('sha256');
  let begun = false;
  let cutShort = false;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      begun = true;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const cut = (error?: Error) => {
    if (source.readableEnded || stream.destroyed) return;
    cutShort = true;
    if (begun) stream.end();
    else stream.destroy(error ?? new Error('closed before its first byte'));
  };
  const stop = () => {
    stream.destroy(new Error('nobody reads any more'));
    source.destroy();
  };
  // listened to from the first moment: an error that nobody hears ends the process
  stream.on('error', () => {});
  source.on('error', cut).on('close', cut);
  stream.once('close', () => {
    gone.removeEventListener('abort', stop);
    source.destroy();
  });
  gone.addEventListener('abort', stop);
  if (gone.aborted) stop();
  else source.pipe(stream);
  if (!stream.destroyed) await once(stream, 'readable');
  return {
    stream,
    verdict: () => (cutShort ? 'cut short' : hash.digest('hex') === document.sha256 ? 'whole' : 'different'),
  };
}
