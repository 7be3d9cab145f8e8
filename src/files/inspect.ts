import { readFile, stat } from 'node:fs/promises';
import { BOUNDS, Found, type Inspection } from './findings.js';
import { checkPdf } from './inspect-pdf.js';
import { checkWord } from './inspect-word.js';
import { MAX_UPLOAD_BYTES, type Storage } from './storage.js';

export type { Finding, Inspection } from './findings.js';

/** Whether this is, by its content, a .docx that opens. Rejects only when the file can't be fetched. */
export const inspectWord = (file: string | Buffer): Promise<Inspection> => inspect(() => loaded(file), checkWord);

/** Whether this is, by its content, a PDF that opens without a password and has a page. */
export const inspectPdf = (file: string | Buffer): Promise<Inspection> => inspect(() => loaded(file), checkPdf);

export const inspectStored = (storage: Storage, key: string, kind: 'WORD' | 'PDF'): Promise<Inspection> =>
  inspect(() => fetched(storage, key), kind === 'WORD' ? checkWord : checkPdf);

/** Fetches only once it is this file's turn: many uploads at once wait outside of memory. */
async function inspect(load: () => Promise<Buffer>, check: (file: Buffer) => Promise<void>): Promise<Inspection> {
  await turn();
  try {
    const file = await load();
    await check(file);
    return { readable: true };
  } catch (error) {
    if (error instanceof Found) return { readable: false, finding: error.finding };
    throw error;
  } finally {
    next();
  }
}

const waiting: (() => void)[] = [];
let running = 0;

async function turn(): Promise<void> {
  if (running < BOUNDS.atOnce) running += 1;
  else await new Promise<void>((go) => waiting.push(go));
}

/** The place is handed on, so that nobody slips in between. */
function next(): void {
  const go = waiting.shift();
  if (go) go();
  else running -= 1;
}

async function loaded(file: string | Buffer): Promise<Buffer> {
  if (typeof file === 'string' && (await stat(file)).size > MAX_UPLOAD_BYTES) throw new Found('UNPACKS_TOO_LARGE');
  return typeof file === 'string' ? readFile(file) : file;
}

async function fetched(storage: Storage, key: string): Promise<Buffer> {
  const { path, release } = await storage.local(key);
  try {
    if ((await stat(path)).size > storage.maxUploadBytes) throw new Found('UNPACKS_TOO_LARGE');
    return await readFile(path);
  } finally {
    await release();
  }
}
