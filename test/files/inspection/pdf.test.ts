import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PDFDocument } from 'pdf-lib';
import { demoWord } from '../../../seeds/demo/word.js';
import { plainPdf } from '../../support/pdf.js';
import { CATALOG, CONTENTS, PAGE, PAGES, pdfOf, wordParts, zipOf } from '../samples.js';
import { CUT, ODD, streamOf, updated } from './odd-pdfs.js';
import { PROGRAM } from './ole-samples.js';
import { checking } from './support.js';

const { pdf, inspect } = await checking();
const fewer = await checking({ pages: 300 });
const lines = Array.from({ length: 200 }, (_, i) => `Line ${i}`);
const sample = await plainPdf(lines);
const plain = pdfOf([CATALOG, PAGES, PAGE, CONTENTS]);
const archive = await zipOf(wordParts());
const sampleWord = demoWord('x', []);
/** A PDF with one more object, which the catalog names. */
const withObject = (object: string | Buffer, entry = '/X 5 0 R') =>
  pdfOf([CATALOG.replace('>>', `${entry} >>`), PAGES, PAGE, CONTENTS, object]);
/** Another first object, before which nothing stands but the header. */
const withFirst = (object: string | Buffer) => pdfOf([object, PAGES, PAGE, CONTENTS, CATALOG], '/Root 5 0 R');
const noted = (text: string) =>
  withFirst(`<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /RC (<?xml version="1.0"?>${text}) >>`);
/** A comment of a GIF, in which the document stands. */
const picture = Buffer.from('GIF89a\x01\0\x01\0\0\0\0!\xfe\xff', 'latin1');
const bootSector = (() => {
  const sector = Buffer.alloc(512, ' ');
  for (const at of [446, 462, 478, 494]) sector.fill(0, at, at + 16);
  sector.write('%PDF-1.7\n%', 'latin1');
  sector.writeUInt16BE(0x55aa, 510);
  return Buffer.concat([sector, Buffer.from('\n'), plain.subarray(9)]);
})();
const tape = Buffer.concat([Buffer.from('%PDF-1.7\n%'.padEnd(257, ' ')), Buffer.from('ustar  \n'), plain.subarray(9)]);
/** Its directory lies within the attachment, and what it lists before. */
const splitArchive = (() => {
  const directory = archive.readUInt32LE(archive.length - 6);
  return pdfOf([
    CATALOG,
    PAGES,
    PAGE,
    CONTENTS,
    Buffer.concat([Buffer.from('('), archive.subarray(0, directory), Buffer.from(')')]),
    streamOf('/Type /EmbeddedFile', archive.subarray(directory)),
  ]);
})();
const objectStream = (object: string) =>
  streamOf('/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', deflateSync(Buffer.from(`9 0 ${object}`)));

describe('an honest PDF', () => {
  it('is the demonstration one, the same bytes each time', async () => {
    expect(await inspect(sample, 'STAMPED_PDF')).toMatchObject({
      findings: [],
      pageCount: 5,
      hasText: true,
      signatures: [],
    });
    expect((await plainPdf(lines)).equals(sample)).toBe(true);
    expect((await PDFDocument.load(sample)).getPageCount()).toBe(5);
  });

  it('may be a pure scan, which is said', async () => {
    expect(await inspect(plain, 'STAMPED_PDF')).toMatchObject({
      findings: ['SCAN_ONLY'],
      hasText: false,
      sketch: null,
    });
  });

  it('may be without object streams, have a few bytes before it or behind it, or a page without content', async () => {
    expect(await pdf(Buffer.concat([Buffer.from('\ufeff\n'), plain]))).toEqual([]);
    expect(await pdf(Buffer.concat([Buffer.from('\x1b%-12345X@PJL JOB\n@PJL ENTER LANGUAGE=PDF\n'), plain]))).toEqual(
      [],
    );
    expect(await pdf(Buffer.concat([plain, Buffer.alloc(700)]))).toEqual([]);
    expect(await pdf(Buffer.concat([plain, Buffer.from('\r\n\0\x1a -- end of mail 1.2.3 --\n')]))).toEqual([]);
    expect(await pdf(pdfOf([CATALOG, PAGES, PAGE.replace('/Contents 4 0 R', '')]))).toEqual([]);
    expect(await pdf(pdfOf([CATALOG, PAGES, PAGE.replace('4 0 R', '[4 0 R 4 0 R]'), CONTENTS]))).toEqual([]);
  });

  it('may have links, a form without actions, and words that only look like actions', async () => {
    expect(await pdf(withObject('<< /Type /Action /S /URI /URI (https://www.hunan.gov.cn/) >>'))).toEqual([]);
    expect(await pdf(withObject('<< /S /GoToR /F (annex.pdf) /D [0 /Fit] >>'))).toEqual([]);
    expect(await pdf(withObject('<< /S /GoToR /F << /FS /URL /F (https://www.hunan.gov.cn/a.pdf) >> >>'))).toEqual([]);
    expect(await pdf(withObject('<< /S /URI /URI (file://server/share/a.docx) >>', '/X << /A 5 0 R >>'))).toEqual([]);
    expect(await pdf(withObject('(\\\\\\\\server\\\\a.docx)', '/Title 5 0 R'))).toEqual([]);
    expect(await pdf(withObject('<< /Type /3D /Subtype /U3D /OnInstantiate null >>'))).toEqual([]);
    expect(await pdf(withObject('<< /Fields [] /DA (/Helv 0 Tf) >>', '/AcroForm 5 0 R'))).toEqual([]);
    expect(await pdf(withObject('<< /Title (/S /JavaScript /JS \\(x\\) /Launch) /S /GoTo >>'))).toEqual([]);
    expect(await pdf(withObject('<< /JavaScript << /Names [] >> /XFA [] >>', '/Names 5 0 R'))).toEqual([]);
  });

  it.each(Object.entries(ODD))('may be as every reader opens it: %s', async (_, [bytes, findings]) => {
    expect(await pdf(bytes)).toEqual(findings);
  });

  it('may be one of fifty megabytes', async () => {
    const scan = pdfOf([CATALOG, PAGES, PAGE, streamOf('/Subtype /Image /Type /XObject', randomBytes(50_000_000))]);
    expect(await pdf(scan)).toEqual([]);
  });

  it('counts its pages, up to a bound', async () => {
    const pages = (count: number) => {
      const kids = Array.from({ length: count }, (_, i) => `${i + 3} 0 R`).join(' ');
      const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>';
      return pdfOf([CATALOG, `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`, ...Array(count).fill(page)]);
    };
    expect(await inspect(pages(10_000), 'STAMPED_PDF')).toMatchObject({
      findings: ['TOO_MANY_PAGES'],
      pageCount: 10_000,
    });
    expect(await fewer.inspect(pages(300), 'STAMPED_PDF')).toMatchObject({ findings: ['SCAN_ONLY'], pageCount: 300 });
    expect(await fewer.inspect(pages(301), 'STAMPED_PDF')).toMatchObject({
      findings: ['TOO_MANY_PAGES'],
      hasText: null,
    });
  });
});

describe('what is no whole PDF', () => {
  it.each([
    ['nothing', Buffer.alloc(0), ['EMPTY']],
    ['a Word file', sampleWord, ['WRONG_TYPE']],
    ['a PDF that begins too late', Buffer.concat([Buffer.alloc(1_025, 'x'), plain]), ['WRONG_TYPE']],
    ['a header and nothing else', Buffer.from('%PDF-1.7 and nothing else'), ['DAMAGED']],
    ['a header and noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(100_000, 0x81)]), ['DAMAGED']],
    ['no pages', pdfOf([CATALOG, '<< /Type /Pages /Kids [] /Count 0 >>']), ['DAMAGED']],
    ['a catalog alone', pdfOf(['<< /Type /Catalog >>']), ['DAMAGED']],
    ['an object begun behind its end', Buffer.concat([plain, Buffer.from('5 0 obj\n<< /Type /Page')]), ['DAMAGED']],
    [
      'a tree that is its own page',
      pdfOf([CATALOG, '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>']),
      ['DAMAGED'],
    ],
    ['a count without pages', pdfOf([CATALOG, '<< /Type /Pages /Count 5 >>']), ['DAMAGED']],
    ['a tree in circles', pdfOf([CATALOG, '<< /Type /Pages /Kids [2 0 R] /Count 1 >>']), ['DAMAGED']],
    ['endless nesting', pdfOf([`${'['.repeat(2_000_000)}`, CATALOG]), ['DAMAGED']],
  ])('is named for what it is: %s', async (_, bytes, findings) => {
    expect(await pdf(bytes)).toEqual(findings);
  });

  it('is damaged when cut at any place', async () => {
    for (const file of [sample, plain]) {
      for (let part = 1; part < 8; part++) {
        const size = Math.floor((file.length * part) / 8);
        expect([size, await pdf(file.subarray(0, size))]).toEqual([size, ['DAMAGED']]);
      }
    }
  });

  it.each(Object.entries(CUT))('is damaged when cut: %s', async (_, bytes) => {
    expect(await pdf(bytes)).toContain('DAMAGED');
  });

  it('is encrypted when it says so, though no password may be asked for', async () => {
    const lock = '<< /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>';
    expect(await pdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, lock], '/Root 1 0 R /Encrypt 5 0 R'))).toContain(
      'ENCRYPTED',
    );
  });
});

describe('a PDF that does something', () => {
  const script = '<< /S /JavaScript /JS (app.alert\\(1\\)) >>';
  it.each([
    ['when opened', withObject(script, '/OpenAction 5 0 R'), ['SCRIPT']],
    ['directly in the catalog', withObject('null', `/OpenAction ${script}`), ['SCRIPT']],
    ['with the page', pdfOf([CATALOG, PAGES, PAGE.replace('>>', `/AA << /O ${script} >> >>`), CONTENTS]), ['SCRIPT']],
    ['by name', withObject(`<< /JavaScript << /Names [(a) ${script}] >> >>`, '/Names 5 0 R'), ['SCRIPT']],
    ['by a click', withObject(`<< /Type /Annot /Subtype /Link /A ${script} >>`), ['SCRIPT']],
    ['by a rendition', withObject('<< /S /Rendition /JS (x) >>'), ['SCRIPT']],
    ['by an address', withObject('<< /S /URI /URI (JavaScript:alert\\(1\\)) >>'), ['SCRIPT']],
    ['with an escaped name', withObject('<< /#53 /J#61vaScrip#74 /JS (x) >>'), ['SCRIPT']],
    ['with an escape in lower case', withObject('<< /S /#4aava#53cript >>'), ['SCRIPT']],
    ['with a name elsewhere', withObject('/JavaScript', '/OpenAction << /S 5 0 R >>'), ['SCRIPT']],
    ['in an object stream', withObject(objectStream(script)), ['SCRIPT']],
    ['where one parser gives up', withObject(`<< /X --5 /S /JavaScript /JS (x) >>`), ['SCRIPT']],
    [
      'behind a comment',
      Buffer.from(plain.toString('latin1').replace('\nxref\n', `9 0 %c\nobj ${script} endobj\nxref\n`), 'latin1'),
      ['SCRIPT'],
    ],
    ['when a model is shown', withObject('<< /Type /3D /Subtype /U3D /OnInstantiate 4 0 R >>'), ['SCRIPT']],
    [
      'when a model in a stream is shown',
      withObject(streamOf('/Type /3D /Subtype /PRC /OnInstantiate 4 0 R', 'x')),
      ['SCRIPT'],
    ],
    ['beside what is shown', withObject('<< /Type /RichMediaActivation /Scripts [4 0 R] >>'), ['SCRIPT']],
    ['where a model can’t be parsed', withObject('<< /X --5 /#4FnInstantiate 4 0 R >>'), ['SCRIPT']],
    ...[
      '\\\\\\\\server\\\\share\\\\a.pdf',
      '//server/share/a.pdf',
      'file://server/a.pdf',
      'file:////server/a.pdf',
      'smb://server/a',
    ].flatMap((address): [string, Buffer, string[]][] => [
      [`goes to ${address}`, withObject(`<< /S /GoToR /F (${address}) /D [0 /Fit] >>`), ['LAUNCH_ACTION']],
      [
        `goes by a specification to ${address}`,
        withObject(`<< /S /GoToE /F << /Type /Filespec /UF (${address}) >> >>`),
        ['LAUNCH_ACTION'],
      ],
      [
        `goes to ${address}, which is an object`,
        pdfOf([CATALOG, PAGES, PAGE, `(${address})`, '<< /S /GoToR /F 4 0 R >>']),
        ['LAUNCH_ACTION'],
      ],
      [
        `opens ${address} by itself`,
        withObject(`<< /S /URI /URI (${address}) >>`, '/OpenAction 5 0 R'),
        ['LAUNCH_ACTION'],
      ],
    ]),
    [
      'reads a stream from a share',
      withObject('<< /Length 0 /F (//server/x) >>\nstream\n\nendstream'),
      ['LAUNCH_ACTION'],
    ],
    [
      'goes to a share in UTF-16',
      withObject(`<< /S /GoToR /F <FEFF${Buffer.from('\\\\s\\a', 'utf16le').swap16().toString('hex')}> >>`),
      ['LAUNCH_ACTION'],
    ],
    ['launches a program', withObject('<< /S /Launch /F (cmd.exe) >>'), ['LAUNCH_ACTION']],
    ['sends a form', withObject('<< /S /SubmitForm /F (http://a.example) >>'), ['FORM_SUBMIT']],
    ['imports data', withObject('<< /S /ImportData /F (a.fdf) >>'), ['FORM_SUBMIT']],
    ['is an XFA form', withObject('<< /Fields [] /XFA 4 0 R >>', '/AcroForm 5 0 R'), ['FORM_SUBMIT']],
    [
      'all at once',
      withObject(`[${script} << /S /Launch >> << /S /SubmitForm >>]`),
      ['SCRIPT', 'LAUNCH_ACTION', 'FORM_SUBMIT'],
    ],
  ])('is refused: %s', async (_, bytes, findings) => {
    expect(await pdf(bytes)).toEqual(findings);
  });

  it('is not taken for what is attached to it', async () => {
    const locked = Buffer.from(
      '%PDF-1.7\n9 0 obj << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >> endobj\ntrailer << /Encrypt 5 0 R >>\n%%EOF',
    );
    expect(await inspect(withObject(streamOf('/Type /EmbeddedFile', locked)), 'STAMPED_PDF')).toMatchObject({
      findings: ['EMBEDDED_FILE', 'SCAN_ONLY'],
      signatures: [],
    });
  });

  const attached = async (name: string, data: Buffer) => {
    const document = await PDFDocument.load(plain);
    await document.attach(data, name);
    return pdf(Buffer.from(await document.save()));
  };
  it('is warned of for its attachments, and refused for programs among them', async () => {
    expect(await attached('明细.xlsx', archive)).toEqual(['EMBEDDED_FILE']);
    expect(await attached('明细.exe', Buffer.from('x'))).toEqual(['EMBEDDED_EXECUTABLE', 'EMBEDDED_FILE']);
    for (const name of ['启动.desktop', 'a.lnk', 'a.url', 'a.scf', 'a.hta', 'a.vbs', 'a.ps1', 'a.jar', 'a.SWF'])
      expect([name, await attached(name, Buffer.from('x'))]).toEqual([name, ['EMBEDDED_EXECUTABLE', 'EMBEDDED_FILE']]);
    for (const name of ['a.docm', 'a.XLSM', 'a.dotm', 'a.pptm', 'a.xlam'])
      expect([name, await attached(name, Buffer.from('x'))]).toEqual([name, ['MACROS', 'EMBEDDED_FILE']]);
    const withMacros = await zipOf({ ...wordParts(), 'word/vbaProject.bin': 'x' });
    expect(await attached('明细.docx', withMacros)).toEqual(['MACROS', 'EMBEDDED_FILE']);
    expect(await attached('a.txt', Buffer.from('[Desktop Entry]\nExec=sh'))).toEqual([
      'EMBEDDED_EXECUTABLE',
      'EMBEDDED_FILE',
    ]);
    expect(await attached('明细.pdf', PROGRAM)).toEqual(['EMBEDDED_EXECUTABLE', 'EMBEDDED_FILE']);
    expect(await attached('明细\u202efdp.js', Buffer.from('x'))).toEqual(['EMBEDDED_EXECUTABLE', 'EMBEDDED_FILE']);
    expect(await pdf(withObject(streamOf('/Type /EmbeddedFile', PROGRAM)))).toEqual([
      'EMBEDDED_EXECUTABLE',
      'EMBEDDED_FILE',
    ]);
  });

  it('is refused for a program whose name or data stands elsewhere', async () => {
    const found = ['EMBEDDED_EXECUTABLE', 'EMBEDDED_FILE'];
    const files = (...objects: (string | Buffer)[]) => pdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, ...objects]));
    const text = streamOf('', 'x');
    expect(await files('<< /Type /Filespec /UF 6 0 R /EF << /F 7 0 R >> >>', '(a.exe)', text)).toEqual(found);
    expect(await files('<< /F (a.txt) /EF 6 0 R >>', '<< /F 7 0 R >>', streamOf('', PROGRAM))).toEqual(found);
    expect(await files('<< /Names [(a.exe) 6 0 R] >>', '<< /Type /Filespec /EF << /F 7 0 R >> >>', text)).toEqual(
      found,
    );
    expect(await files('<< /Names [(a) << /EF << /F 6 0 R >> /RF << /F [(a.exe) 6 0 R] >> >>] >>', text)).toEqual(
      found,
    );
    expect(await files('<< /Names [(a.exe) 6 0 R] >>', '<< /D [3 0 R /Fit] >>')).toEqual([]);
    expect(await files('<< /UF (a.txt) /EF << /UF 6 0 R >> >>', streamOf('', PROGRAM))).toEqual(found);
  });
});

describe('a file that is two', () => {
  it.each([
    ['a program before a PDF', Buffer.concat([PROGRAM, plain])],
    ['a page before a PDF', Buffer.concat([Buffer.from('<!DOCTYPE html><html>'), plain])],
    ['a page in its first comment', Buffer.concat([Buffer.from('%PDF-1.7\n%<script>x</script>\n'), plain])],
    ['a script before a PDF', Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), plain])],
    ['a picture before a PDF', Buffer.concat([Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'), plain])],
    ['an archive behind a PDF', Buffer.concat([plain, archive])],
    ['an archive within a PDF', withObject(streamOf('', archive))],
    ['a page behind a PDF', Buffer.concat([plain, Buffer.from('<html><body>')])],
    ['a program behind a PDF', Buffer.concat([plain, PROGRAM])],
    ['a page that goes on in the PDF', Buffer.concat([Buffer.from('<!-- '), plain])],
    ['a script that goes on in the PDF', Buffer.concat([Buffer.from('/*'), plain, Buffer.from('*/ alert(1)')])],
    ['a script with the PDF as its text', Buffer.concat([Buffer.from('x = `'), plain, Buffer.from('`')])],
    ['a picture whose comment holds the PDF', Buffer.concat([picture, plain])],
    ['an archive that is stored with an honest name', withObject(streamOf('/Type /Font', archive))],
    [
      'an archive behind the page that is attached',
      Buffer.concat([withObject(streamOf('/Type /EmbeddedFile', archive)), archive]),
    ],
    ['an archive that begins before its attachment', splitArchive],
    ['another kind of archive within', withObject(streamOf('', Buffer.from('Rar!\x1a\x07\x00xx', 'latin1')))],
    ['an archive and another last line', Buffer.concat([plain, Buffer.from('<html><body>\n%%EOF\n')])],
    ['a boot sector', bootSector],
    ['an archive of tape', tape],
    ['two documents', Buffer.concat([plain, plain])],
    ['two documents without a line between', Buffer.concat([plain.subarray(0, plain.length - 1), plain])],
    ['a document and the half of another', Buffer.concat([plain.subarray(0, 150), plain])],
  ])('is refused: %s', async (_, bytes) => {
    const found = await pdf(bytes);
    expect(found.filter((code) => code !== 'EMBEDDED_FILE')).toEqual(['POLYGLOT']);
  });

  it.each([
    [
      'tags in the text of a note that stands first',
      noted('<body xmlns="http://www.w3.org/1999/xhtml"><p>ok</p></body>'),
    ],
    ['a script in such a text', noted('<html><script>x</script></html>')],
    [
      'a font whose directory reads like a tag',
      withFirst(
        streamOf('/Length1 90', Buffer.from('\0\x01\0\0\0\x09\0\x80\0\x03\0\x10cmap\0\0<head\0\0\0\0<html>', 'latin1')),
      ),
    ],
    ['an attached archive', withObject(streamOf('/Type /EmbeddedFile', archive))],
    [
      'an attached archive without a type',
      withObject(
        streamOf('', archive),
        '/Names << /EmbeddedFiles << /Names [(a.docx) << /F (a.docx) /EF << /F 5 0 R >> >>] >> >>',
      ),
    ],
    [
      'a document that it was made from',
      pdfOf(
        [CATALOG, PAGES, PAGE, CONTENTS, streamOf('', archive)],
        '/Root 1 0 R /AdditionalStreams [/application#2Fzip 5 0 R]',
      ),
    ],
    ['a document within it', withObject(streamOf('/Type /EmbeddedFile', plain))],
    ['the mark of a document in its text', withFirst('(%PDF-1.4 is how a file begins)')],
    [
      'the mark of a document in its contents',
      pdfOf([CATALOG, PAGES, PAGE, streamOf('', Buffer.from('%PDF-1.4\nq Q'))]),
    ],
    ['an update', updated(plain, { 9: 'null' })],
    ['an update with a header of its own', updated(Buffer.concat([plain, Buffer.from('%PDF-1.4\n')]), { 9: 'null' })],
    [
      'many updates',
      Array.from({ length: 30 }, (_, i) => i).reduce((file, i) => updated(file, { [i + 9]: 'null' }), plain),
    ],
    [
      'a header in front of it that asks for anything',
      Buffer.concat([Buffer.from('Accept: */*\r\nX-Name: "a"\r\n\r\n'), plain]),
    ],
  ])('is not: %s', async (_, bytes) => {
    const found = await pdf(bytes);
    expect(found.filter((code) => code !== 'EMBEDDED_FILE')).toEqual([]);
  });

  it('is refused as a Word file too', async () => {
    const word = async (bytes: Buffer) => (await inspect(bytes, 'WORD', 'a.docx')).findings;
    expect(await word(Buffer.concat([plain, archive]))).toEqual(['WRONG_TYPE', 'POLYGLOT']);
    expect(await word(Buffer.concat([PROGRAM, archive]))).toEqual(['WRONG_TYPE', 'POLYGLOT']);
    expect(await word(Buffer.concat([archive, plain]))).toEqual(['POLYGLOT']);
    expect(await word(Buffer.concat([archive, Buffer.from('x')]))).toEqual(['POLYGLOT']);
    expect(await word(Buffer.concat([archive, Buffer.from('\r\n\0')]))).toEqual([]);
    expect(await word(Buffer.concat([archive, archive]))).toContain('POLYGLOT');
    expect(await word(await zipOf({ 'a.pdf': plain, ...wordParts() }, false))).toEqual(['POLYGLOT']);
    const end = archive.length - 22;
    const commented = Buffer.concat([archive.subarray(0, end), archive.subarray(end), plain]);
    commented.writeUInt16LE(plain.length, end + 20);
    expect(await word(commented)).toEqual(['POLYGLOT']);
  });
});
