import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
export const announced = (data: Buffer) => ({ byteSize: data.length, sha256: sha256(data) });

/** A folder that is gone after the file's tests. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'files-'));
  afterAll(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function zipOf(parts: Record<string, string | Buffer>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, data] of Object.entries(parts)) {
    zip.addBuffer(Buffer.from(data as string), name, { compress, mtime: new Date(0) });
  }
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';

export const typesFor = (type = TYPE, part = '/word/document.xml') =>
  `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override ContentType="${type}" PartName="${part}"/></Types>`;

export const relationsTo = (target: string) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="${target}"/></Relationships>`;

export const documentOf = (inner: string) =>
  `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${inner}</w:body></w:document>`;

export const wordParts = (document: string | Buffer = documentOf('<w:p/>')): Record<string, string | Buffer> => ({
  '[Content_Types].xml': typesFor(),
  '_rels/.rels': relationsTo('word/document.xml'),
  'word/document.xml': document,
});

/** A PDF from its objects, in order, with a table of where they stand. */
export function pdfOf(objects: (string | Buffer)[], trailer = '/Root 1 0 R'): Buffer {
  const pieces = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let at = pieces[0].length;
  const add = (piece: string | Buffer) => {
    const bytes = Buffer.from(piece as string);
    pieces.push(bytes);
    at += bytes.length;
  };
  objects.forEach((object, i) => {
    offsets.push(at);
    add(`${i + 1} 0 obj\n`);
    add(object);
    add('\nendobj\n');
  });
  const rows = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  pieces.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} ${trailer} >>\n`));
  pieces.push(Buffer.from(`startxref\n${at}\n%%EOF\n`));
  return Buffer.concat(pieces);
}

export const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>';
export const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
export const PAGE = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>';
export const CONTENTS = '<< /Length 3 >>\nstream\nq Q\nendstream';
