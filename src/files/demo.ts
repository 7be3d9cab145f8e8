import { crc32 } from 'node:zlib';
import { PDFDocument, StandardFonts } from 'pdf-lib';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** The smallest Word file that Word opens: a heading and paragraphs; the same bytes for the same text. */
export async function demoWord(title: string, paragraphs: string[]): Promise<Buffer> {
  const paragraph = (text: string, style = '') =>
    `<w:p><w:r>${style}<w:t xml:space="preserve">${escaped(text)}</w:t></w:r></w:p>`;
  const body = [paragraph(title, '<w:rPr><w:b/><w:sz w:val="36"/></w:rPr>'), ...paragraphs.map((p) => paragraph(p))];
  return zip({
    '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': `${HEAD}<w:document xmlns:w="${WORD}"><w:body>${body.join('')}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`,
  });
}

const A4: [number, number] = [595.28, 841.89];
const LINES_PER_PAGE = 48;
const LINE_HEIGHT = 15;

/** A PDF of plain lines; the same bytes for the same lines. Its font has ASCII alone: anything else becomes a question mark. */
export async function demoPdf(lines: string[]): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let first = 0; first === 0 || first < lines.length; first += LINES_PER_PAGE) {
    const page = document.addPage(A4);
    lines.slice(first, first + LINES_PER_PAGE).forEach((line, i) => {
      page.drawText(line.replace(/[^ -~]/gu, '?'), { x: 56, y: A4[1] - 70 - i * LINE_HEIGHT, size: 11, font });
    });
  }
  return Buffer.from(await document.save());
}

/** XML has no place for control characters and halves of surrogate pairs, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

const UTF8_NAMES = 0x0800;
/** 1980-01-01, the first day that a zip file knows. */
const FIRST_DAY = 0x0021;

/** Entries stored as they are, without compression. */
function zip(files: Record<string, string>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(FIRST_DAY, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    local.push(Buffer.from('PK\x03\x04'), common, name, data);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, name);
    offset += 4 + common.length + name.length + data.length;
  }
  const entries = Object.keys(files).length;
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries, 4);
  end.writeUInt16LE(entries, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...directory, Buffer.from('PK\x05\x06'), end]);
}
