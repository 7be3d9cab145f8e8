import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { type EndOptions, ZipFile } from 'yazl';
import { documentOf, typesFor, wordParts, zipOf } from '../samples.js';
import { packageOf } from './ole-samples.js';
import { relating, relationOf } from './support.js';

const { word, withParts } = await relating();
const parts = wordParts(documentOf('<w:p><w:r><w:t>年度计划</w:t></w:r></w:p>'));
const DDE = documentOf('<w:fldSimple w:instr="DDE a b"/>').replaceAll('w:document', 'w:hdr');
const APPLE = Buffer.concat([Buffer.from('0005160700020000', 'hex'), Buffer.from('Mac OS X        \0\0')]);
const yazl = async (add: (zip: ZipFile, name: string, data: Buffer) => void, end: Partial<EndOptions> = {}) => {
  const zip = new ZipFile();
  for (const [name, data] of Object.entries(parts)) add(zip, name, Buffer.from(data as string));
  zip.end(end as EndOptions);
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
};
const rewritten = (change: (name: string, text: string) => Buffer | string) =>
  withParts(Object.fromEntries(Object.entries(parts).map(([name, data]) => [name, change(name, String(data))])));

describe('a package of another packer', () => {
  it('may be in ZIP64, be written as a stream, have another order, a comment or a filled end', async () => {
    expect(
      await word(
        await yazl((zip, name, data) => zip.addBuffer(data, name, { forceZip64Format: true }), {
          forceZip64Format: true,
        }),
      ),
    ).toEqual([]);
    expect(await word(await yazl((zip, name, data) => zip.addReadStream(Readable.from([data]), name)))).toEqual([]);
    const stored = (zip: ZipFile, name: string, data: Buffer) =>
      zip.addReadStream(Readable.from([data]), name, { compress: false });
    expect(await word(await yazl(stored))).toEqual([]);
    expect(
      await word(await yazl((zip, name, data) => zip.addBuffer(data, name), { comment: 'made by x <x@a.example>' })),
    ).toEqual([]);
    expect(await word(await zipOf(Object.fromEntries(Object.entries(parts).reverse())))).toEqual([]);
    expect(await word(Buffer.concat([await zipOf(parts), Buffer.alloc(4_000)]))).toEqual([]);
    expect(await withParts({ 'word/[trash]/0000.dat': Buffer.alloc(50, 255) })).toEqual([]);
  });

  it('may have been packed anew by the Finder', async () => {
    const beside = Object.keys(parts).map((name) => [`__MACOSX/${name.replace(/([^/]+)$/, '._$1')}`, APPLE]);
    expect(await withParts({ ...Object.fromEntries(beside), '.DS_Store': Buffer.from('\0\0\0\x01Bud1') })).toEqual([]);
  });

  it('may have backslashes in its names and targets, absolute targets, and names in capitals', async () => {
    const named = await zipOf(parts);
    for (const name of Object.keys(parts).filter((n) => n.includes('/')))
      for (let at = named.indexOf(name); at >= 0; at = named.indexOf(name, at + 1))
        named.write(name.replaceAll('/', '\\'), at);
    expect(await word(named)).toEqual([]);
    for (const target of ['/word/document.xml', './word/document.xml', 'word\\document.xml', 'WORD/Document.XML'])
      expect(await withParts({ '_rels/.rels': relationOf('officeDocument', target, '') })).toEqual([]);
  });

  it('may be in UTF-8 with a mark, in UTF-16 of either order, or in what it declares', async () => {
    const marked = (text: string) => `\ufeff${text.replace('?>', ' encoding="UTF-16"?>')}`;
    expect(await rewritten((_, text) => `\ufeff${text}`)).toEqual([]);
    expect(await rewritten((_, text) => Buffer.from(marked(text), 'utf16le'))).toEqual([]);
    expect(await rewritten((_, text) => Buffer.from(marked(text), 'utf16le').swap16())).toEqual([]);
    const gbk = Buffer.concat([
      Buffer.from(
        documentOf('<w:p><w:r><w:t>').replace('?>', ' encoding="GBK"?>').replace('</w:body></w:document>', ''),
      ),
      Buffer.from('c4eab6c8', 'hex'),
      Buffer.from('</w:t></w:r></w:p></w:body></w:document>'),
    ]);
    expect(await withParts({ 'word/document.xml': gbk })).toEqual([]);
  });
});

describe('a package that hides a part', () => {
  it('among what the Finder writes', async () => {
    expect(await withParts({ '__MACOSX/header1.xml': DDE, '__MACOSX/._header2.xml': '' })).toEqual(['EXTERNAL_LINK']);
    const main = {
      '[Content_Types].xml': typesFor(undefined, '/__MACOSX/._a.xml'),
      '_rels/.rels': relationOf('officeDocument', '__MACOSX/._a.xml', ''),
    };
    expect(await withParts({ ...main, '__MACOSX/._a.xml': DDE.replaceAll('w:hdr', 'w:document') })).toEqual([
      'EXTERNAL_LINK',
    ]);
  });

  it('behind a first piece that is a byte long', async () => {
    const wide = Buffer.from(`\ufeff${DDE}`, 'utf16le');
    expect(await word(rawZip({ ...parts, 'word/header1.xml': slow(wide, 1) }))).toEqual(['EXTERNAL_LINK']);
    const object = slow(packageOf('a.exe', Buffer.alloc(50_000)), 1);
    expect(await word(rawZip({ ...parts, 'word/media/image1.png': object }))).toEqual(['EMBEDDED_EXECUTABLE']);
    expect(
      await word(rawZip({ ...parts, 'word/header1.xml': slow(Buffer.from(DDE.replace('DDE', 'TOC')), 1) })),
    ).toEqual([]);
  });

  it('behind an attribute of the same name', async () => {
    const twice = 'w:instr="DDE a b" x:instr="PAGE" xmlns:x="urn:x" instr="PAGE"';
    expect(await withParts({ 'word/document.xml': documentOf(`<w:fldSimple ${twice}/>`) })).toEqual(['EXTERNAL_LINK']);
    const list = relationOf('attachedTemplate', 'http://a.example/x').replace(
      '/></',
      ' x:Target="NULL" x:TargetMode="Internal" xmlns:x="urn:x"/></',
    );
    expect(await withParts({ 'word/_rels/settings.xml.rels': list })).toEqual(['EXTERNAL_LINK']);
  });

  it('behind a relation that calls itself a link', async () => {
    const R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
    const A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"';
    const linked = (inner: string) =>
      withParts({
        'word/_rels/document.xml.rels': relationOf('hyperlink', 'http://a.example/x'),
        'word/document.xml': documentOf(inner),
      });
    expect(await linked(`<a:blip ${A} ${R} r:link="r"/>`)).toEqual(['EXTERNAL_LINK']);
    expect(await linked(`<w:altChunk ${R} r:id="r"/>`)).toEqual(['EXTERNAL_LINK']);
    expect(
      await linked(`<w:hyperlink ${R} r:id="r"/><a:hlinkClick ${A} ${R} r:id="r"/><a:blip ${A} ${R} r:link="r2"/>`),
    ).toEqual([]);
    const credit = '<p:picAttrSrcUrl xmlns:p="http://schemas.microsoft.com/office/drawing/2016/11/main"';
    expect(await linked(`${credit} ${R} r:id="r"/>`)).toEqual([]);
  });
});

describe('a field whose instruction is not all known', () => {
  const char = (type: string) => `<w:fldChar w:fldCharType="${type}"/>`;
  const text = (instruction: string) => `<w:instrText>${instruction}</w:instrText>`;
  const field = (instruction: string, result = '') =>
    `<w:p><w:r>${char('begin')}${text(instruction)}${char('separate')}${result}${char('end')}</w:r></w:p>`;
  const found = (inner: string) => withParts({ 'word/document.xml': documentOf(inner) });

  it('is refused when others build what it fetches, or when it is longer than anybody writes', async () => {
    const built = `${char('begin')}${text('INCLUDEPICTURE "')}${field('QUOTE "ht"')}${field('QUOTE "tp://a.example/x"')}${text('"')}${char('end')}`;
    expect(await found(built)).toEqual(['EXTERNAL_LINK']);
    expect(await found(field(`INCLUDETEXT${' '.repeat(200_000)}http://a.example/x`))).toEqual(['EXTERNAL_LINK']);
    expect(await found(field(`${' '.repeat(200_000)}DDE a b`))).toEqual(['EXTERNAL_LINK']);
    expect(await found(`${char('begin')}${text(' " ').repeat(50_000)}${text('DDE a b')}${char('end')}`)).toEqual([
      'EXTERNAL_LINK',
    ]);
  });

  it('is none of these when it asks, computes or keeps notes, or when the other is in its result', async () => {
    const asks = `${char('begin')}${text('IF ')}${field('MERGEFIELD a')}${text(' = "1" "a" "b"')}${char('end')}`;
    expect(await found(asks)).toEqual([]);
    expect(await found(field(`ADDIN ZOTERO_ITEM CSL_CITATION {${'"a": "b", '.repeat(20_000)}}`))).toEqual([]);
    const copied = 'INCLUDEPICTURE "cid:a.png" \\* MERGEFORMATINET';
    expect(await found(field(copied, field(copied)))).toEqual([]);
  });
});

type Packed = { size: number; crc: number; data: Buffer };

/** Deflated so that its first bytes come alone, after a piece of input that holds nothing. */
function slow(content: Buffer, first: number): Packed {
  const nothing = Buffer.from('000000ffff', 'hex');
  const begin = Buffer.concat([Buffer.from([0, first, 0, 255 - first, 255]), content.subarray(0, first)]);
  const data = Buffer.concat([
    begin,
    ...new Array<Buffer>(20_000).fill(nothing),
    deflateRawSync(content.subarray(first)),
  ]);
  return { size: content.length, crc: crc32(content), data };
}

const packed = (content: Buffer): Packed => ({
  size: content.length,
  crc: crc32(content),
  data: deflateRawSync(content),
});

function rawZip(entries: Record<string, string | Buffer | Packed>): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const { size, crc, data } =
      typeof entry === 'object' && 'crc' in entry ? entry : packed(Buffer.from(entry as string));
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    files.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), data);
    list.push(Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name));
    at += 30 + name.length + data.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, directory, end]);
}
