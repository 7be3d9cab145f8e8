import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoPdf, demoWord } from '../../src/files/demo.js';
import { inspectStored, inspectWord } from '../../src/files/inspect.js';
import { localStorage } from '../../src/files/local-storage.js';
import { documentOf, folder, relationsTo, typesFor, wordParts, zipOf } from './samples.js';

const found = (finding: string) => ({ readable: false, finding });
const readable = { readable: true };
const sample = await demoWord('年度工作计划', ['一、总体要求', 'Plan <2027> & "more"']);
const dir = await folder();
const zipped = async (parts: Record<string, string | Buffer>) => inspectWord(await zipOf(parts));

describe('a readable Word file', () => {
  it('is the demonstration one: from memory, from a file, from storage', async () => {
    expect(await inspectWord(sample)).toEqual(readable);
    await writeFile(join(dir, 'a.docx'), sample);
    expect(await inspectWord(join(dir, 'a.docx'))).toEqual(readable);
    const storage = localStorage(dir, { links: { upload: () => '' } });
    await storage.put('doc_1', sample);
    expect(await inspectStored(storage, 'doc_1', 'WORD')).toEqual(readable);
    await expect(inspectStored(storage, 'doc_2', 'WORD')).rejects.toThrow();
    await expect(inspectWord(join(dir, 'none.docx'))).rejects.toThrow();
  });

  it('is the same bytes each time', async () => {
    expect((await demoWord('年度工作计划', ['一、总体要求', 'Plan <2027> & "more"'])).equals(sample)).toBe(true);
    expect(await inspectWord(await demoWord('\0\ud800\u001b]]>', []))).toEqual(readable);
  });

  it('may be compressed, have another main part, another prefix, the strict namespace or UTF-16', async () => {
    expect(await zipped(wordParts())).toEqual(readable);
    expect(
      await zipped({
        '[Content_Types].xml': typesFor(undefined, '/word/document2.xml'),
        '_rels/.rels': relationsTo('/word/document2.xml'),
        'Word/Document2.xml': documentOf(''),
        'docProps/thumbnail.jpeg': randomBytes(10_000),
      }),
    ).toEqual(readable);
    const strict = '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body/></document>';
    expect(await zipped(wordParts(strict))).toEqual(readable);
    const wide = Buffer.from(`\ufeff${documentOf('<w:p/>')}`, 'utf16le');
    expect(await zipped(wordParts(wide))).toEqual(readable);
    expect(await zipped(wordParts(`\ufeff${documentOf('')}`))).toEqual(readable);
    const { '_rels/.rels': _, ...usual } = wordParts();
    expect(await zipped(usual)).toEqual(readable);
  });

  it('may hold comments, CDATA, brackets in attributes and a picture as one long attribute', async () => {
    const picture = `<v:shape o:gfxdata='${'A>"b'.repeat(500_000)}'/>`;
    const inner = `<!-- <w:x> --><w:p a="1>2"><![CDATA[ </w:p> ]]>${picture}</w:p><?pi > ?>`;
    expect(await zipped(wordParts(documentOf(inner)))).toEqual(readable);
    expect(await zipped(wordParts(documentOf('<w:p>年度</w:p>'.repeat(300_000))))).toEqual(readable);
  });
});

describe('what is no Word file', () => {
  it('is named for what it is', async () => {
    expect(await inspectWord(Buffer.alloc(0))).toEqual(found('EMPTY'));
    expect(await inspectWord(await demoPdf(['x']))).toEqual(found('WRONG_TYPE'));
    expect(await inspectWord(Buffer.from('<html>报告</html>'))).toEqual(found('WRONG_TYPE'));
    expect(await zipped({ 'a.txt': 'x' })).toEqual(found('WRONG_TYPE'));
    const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
    const parts = {
      '[Content_Types].xml': typesFor(sheet, '/xl/workbook.xml'),
      '_rels/.rels': relationsTo('xl/workbook.xml'),
    };
    expect(await zipped({ ...parts, 'xl/workbook.xml': '<workbook/>' })).toEqual(found('WRONG_TYPE'));
    const macros = typesFor('application/vnd.ms-word.document.macroEnabled.main+xml');
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': macros })).toEqual(found('WRONG_TYPE'));
    const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), randomBytes(2_000)]);
    expect(await inspectWord(ole)).toEqual(found('WRONG_TYPE'));
    const locked = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(99)]);
    expect(await inspectWord(locked)).toEqual(found('ENCRYPTED'));
  });

  it('is damaged when cut at any place', async () => {
    const whole = await zipOf(wordParts(documentOf('<w:p/>'.repeat(100))));
    for (let size = 4; size < whole.length; size += 13) {
      expect([size, await inspectWord(whole.subarray(0, size))]).toEqual([size, found('DAMAGED')]);
    }
  });

  it('is damaged when a byte of a part is another', async () => {
    const altered = Buffer.from(sample);
    altered[altered.indexOf('w:body') + 30] ^= 1;
    expect(await inspectWord(altered)).toEqual(found('DAMAGED'));
  });

  it.each([
    ['empty', ''],
    ['no XML', 'hello'],
    ['cut', documentOf('<w:p/>').slice(0, -5)],
    ['crossed', documentOf('<w:p><w:r></w:p></w:r>')],
    ['another root', '<html xmlns="http://schemas.openxmlformats.org/wordprocessingml/2006/main"></html>'],
    ['another namespace', '<w:document xmlns:w="urn:x"><w:body/></w:document>'],
    ['two roots', documentOf('') + documentOf('')],
    ['declares a type', documentOf('').replace('?>', '?><!DOCTYPE w [<!ENTITY a "aaaa">]>')],
    ['deep', documentOf('<w:p>'.repeat(100_000))],
    ['no UTF-8', Buffer.concat([Buffer.from(documentOf('x').slice(0, -30)), Buffer.from([0xff, 0xfe])])],
    ['NULs', Buffer.alloc(5_000)],
  ])('is damaged when its document is: %s', async (_, document) => {
    expect(await zipped(wordParts(document))).toEqual(found('DAMAGED'));
  });

  it('is damaged without its main part or with an unreadable list of types', async () => {
    const { 'word/document.xml': _, ...rest } = wordParts();
    expect(await zipped(rest)).toEqual(found('DAMAGED'));
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': '<Types' })).toEqual(found('DAMAGED'));
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': 'a '.repeat(2_000_000) })).toEqual(found('DAMAGED'));
    expect(await zipped({ ...wordParts(), 'WORD/document.xml': documentOf('') })).toEqual(found('DAMAGED'));
  });

  it('is not tricked by a long tag without end', async () => {
    const types = `<Types><Override ${'a'.repeat(900_000)}><Override ${'a '.repeat(60_000)}></Types>`;
    const started = Date.now();
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': types })).toEqual(found('WRONG_TYPE'));
    expect(await zipped(wordParts(`<w:document ${'a'.repeat(20_000_000)}`))).toEqual(found('DAMAGED'));
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});

describe('a zip that is larger than it may be', () => {
  it('is refused by its directory, before anything is unpacked', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`p${i}`, '']));
    expect(await inspectWord(await zipOf(many, false))).toEqual(found('UNPACKS_TOO_LARGE'));
    const bomb = await zipOf({ ...wordParts(), 'word/media/a.bin': Buffer.alloc(1_000_000) });
    const entry = bomb.lastIndexOf('word/media/a.bin');
    bomb.writeUInt32LE(536_870_912, entry - 46 + 24);
    expect(await inspectWord(bomb)).toEqual(found('UNPACKS_TOO_LARGE'));
  });

  it('is refused as soon as a part is larger than its directory says', async () => {
    const bomb = await zipOf({ ...wordParts(), 'word/media/a.bin': Buffer.alloc(50_000_000) });
    bomb.writeUInt32LE(1_000, bomb.lastIndexOf('word/media/a.bin') - 46 + 24);
    expect(await inspectWord(bomb)).toEqual(found('UNPACKS_TOO_LARGE'));
    bomb.writeUInt32LE(50_000_001, bomb.lastIndexOf('word/media/a.bin') - 46 + 24);
    expect(await inspectWord(bomb)).toEqual(found('DAMAGED'));
  });

  it('with a password is said to be locked', async () => {
    const locked = Buffer.from(await zipOf(wordParts()));
    locked[locked.lastIndexOf('word/document.xml') - 46 + 8] |= 1;
    expect(await inspectWord(locked)).toEqual(found('ENCRYPTED'));
  });

  it('never breaks on random damage', async () => {
    const whole = await zipOf(wordParts(documentOf('<w:p>年度</w:p>'.repeat(50))));
    for (let i = 0; i < 300; i++) {
      const broken = Buffer.from(whole);
      for (let n = 0; n <= i % 5; n++) broken[(i * 7_919 + n * 104_729) % broken.length] ^= 1 << ((i + n) % 8);
      expect(await inspectWord(broken)).toHaveProperty('readable');
    }
  });
});
