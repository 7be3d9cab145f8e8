import '../graph/enums.js';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { labelOf } from '../graph/labels.js';
import { type CheckedSource, checkedSource } from './checked-source.js';
import type { ArchiveDocument, ArchiveEntry } from './entry.js';
import { type IndexRow, indexSheet, type Outcome } from './index-sheet.js';
import { pathsOnce } from './names.js';

export type { ArchiveDocument, ArchiveEntry } from './entry.js';

const INDEX = '目录 Index.xlsx';
const NOT_OPENED = '文件无法打开，未收入压缩包。 The file could not be opened and is not in the archive.';
const PROBLEMS = {
  'cut short': '文件未读完，压缩包内的不完整。 Reading failed midway: the file in the archive is incomplete.',
  different: '文件内容与登记的 SHA-256 不一致。 The content does not have the SHA-256 on record.',
};

/**
 * A ZIP as a stream: one file is open at a time and only while somebody reads; the index comes last. A file that fails is
 * noted there; a failure of `entries` breaks the stream, since what is left out could not be named.
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
    const files: Outcome[] = [];
    for (const document of entry.documents) {
      files.push(await add(zip, document, () => pathOf(folders, document.name), new Date(entry.acceptedAt), gone));
      if (gone.aborted) return;
    }
    // of the documents nothing is kept but what the index says
    rows.push({ entry: { ...entry, documents: [] }, files });
  }
  zip.addBuffer(await indexSheet(title, rows), INDEX, { compress: false });
  zip.end();
}

async function add(
  zip: ZipFile,
  document: ArchiveDocument,
  path: () => string,
  mtime: Date,
  gone: AbortSignal,
): Promise<Outcome> {
  const { name, byteSize, sha256 } = document;
  const outcome = { path: null, name, byteSize, sha256, problem: null };
  let source: CheckedSource;
  try {
    source = await checkedSource(document, gone);
  } catch {
    return { ...outcome, problem: NOT_OPENED };
  }
  const inside = path();
  // stored: both kinds of file are compressed in themselves
  zip.addReadStreamLazy(inside, { compress: false, mtime }, handedOver(source.stream));
  await closed(source.stream);
  const verdict = source.verdict();
  return { ...outcome, path: inside, problem: verdict === 'whole' ? null : PROBLEMS[verdict] };
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
