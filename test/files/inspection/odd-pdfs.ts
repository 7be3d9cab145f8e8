import { deflateSync } from 'node:zlib';
import { CATALOG, CONTENTS, PAGE, PAGES, pdfOf } from '../samples.js';

/** A text that a reader shows, so that it can be asked for. */
const TEXT = 'BT /F1 12 Tf 10 50 Td (Annual report) Tj ET';
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const page = (entries = '') =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${entries} >>`;
const contents = `<< /Length ${TEXT.length} >>\nstream\n${TEXT}\nendstream`;
const plain = pdfOf([CATALOG, PAGES, page(), contents, FONT]);
const text = plain.toString('latin1');
const bytes = (value: string) => Buffer.from(value, 'latin1');
const changed = (from: string | RegExp, to: string) => {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nothing to change: ${from}`);
  return bytes(result);
};
export const streamOf = (dict: string, data: Buffer | string) =>
  Buffer.concat([
    bytes(`<< ${dict} /Length ${data.length} >>\nstream\n`),
    Buffer.from(data as string),
    bytes('\nendstream'),
  ]);

/** An update behind a file: its objects, a table of them, and the end. */
export function updated(file: Buffer, objects: Record<number, string | Buffer>, trailer = '/Root 1 0 R'): Buffer {
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1'))?.[1] ?? '0';
  const pieces = [file];
  let at = file.length;
  const rows = Object.entries(objects).map(([number, object]) => {
    const piece = Buffer.concat([bytes(`${number} 0 obj\n`), Buffer.from(object as string), bytes('\nendobj\n')]);
    pieces.push(piece);
    at += piece.length;
    return `${number} 1\n${String(at - piece.length).padStart(10, '0')} 00000 n \n`;
  });
  pieces.push(bytes(`xref\n${rows.join('')}trailer\n<< /Size 99 ${trailer} /Prev ${previous} >>\n`));
  return Buffer.concat([...pieces, bytes(`startxref\n${at}\n%%EOF\n`)]);
}

/** With a stream of cross-references instead of a table, and the pages in an object stream if asked for. */
function withXrefStream(inObjectStream: boolean): Buffer {
  const packed = [CATALOG, PAGES, page()];
  let head = '';
  let body = '';
  packed.forEach((object, i) => {
    head += `${i + 1} ${body.length} `;
    body += `${object} `;
  });
  const objects: (string | Buffer)[] = inObjectStream ? [] : [...packed];
  const numbers = inObjectStream ? [4, 5, 6] : [1, 2, 3, 4, 5];
  objects.push(contents, FONT);
  if (inObjectStream)
    objects.push(streamOf(`/Type /ObjStm /N 3 /First ${head.length} /Filter /FlateDecode`, deflateSync(head + body)));
  let file = '%PDF-1.5\n';
  const rows: number[][] = [[0, 0, 255]];
  if (inObjectStream) for (let i = 0; i < 3; i++) rows[i + 1] = [2, 6, i];
  objects.forEach((object, i) => {
    rows[numbers[i]] = [1, file.length, 0];
    file += `${numbers[i]} 0 obj\n${Buffer.from(object as string).toString('latin1')}\nendobj\n`;
  });
  const table = Buffer.alloc((rows.length + 1) * 4);
  rows[rows.length] = [1, file.length, 0];
  rows.forEach(([type, at, index], i) => {
    table[i * 4] = type;
    table.writeUInt16BE(at, i * 4 + 1);
    table[i * 4 + 3] = index;
  });
  const xref = streamOf(`/Type /XRef /Size ${rows.length} /W [1 2 1] /Root 1 0 R`, table).toString('latin1');
  return bytes(`${file}${rows.length - 1} 0 obj\n${xref}\nendobj\nstartxref\n${file.length}\n%%EOF\n`);
}

const inXrefStream = withXrefStream(false).toString('latin1');
const attachedFile = (dict: string, data: Buffer | string) =>
  pdfOf([
    CATALOG.replace('>>', '/Names << /EmbeddedFiles << /Names [(a.pdf) 6 0 R] >> >> >>'),
    PAGES,
    page(),
    contents,
    FONT,
    '<< /Type /Filespec /F (a.pdf) /UF (a.pdf) /EF << /F 7 0 R >> >>',
    streamOf(dict, data),
  ]);

/** What every reader opens, as programs, mail gateways and the years leave it: by name, with what may be said of it. */
export const ODD: Record<string, [Buffer, string[]]> = {
  'content that is no object': [pdfOf([CATALOG, PAGES, page().replace('4 0 R', '44 0 R'), contents, FONT]), []],
  'content that is null': [pdfOf([CATALOG, PAGES, page(), 'null', FONT]), []],
  'content with nulls in its list': [
    pdfOf([CATALOG, PAGES, page().replace('4 0 R', '[null 4 0 R 44 0 R]'), contents, FONT]),
    [],
  ],
  'no last line': [changed('%%EOF\n', ''), []],
  'no last line and no line end': [bytes(text.replace('\n%%EOF\n', '')), []],
  'no startxref': [changed(/startxref\n\d+\n%%EOF\n/, ''), []],
  'half of a last line': [changed('%%EOF\n', '%%E'), []],
  'startxref 0': [changed(/startxref\n\d+/, 'startxref\n0'), []],
  'startxref beyond the end': [changed(/startxref\n\d+/, 'startxref\n99999999'), []],
  'wrong offsets': [changed(/00000(\d{5}) 00000 n/g, '0000099999 00000 n'), []],
  'a table that begins at 1': [changed('xref\n0 6', 'xref\n1 6'), []],
  'no table at all': [changed(/xref\n0 6[\s\S]*?trailer/, 'trailer'), []],
  'a length that is too short': [changed(/\/Length \d+/, '/Length 3'), []],
  'a length that is too long': [changed(/\/Length \d+/, '/Length 4000'), []],
  'a length that is no object': [changed(/\/Length \d+/, '/Length 44 0 R'), []],
  'no length': [changed(/\/Length \d+/, ''), []],
  'no endobj': [changed(/endobj\n/g, ''), []],
  'no endobj at the last': [bytes(text.replace('endobj\nxref', 'xref')), []],
  'an endstream that is misspelt': [changed('endstream', 'enxstream'), []],
  'neither endstream nor length': [bytes(text.replace(/\/Length \d+/, '').replace('\nendstream', '')), []],
  'no endstream': [changed('\nendstream', ''), []],
  'CRLF throughout': [changed(/\n/g, '\r\n'), []],
  'CR throughout': [bytes(text.replace(/\n/g, '\r').replace('stream\r', 'stream\r\n')), []],
  'junk before the header': [Buffer.concat([bytes('\0\x01\x02 Subject: x\r\n\r\n'), plain]), []],
  'a thousand bytes of junk before the header': [Buffer.concat([Buffer.alloc(1_000, 'x'), plain]), []],
  'a header of an HTTP answer before it': [
    Buffer.concat([
      bytes(
        'HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Disposition: inline; filename="a.pdf"\r\n\r\n',
      ),
      plain,
    ]),
    [],
  ],
  'NULs behind the end': [Buffer.concat([plain, Buffer.alloc(5_000)]), []],
  'noise behind the end': [Buffer.concat([plain, Buffer.alloc(5_000, '\x93\xfa')]), []],
  'version 2.0': [changed('%PDF-1.7', '%PDF-2.0'), []],
  'a version that there is not': [changed('%PDF-1.7', '%PDF-1.9'), []],
  'no version': [changed('%PDF-1.7', '%PDF-'), []],
  'resources from the tree': [
    pdfOf([
      CATALOG,
      '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] /Resources << /Font << /F1 5 0 R >> >> >>',
      '<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>',
      contents,
      FONT,
    ]),
    [],
  ],
  'no resources': [pdfOf([CATALOG, PAGES, '<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>', contents]), []],
  'no parent': [pdfOf([CATALOG, PAGES, page().replace('/Parent 2 0 R', ''), contents, FONT]), []],
  'a tree without types': [
    pdfOf([
      CATALOG.replace('/Type /Catalog', ''),
      '<< /Kids [3 0 R] /Count 1 >>',
      page().replace('/Type /Page', ''),
      contents,
      FONT,
    ]),
    [],
  ],
  'a page of the wrong type': [pdfOf([CATALOG, PAGES, page().replace('/Page ', '/Pages '), contents, FONT]), []],
  'a page of a mistyped type': [pdfOf([CATALOG, PAGES, page().replace('/Page ', '/page '), contents, FONT]), []],
  'a count too high': [pdfOf([CATALOG, PAGES.replace('/Count 1', '/Count 7'), page(), contents, FONT]), []],
  'no count': [pdfOf([CATALOG, PAGES.replace('/Count 1', ''), page(), contents, FONT]), []],
  'two levels of tree': [
    pdfOf([
      CATALOG,
      '<< /Type /Pages /Kids [6 0 R] /Count 1 >>',
      page().replace('2 0 R', '6 0 R'),
      contents,
      FONT,
      '<< /Type /Pages /Parent 2 0 R /Kids [3 0 R] /Count 1 >>',
    ]),
    [],
  ],
  'an update': [updated(plain, { 4: streamOf('', TEXT.replace('Annual', 'Yearly')) }), []],
  'an update that takes an object away': [
    Buffer.concat([
      plain,
      bytes(
        `xref\n0 1\n0000000000 65535 f \n6 1\n0000000000 00001 f \ntrailer\n<< /Size 7 /Root 1 0 R /Prev ${text.indexOf('xref\n0')} >>\nstartxref\n${plain.length}\n%%EOF\n`,
      ),
    ]),
    [],
  ],
  'an update without a last line': [
    bytes(
      updated(plain, { 6: '<< /X 1 >>' })
        .toString('latin1')
        .replace(/%%EOF\n$/, ''),
    ),
    [],
  ],
  'a table in a stream': [bytes(inXrefStream), []],
  'a table in a stream, without the last lines': [bytes(inXrefStream.replace(/startxref\n\d+\n%%EOF\n/, '')), []],
  'an object stream': [withXrefStream(true), []],
  'a hybrid of table and stream': [
    (() => {
      const at = text.indexOf('xref\n0');
      const stream = streamOf('/Type /XRef /Size 7 /W [1 2 1] /Index [6 1]', Buffer.from([1, 0, 9, 0])).toString(
        'latin1',
      );
      const extra = `7 0 obj\n${stream}\nendobj\n`;
      return bytes(
        `${text.slice(0, at)}${extra}${text
          .slice(at)
          .replace('/Root', `/XRefStm ${at} /Root`)
          .replace(/startxref\n\d+/, `startxref\n${at + extra.length}`)}`,
      );
    })(),
    [],
  ],
  'an attachment without a type': [attachedFile('', plain), ['EMBEDDED_FILE']],
  'an attachment that is packed': [
    attachedFile('/Type /EmbeddedFile /Filter /FlateDecode', deflateSync(plain)),
    ['EMBEDDED_FILE'],
  ],
  'an attachment whose length is an object behind it': [
    bytes(
      attachedFile('/Type /EmbeddedFile', plain)
        .toString('latin1')
        .replace(`/Length ${plain.length} >>`, `/Length 8 0 R >>`)
        .replace('endobj\nxref', `endobj\n8 0 obj\n${plain.length}\nendobj\nxref`),
    ),
    ['EMBEDDED_FILE'],
  ],
  'an attachment that is locked, without a type': [
    attachedFile('', plain.toString('latin1').replace('/Root', '/Encrypt << /Filter /Standard >> /Root')),
    ['EMBEDDED_FILE'],
  ],
  'generations other than 0': [bytes(text.replace(/4 0 (obj|R)/g, '4 3 $1')), []],
  'comments everywhere': [changed(/ obj\n/g, ' obj % here\n'), []],
  'a table of CR alone': [changed(/ \n(?=\d{10}|trailer)/g, '\r'), []],
  'the smallest page': [pdfOf([CATALOG, PAGES, PAGE, CONTENTS]), []],
};

/** What is not whole, and what is no document at all. */
export const CUT: Record<string, Buffer> = {
  'in its contents': plain.subarray(0, text.indexOf('(Annual')),
  'in its table': plain.subarray(0, text.indexOf('xref\n0') + 30),
  'before its table': plain.subarray(0, text.indexOf('xref\n0')),
  'in an update': Buffer.concat([plain, bytes('4 0 obj\n<< /Length 300 >>\nstream\nBT')]),
  'before the table of an update': Buffer.concat([plain, bytes('4 0 obj\n<< /Type /X >>\nendobj\n')]),
  'in an attached PDF that is whole itself': (() => {
    const file = attachedFile('/Type /EmbeddedFile', Buffer.concat([plain, Buffer.alloc(9_000)]));
    return file.subarray(0, file.length - 8_000);
  })(),
};
