import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bounds } from '../../../src/files/inspection/bounds.js';
import { type DocumentKind, type Inspection, Inspector } from '../../../src/files/inspection/inspector.js';
import { folder, wordParts, zipOf } from '../samples.js';

/** An inspector that is stopped after the file's tests, and what it finds in bytes. */
export async function checking(options: Partial<Bounds> = {}) {
  const dir = await folder();
  const inspector = new Inspector(options);
  afterAll(() => inspector.stop());
  let count = 0;
  const inspect = async (bytes: Buffer | string, kind: DocumentKind, fileName = 'a.docx'): Promise<Inspection> => {
    const path = join(dir, `file-${++count}`);
    await mkdir(dir, { recursive: true });
    await writeFile(path, bytes as Buffer);
    return inspector.inspect(path, kind, fileName);
  };
  const word = async (bytes: Buffer | string, fileName?: string) => (await inspect(bytes, 'WORD', fileName)).findings;
  const pdf = async (bytes: Buffer | string, fileName = 'a.pdf') =>
    (await inspect(bytes, 'STAMPED_PDF', fileName)).findings.filter((f) => f !== 'SCAN_ONLY');
  return { dir, inspector, inspect, word, pdf };
}

/** What is found in a Word file that is plain but for one part, or one relation of its main part. */
export async function relating() {
  const { word } = await checking();
  const withParts = async (parts: Record<string, Buffer | string>) => word(await zipOf({ ...wordParts(), ...parts }));
  const withRelation = (type: string, target: string, mode = ' TargetMode="External"') =>
    withParts({ 'word/_rels/document.xml.rels': relationOf(type, target, mode) });
  return { word, withParts, withRelation };
}

export const relationOf = (type: string, target: string, mode = ' TargetMode="External"') =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"${mode}/></Relationships>`;

const { imul } = Math;

/** Numbers that look random and are the same each time. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const mixed = imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}
