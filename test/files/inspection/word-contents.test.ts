import { documentOf, typesFor, wordParts, zipOf } from '../samples.js';
import { oleOf, PROGRAM, packageOf } from './ole-samples.js';
import { relating, relationOf } from './support.js';

const { withParts } = await relating();
const withPart = (name: string, data: Buffer | string) => withParts({ [name]: data });
const withDocument = (inner: string) => withParts({ 'word/document.xml': documentOf(inner) });
const field = (instruction: string) =>
  withDocument(`<w:fldSimple w:instr="${instruction.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"/>`);
const taken = (target: string, content: Buffer | string) =>
  withParts({ 'word/_rels/document.xml.rels': relationOf('aFChunk', target, ''), [`word/${target}`]: content });
const office = (types: string[], parts: Record<string, Buffer | string>) =>
  zipOf({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${types
      .map((type, i) => `<Override PartName="/p${i}" ContentType="${type}"/>`)
      .join('')}</Types>`,
    ...parts,
  });
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
const withVba = await zipOf({ 'xl/vbaProject.bin': 'x' });
const HTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>';

const relations = (target: string) => relationOf('officeDocument', target, '');
const control = (id: string) =>
  `<ax:ocx xmlns:ax="http://schemas.microsoft.com/office/2006/activeX" ax:classid="${id}" ax:persistence="persistStreamInit"/>`;
const mail = (page: string) =>
  `From: x\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n${Buffer.from(page).toString('base64')}\n--x--`;
const withChunk = (chunk: Buffer) =>
  zipOf({ ...wordParts(), 'word/_rels/document.xml.rels': relationOf('aFChunk', 'a.docx', ''), 'word/a.docx': chunk });

describe('an object in a Word file', () => {
  it.each([
    ['a workbook by its name', 'word/embeddings/sheet1.xlsm', office([SHEET], { 'xl/workbook.xml': '<x/>' })],
    ['a document by its name', 'word/embeddings/a.docm', zipOf(wordParts())],
    ['slides by their name', 'word/embeddings/a.ppsm', zipOf({ a: '' })],
    [
      'a workbook whose macros have another name',
      'word/embeddings/sheet1.xlsx',
      office([SHEET, 'application/vnd.ms-office.vbaProject'], { 'xl/hidden.bin': 'x' }),
    ],
    [
      'a workbook whose type says so',
      'word/embeddings/a.bin',
      office(['application/vnd.ms-excel.sheet.macroEnabled.main+xml'], { 'xl/workbook.xml': '<x/>' }),
    ],
    [
      'a workbook with a sheet of macros',
      'word/embeddings/sheet1.xlsx',
      office([SHEET, 'application/vnd.ms-excel.macrosheet+xml'], { 'xl/macrosheets/sheet1.xml': '<x/>' }),
    ],
    ['an old workbook with a sheet of macros', 'word/embeddings/oleObject1.bin', oleOf({ Workbook: sheets(1) })],
    ['an old document', 'word/embeddings/oleObject1.bin', oleOf({ WordDocument: 'x', _VBA_PROJECT: 'x' })],
    ['a file in a package', 'word/embeddings/oleObject1.bin', packageOf('a.xlsm', Buffer.from('x'))],
    [
      'a workbook in an object in a document',
      'word/embeddings/a.docx',
      office(['x'], {
        'word/embeddings/oleObject1.bin': oleOf({ Package: withVba }),
      }),
    ],
  ])('holds macros: %s', async (_, name, content) => {
    expect(await withPart(name, await content)).toEqual(['MACROS']);
  });

  it.each([
    ['a starter of Linux', 'word/embeddings/oleObject1.bin', packageOf('报告.desktop', Buffer.from('x'))],
    [
      'one by its content',
      'word/embeddings/oleObject1.bin',
      packageOf('a.txt', Buffer.from('[Desktop Entry]\nExec=x')),
    ],
    ['one as a part', 'word/embeddings/a.desktop', 'x'],
    ['a link of the Mac', 'word/embeddings/oleObject1.bin', packageOf('a.inetloc', Buffer.from('x'))],
    ['a query of Excel', 'word/embeddings/oleObject1.bin', packageOf('a.iqy', Buffer.from('x'))],
    ['a package whose sizes are wrong', 'word/embeddings/oleObject1.bin', longer(packageOf('a.exe', Buffer.from('x')))],
    ['a program where a picture is expected', 'word/media/image1.png', packageOf('a.exe', Buffer.alloc(50_000))],
    ['one that calls itself XML', 'word/embeddings/object1.xml', packageOf('a.txt', PROGRAM)],
    [
      'one in a workbook',
      'word/embeddings/sheet1.xlsx',
      office([SHEET], { 'xl/embeddings/oleObject1.bin': packageOf('a.txt', PROGRAM) }),
    ],
    [
      'a browser',
      'word/embeddings/oleObject1.bin',
      oleOf({ x: 'y' }, Buffer.from('c32ab2eac130cf11a7eb0000c05bae0b', 'hex')),
    ],
    ['a browser as a control', 'word/activeX/activeX1.xml', control('{8856F961-340A-11D0-A96B-00C04FD705A2}')],
    ['Flash as a control', 'word/activeX/activeX1.xml', control('{d27cdb6e-ae6d-11cf-96b8-444553540000}')],
  ])('is a program: %s', async (_, name, content) => {
    expect(await withPart(name, await content)).toEqual(['EMBEDDED_EXECUTABLE']);
  });

  it('stands for a file elsewhere, or has a password', async () => {
    const link = Buffer.concat([
      Buffer.from('0100000201000000', 'hex'),
      Buffer.from('\0\0http://a.example/x', 'utf16le'),
    ]);
    expect(await withPart('word/embeddings/oleObject1.bin', oleOf({ '\u0001Ole': link }))).toEqual(['EXTERNAL_LINK']);
    const own = Buffer.concat([Buffer.from('0100000200000000', 'hex'), Buffer.from('http://a.example/x', 'utf16le')]);
    expect(await withPart('word/embeddings/oleObject1.bin', oleOf({ '\u0001Ole': own }))).toEqual([]);
    const locked = oleOf({ EncryptionInfo: 'x', EncryptedPackage: 'y' });
    expect(await withPart('word/embeddings/sheet1.xlsx', locked)).toEqual(['ENCRYPTED']);
  });

  it.each([
    [
      'a workbook',
      'word/embeddings/sheet1.xlsx',
      office([SHEET], { 'xl/workbook.xml': '<x/>', 'xl/media/a.png': 'x' }),
    ],
    [
      'a binary workbook',
      'word/embeddings/sheet1.xlsb',
      office(['application/vnd.ms-excel.sheet.binary.macroEnabled.main'], { 'xl/workbook.bin': 'x' }),
    ],
    ['an old workbook', 'word/embeddings/oleObject1.bin', oleOf({ Workbook: sheets(0) })],
    ['an archive, which nobody unpacks', 'word/embeddings/a.zip', zipOf({ 'a.exe': PROGRAM })],
    [
      'what looks like a workbook and can’t be read',
      'word/embeddings/a.xlsx',
      Buffer.from('PK\x03\x04[Content_Types].xml'),
    ],
    ['a check box', 'word/activeX/activeX1.xml', control('{8BD21D40-EC42-11CE-9E0D-00AA006002F3}')],
  ])('may be %s', async (_, name, content) => {
    expect(await withPart(name, await content)).toEqual([]);
  });

  it('is looked into no deeper and no longer than the whole may be', async () => {
    let nested = await office(['x'], { 'a.bin': 'x' });
    for (let i = 0; i < 30; i++) nested = await office(['x'], { [`word/embeddings/${i}.docx`]: nested });
    expect(await withPart('word/embeddings/a.docx', nested)).toEqual([]);
    const large = await office([SHEET], { 'xl/media/a.bin': Buffer.alloc(60_000_000) });
    const parts = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`word/embeddings/${i}.xlsx`, large]));
    expect(await withParts(parts)).toEqual(['UNPACKS_TOO_LARGE']);
    const many = await office(['x'], Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`p${i}`, ''])));
    const within = (count: number) =>
      office(['x'], Object.fromEntries(Array.from({ length: count }, (_, i) => [`word/embeddings/${i}.docx`, many])));
    expect(await withPart('word/embeddings/a.docx', await within(7))).toEqual([]);
    expect(await withPart('word/embeddings/a.docx', await within(8))).toEqual(['UNPACKS_TOO_LARGE']);
  });
});

describe('a piece that Word takes in', () => {
  it.each([
    [
      'a page with a picture from elsewhere',
      'a.html',
      '<html><body><img width=1 src="http://a.example/x.png"></body></html>',
    ],
    ['a page with a frame of a share', 'a.htm', '<iframe src=\\\\host\\share\\x.html>'],
    ['a page with a style from elsewhere', 'a.html', '<link rel=stylesheet href=//a.example/x.css>'],
    ['a page with a background', 'a.html', '<p style="background:url( \'http://a.example/x.png\')">'],
    ['a page in UTF-16', 'a.html', Buffer.from('\ufeff<img src="http://a.example/x.png">', 'utf16le')],
    ['a page in XML', 'a.xhtml', `${HTML}<img src="http://a.example/x.png"/></body></html>`],
    ['a page that is called XML', 'a.xml', `${HTML}<img src="http://a.example/x.png"/></body></html>`],
    [
      'a mail',
      'a.mht',
      'MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<img src=3D"http://a.exam=\r\nple/x.png">',
    ],
    ['a mail in base64', 'a.mht', mail('<p/><img src="http://a.example/x.png">')],
    ['RTF with an object', 'a.rtf', '{\\rtf1{\\object\\objautlink\\objupdate{\\*\\objdata 0105}}}'],
    ['RTF with a template', 'a.rtf', '{\\rtf1{\\*\\template http://a.example/x.dot}}'],
    ['RTF with a field', 'a.rtf', '{\\rtf1{\\field{\\*\\fldinst{ INCLUDEPICTURE "http://a.example/x.png"}}}}'],
    [
      'a document with a template',
      'a.docx',
      zipOf({
        ...wordParts(),
        'word/_rels/document.xml.rels': relationOf('attachedTemplate', 'http://a.example/x.dotm'),
      }),
    ],
    ['a document with a field', 'a.bin', zipOf(wordParts(documentOf('<w:fldSimple w:instr="DDE a b"/>')))],
    [
      'a package in one file',
      'a.xml',
      `<p:package xmlns:p="http://schemas.microsoft.com/office/2006/xmlPackage">${relationOf('attachedTemplate', 'http://a.example/x.dotm')}</p:package>`,
    ],
  ])('draws on something outside: %s', async (_, target, content) => {
    expect(await taken(target, await content)).toEqual(['EXTERNAL_LINK']);
  });

  it('has a script far into it, or macros', async () => {
    expect(await taken('a.html', `<html>${' '.repeat(10_000)}<script>x</script>`)).toEqual(['EMBEDDED_EXECUTABLE']);
    expect(await taken('a.html', '<meta http-equiv="refresh" content="0;url=x">')).toEqual(['EMBEDDED_EXECUTABLE']);
    expect(await taken('a.docx', await zipOf({ ...wordParts(), 'word/vbaProject.bin': 'x' }))).toEqual(['MACROS']);
  });

  it.each([
    [
      'a page with links',
      'a.html',
      '<html><a class="x" href="http://a.example/">a</a><img src="data:image/png;base64,AA=="></html>',
    ],
    [
      'a page as a mail with its pictures',
      'a.mht',
      'MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Location: http://a.example/a.html\n\n<img src=3D"http://a.example/x.png"><img src="file:///C:/fake/image1.png">\n--x\nContent-Location: http://a.example/x.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--x--',
    ],
    ['RTF', 'a.rtf', '{\\rtf1\\ansi{\\field{\\*\\fldinst{HYPERLINK "http://a.example/"}}{\\fldrslt a}} RD}'],
    ['a document', 'a.docx', zipOf(wordParts())],
    ['text', 'a.txt', 'src=x http://a.example/'],
    ['nothing', 'b.html', ''],
  ])('may be %s', async (_, target, content) => {
    expect(await taken(target, await content)).toEqual([]);
  });

  it('is not nested without end', async () => {
    let nested = await zipOf(wordParts());
    for (let i = 0; i < 5; i++) nested = await withChunk(nested);
    expect(await taken('a.docx', nested)).toEqual(['UNPACKS_TOO_LARGE']);
    // each within the bound for XML, and together beyond it
    const long = await zipOf(wordParts(documentOf(' '.repeat(45_000_000))));
    const lists = [1, 2, 3].map((i) => relationOf('aFChunk', `${i}.docx`, ''));
    const pieces = (count: number) =>
      withParts(
        Object.fromEntries(
          lists.slice(0, count).flatMap((list, i) => [
            [`word/_rels/part${i}.xml.rels`, list],
            [`word/${i + 1}.docx`, long],
          ]),
        ),
      );
    expect(await pieces(2)).toEqual([]);
    expect(await pieces(3)).toEqual(['UNPACKS_TOO_LARGE']);
  });
});

describe('a field', () => {
  it.each([
    'INCLUDEPICTURE "file:////host/share/x.png"',
    'INCLUDEPICTURE "file:///\\\\\\\\host\\\\share\\\\x.png" \\d',
    'INCLUDEPICTURE “\\\\\\\\host\\\\x.png”',
    'INCLUDETEXT \\/host/share/x.docx',
    'INCLUDETEXT "\\\\\\\\?\\\\UNC\\\\host\\\\share\\\\x.docx"',
    'INCLUDETEXT "Z:\\\\share\\\\x.docx"',
    'INCLUDEPICTURE "C:\\\\..\\\\x.png"',
    '“INCLUDE” "ftps://a.example/x"',
    'IMPORT smb://host/x.png',
    'RD \\f "\\\\\\\\host\\\\x.docx"',
    'DATABASE \\d "C:\\\\x.mdb" \\c "Driver={SQL Server};Server=a.example" \\s "SELECT 1"',
    'HYPERLINK "ms-msdt:/id PCWDiagnostic"',
    'HYPERLINK \\l "x" "java\tscript:alert(1)"',
    'HYPERLINK "file:///C:\\\\Windows\\\\System32\\\\mshta.exe"',
    'HYPERLINK "\\\\\\\\host\\\\share\\\\x.lnk"',
  ])('fetches, or starts a program: %s', async (instruction) => {
    expect(await field(instruction)).toEqual(['EXTERNAL_LINK']);
  });

  it.each([
    'INCLUDEPICTURE "C:\\\\Users\\\\x\\\\AppData\\\\Local\\\\Temp\\\\ksohtml\\\\wps1.png" \\* MERGEFORMATINET',
    'INCLUDEPICTURE "cid:image001.png@01D0" \\* MERGEFORMAT',
    'INCLUDEPICTURE "../images/x.gif" \\d',
    'RD "第二章.docx"',
    'HYPERLINK "https://a.example/x.exe" \\o "search: javascript:x" \\t "_blank"',
    'HYPERLINK \\l "_Toc1"',
    'HYPERLINK "file:///C:\\\\Users\\\\x\\\\www.a.example.com"',
    'HYPERLINK "\\\\\\\\host\\\\share\\\\计划.docx"',
    'HYPERLINK "mailto:a@b.example?subject=data:"',
    'TOC \\o "1-3" \\h \\z \\u',
    'DATE \\@ "yyyy年M月d日"',
    'EMBED Excel.Sheet.12',
    'MERGEFIELD "姓名"',
  ])('may be: %s', async (instruction) => {
    expect(await field(instruction)).toEqual([]);
  });
});

describe('a part that fetches', () => {
  const VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"';

  it.each([
    [
      'a picture by its own address',
      'word/document.xml',
      documentOf(`<v:imagedata ${VML} o:href="http://a.example/x.png"/>`),
    ],
    ['a fill of a share', 'word/document.xml', documentOf(`<v:fill ${VML} src="\\\\?\\UNC\\host\\x.png"/>`)],
    [
      'a mail merge without a relation',
      'word/settings.xml',
      '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:mailMerge><w:connectString w:val="Provider=SQLOLEDB;Data Source=a.example"/></w:mailMerge></w:settings>',
    ],
    [
      'a ribbon',
      'customUI/customUI.xml',
      '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="https://a.example/x.dotm!run"/>',
    ],
    [
      'a task pane from a share',
      'word/webextensions/webextension1.xml',
      '<we:webextension xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11"><we:reference id="x" store="\\\\host\\share" storeType="Filesystem"/></we:webextension>',
    ],
  ])('is %s', async (_, name, content) => {
    expect(await withPart(name, content)).toEqual(['EXTERNAL_LINK']);
  });

  it('is read by its type, whatever its name ends in, and in the encoding that it declares', async () => {
    const types = typesFor().replace(
      '<Override',
      '<Default Extension="dat" ContentType="Application/XML; charset=x"/><Override',
    );
    const header = documentOf('<w:fldSimple w:instr="DDE a b"/>').replaceAll('w:document', 'w:hdr');
    expect(await withParts({ '[Content_Types].xml': types, 'word/header1.dat': header })).toEqual(['EXTERNAL_LINK']);
    const main = {
      '[Content_Types].xml': typesFor(undefined, '/word/document.dat'),
      '_rels/.rels': relations('word\\document.dat'),
    };
    expect(await withParts({ ...main, 'word/document.dat': header.replaceAll('w:hdr', 'w:document') })).toEqual([
      'EXTERNAL_LINK',
    ]);
    expect(await withParts({ ...main, 'word/document.dat': 'x' })).toEqual(['DAMAGED']);
    const said = (encoding: string) => header.replace('"1.0"', `"1.0" encoding="${encoding}"`);
    const latin = Buffer.from(said('iso-8859-1').replace('DDE a', 'DDE ä'), 'latin1');
    expect(await withPart('word/header1.xml', latin)).toEqual(['EXTERNAL_LINK']);
    expect(await withPart('word/header1.xml', said('x-unheard-of'))).toEqual(['DAMAGED']);
  });

  it('is damaged when it is Word’s and not whole', async () => {
    const header = documentOf('').replaceAll('w:document', 'w:hdr');
    expect(await withPart('word/header1.xml', header.slice(0, -3))).toEqual(['DAMAGED']);
    expect(await withPart('customXml/item1.xml', '<x>')).toEqual([]);
  });

  it('may be what Office and its companions write', async () => {
    const toolbars = '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui" onLoad="Ribbon.Load"/>';
    const pane =
      '<we:webextension xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11"><we:reference id="wa104382081" version="1.0" store="zh-CN" storeType="OMEX"/><we:properties><we:property name="x" value="http://a.example"/></we:properties></we:webextension>';
    const settings =
      '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:attachedSchema w:val="http://a.example/x"/><w:mailMerge><w:connectString w:val=""/></w:mailMerge></w:settings>';
    const shape = documentOf(
      `<v:shape ${VML} href="http://a.example/"><v:imagedata o:title="x" src="file:///C:\\x.png"/></v:shape>`,
    );
    const parts = {
      'customUI/customUI14.xml': toolbars,
      'word/webextensions/webextension1.xml': pane,
      'word/settings.xml': settings,
      'word/document.xml': shape,
    };
    expect(await withParts(parts)).toEqual([]);
  });
});

/** The beginning of a workbook that lists one sheet of this kind. */
function sheets(kind: number): Buffer {
  const record = (type: number, data: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(data.length, 2);
    return Buffer.concat([head, data]);
  };
  return Buffer.concat([
    record(0x809, Buffer.alloc(16)),
    record(0x85, Buffer.from([0, 0, 0, 0, 0, kind, 1, 0, 0x61])),
    record(0x0a, Buffer.alloc(0)),
  ]);
}

/** With a size of its content that it does not have. */
function longer(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  bytes.writeUInt32LE(0x7fffffff, bytes.lastIndexOf('a.exe\0') + 6);
  return bytes;
}
