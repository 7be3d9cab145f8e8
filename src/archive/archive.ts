import '../graph/enums.js';
import { once } from 'node:events';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { delivered } from '../files/verify.js';
import { labelOf } from '../graph/labels.js';
import type { ArchiveDocument, ArchiveEntry } from './entry.js';
import { type IndexedFile, type IndexRow, indexSheet } from './index-sheet.js';
import { pathsOnce } from './names.js';

export type { ArchiveDocument, ArchiveEntry } from './entry.js';

const INDEX = '目录 Index.xlsx';

/**
 * A ZIP as a stream: one file is open at a time and only while somebody reads; the index comes last. It holds every file as
 * it is on record, or it breaks off: an archive without one of them would look like all that there is.
 */
export function archive(entries: AsyncIterable<ArchiveEntry>, title: string): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  const gone = new AbortController();
  const fail = (error: Error) => output.destroy(error);
  zip.on('error', fail);
  pipeline(zip.outputStream as Readable, output, () => gone.abort());
  write(zip, entries, title, gone.signal).catch(fail);
  return output;
}

async function write(zip: ZipFile, entries: AsyncIterable<ArchiveEntry>, title: string, gone: AbortSignal) {
  const rows: IndexRow[] = [];
  const pathOf = pathsOnce();
  for await (const entry of entries) {
    if (gone.aborted) return;
    const folders = [entry.folder, `${entry.code} ${entry.consortium}`, labelOf('ReportKind', entry.kind, 'zh')];
    const files: IndexedFile[] = [];
    for (const document of entry.documents) {
      const path = pathOf(folders, document.name);
      await add(zip, document, path, new Date(entry.acceptedAt), gone);
      if (gone.aborted) return;
      files.push({ path, byteSize: document.byteSize, sha256: document.sha256 });
    }
    // of the documents nothing is kept but what the index says
    rows.push({ entry: { ...entry, documents: [] }, files });
  }
  zip.addBuffer(await indexSheet(title, rows), INDEX, { compress: false });
  zip.end();
}

async function add(zip: ZipFile, document: ArchiveDocument, path: string, mtime: Date, gone: AbortSignal) {
  const source = await document.open();
  const stream = delivered(source, document);
  const stop = () => {
    stream.destroy();
    source.destroy();
  };
  gone.addEventListener('abort', stop);
  if (gone.aborted) stop();
  try {
    // its first bytes are there before its entry begins: what fails until then was no part of an answer yet
    if (!stream.destroyed) await once(stream, 'readable', { signal: gone });
    // stored: both kinds of file are compressed in themselves
    zip.addReadStreamLazy(path, { compress: false, mtime }, handedOver(stream));
    await closed(stream);
    // which the library would wait for without end
    if (stream.errored) throw stream.errored;
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    gone.removeEventListener('abort', stop);
  }
}

/** The library keeps this function for each entry until the archive ends: so that it does not keep the stream with it. */
function handedOver(stream: Readable): (give: (error: null, stream: Readable) => void) => void {
  let held: Readable | undefined = stream;
  return (give) => {
    give(null, held!);
    held = undefined;
  };
}

/** Read to its end or destroyed. */
const closed = (stream: Readable): Promise<void> =>
  new Promise((done) => (stream.closed ? done() : stream.once('close', () => done())));
