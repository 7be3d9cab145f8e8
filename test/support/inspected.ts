import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inspector } from '../../src/files/inspection/inspector.js';

const inspector = new Inspector();
afterAll(() => inspector.stop());

/** It passes the check of every Word file that boards send, without a remark. */
export async function opensInWord(docx: Buffer): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'consortia-word-'));
  try {
    const path = join(folder, 'a.docx');
    await writeFile(path, docx);
    expect((await inspector.inspect(path, 'WORD', 'a.docx')).findings).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
