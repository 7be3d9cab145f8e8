import { deflateSync } from 'node:zlib';
import { CATALOG, CONTENTS, documentOf, PAGE, PAGES, pdfOf, typesFor, wordParts, zipOf } from '../samples.js';
import { checking } from './support.js';

/** As in service, but for the time that a test waits. */
const { word, pdf, inspect } = await checking({ milliseconds: 20_000 });
/** With bounds that are reached sooner. */
const small = await checking({ milliseconds: 20_000, xmlBytes: 5_000_000, heapMegabytes: 64, rssBytes: 300_000_000 });
const zipped = async (parts: Record<string, string | Buffer>) => word(await zipOf(parts));
const withObject = (object: string | Buffer) => pdfOf([CATALOG, PAGES, PAGE, CONTENTS, object]);
const streamOf = (dict: string, data: Buffer) =>
  Buffer.concat([Buffer.from(`<< ${dict} /Length ${data.length} >>\nstream\n`), data, Buffer.from('\nendstream')]);
const whole = await zipOf(wordParts(documentOf('<w:p/>'.repeat(100))));
const spaces = deflateSync(Buffer.alloc(160_000_000, ' '));
const spacesTwice = deflateSync(spaces);

describe('a zip that is larger than it may be', () => {
  it('is refused by its directory, before anything is unpacked', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`p${i}`, '']));
    expect(await word(await zipOf(many, false))).toEqual(['UNPACKS_TOO_LARGE']);
    const bomb = await zipOf({ ...wordParts(), 'word/media/a.bin': Buffer.alloc(1_000_000) });
    bomb.writeUInt32LE(536_870_912, bomb.lastIndexOf('word/media/a.bin') - 46 + 24);
    expect(await word(bomb)).toEqual(['UNPACKS_TOO_LARGE']);
  });

  it('is refused as soon as a part is larger than its directory says', async () => {
    const bomb = await zipOf({ ...wordParts(), 'word/media/a.bin': Buffer.alloc(5_000_000) });
    const size = bomb.lastIndexOf('word/media/a.bin') - 46 + 24;
    bomb.writeUInt32LE(1_000, size);
    expect(await word(bomb)).toEqual(['UNPACKS_TOO_LARGE']);
    bomb.writeUInt32LE(5_000_001, size);
    expect(await word(bomb)).toEqual(['DAMAGED']);
  });

  it('is refused when its parts share their bytes', async () => {
    const shared = Buffer.from(await zipOf({ ...wordParts(), 'word/b': 'x', 'word/c': 'x' }));
    const second = shared.lastIndexOf('word/c') - 46;
    shared.writeUInt32LE(shared.readUInt32LE(shared.lastIndexOf('word/b') - 46 + 42), second + 42);
    shared.write('word/b', second + 46);
    expect(await word(shared)).toEqual(['UNPACKS_TOO_LARGE']);
  });

  it('is refused for too much XML, and for entities that stand for more', async () => {
    const much = documentOf(' '.repeat(5_000_000));
    expect(await small.word(await zipOf(wordParts(much)))).toEqual(['UNPACKS_TOO_LARGE']);
    const laughs = `<!DOCTYPE w [<!ENTITY a "${'ha'.repeat(50)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'abcdefghij'[i + 1]} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]>`;
    expect(await zipped(wordParts(documentOf('&j;').replace('?>', `?>${laughs}`)))).toEqual(['DAMAGED']);
  });

  it('may hold bombs that nobody unpacks', async () => {
    const inner = await zipOf({ x: Buffer.alloc(10_000_000) });
    expect(await zipped({ ...wordParts(), 'word/embeddings/a.zip': await zipOf({ a: inner, b: inner }) })).toEqual([]);
  });
});

describe('a broken Word file', () => {
  it('is damaged when cut at any place', async () => {
    for (let size = 4; size < whole.length; size += 13)
      expect([size, await word(whole.subarray(0, size))]).toEqual([size, ['DAMAGED']]);
  });

  it.each([
    ['empty', ''],
    ['no XML', 'hello'],
    ['cut', documentOf('<w:p/>').slice(0, -5)],
    ['crossed', documentOf('<w:p><w:r></w:p></w:r>')],
    ['another root', '<html xmlns="http://schemas.openxmlformats.org/wordprocessingml/2006/main"></html>'],
    ['another namespace', '<w:document xmlns:w="urn:x"><w:body/></w:document>'],
    ['two roots', documentOf('') + documentOf('')],
    ['deep', documentOf('<w:p>'.repeat(100_000))],
    ['no UTF-8', Buffer.concat([Buffer.from(documentOf('x').slice(0, -30)), Buffer.from([0xff, 0xfe])])],
    ['NULs', Buffer.alloc(5_000)],
    ['a tag without end', `<w:document ${'a'.repeat(5_000_000)}`],
    ['thousands of attributes', documentOf(`<w:p ${Array.from({ length: 30_000 }, (_, i) => `a${i}="x"`).join(' ')}>`)],
  ])('is damaged when its document is: %s', async (_, document) => {
    expect(await zipped(wordParts(document))).toEqual(['DAMAGED']);
  });

  it('is damaged without its main part, with unreadable lists, or with a byte that is another', async () => {
    const { 'word/document.xml': _, ...rest } = wordParts();
    expect(await zipped(rest)).toEqual(['DAMAGED']);
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': '<Types' })).toEqual(['DAMAGED']);
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': 'a '.repeat(2_000_000) })).toEqual(['DAMAGED']);
    expect(await zipped({ ...wordParts(), '[Content_Types].xml': typesFor().replace('</Types>', '') })).toEqual([
      'DAMAGED',
    ]);
    expect(await zipped({ ...wordParts(), 'WORD/document.xml': documentOf('') })).toEqual(['DAMAGED']);
    const altered = await zipOf(wordParts(), false);
    altered[altered.indexOf('w:body') + 3] ^= 1;
    expect(await word(altered)).toEqual(['DAMAGED']);
  });

  it('is damaged when a part is named to leave the folder, or by two names', async () => {
    const named = (name: string) => {
      const bytes = Buffer.from(whole);
      for (let at = bytes.indexOf('_rels/.rels'); at >= 0; at = bytes.indexOf('_rels/.rels', at + 1))
        bytes.write(name, at);
      return bytes;
    };
    for (const name of ['../../../x', '/etc/passwd', 'C:/windows/'])
      expect(await word(named(name.slice(0, 11).padEnd(11, 'x')))).toEqual(['DAMAGED']);
    const two = Buffer.from(whole);
    two.write('_rels/.relz', two.indexOf('_rels/.rels'));
    expect(await word(two)).toEqual(['DAMAGED']);
  });

  it('with a password is said to be locked', async () => {
    const locked = Buffer.from(whole);
    locked[locked.lastIndexOf('word/document.xml') - 46 + 8] |= 1;
    expect(await word(locked)).toEqual(['ENCRYPTED']);
  });
});

describe('a hostile PDF', () => {
  const quickly = async (bytes: Buffer, findings: string[], look = pdf) => {
    const started = Date.now();
    expect(await look(bytes)).toEqual(findings);
    expect(Date.now() - started).toBeLessThan(15_000);
  };

  it('that unpacks without end stops at a bound', async () => {
    await quickly(withObject(streamOf('/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode', spaces)), [
      'UNPACKS_TOO_LARGE',
    ]);
    await quickly(
      withObject(streamOf('/Type /ObjStm /N 1 /First 5 /Filter [/FlateDecode /FlateDecode]', spacesTwice)),
      ['UNPACKS_TOO_LARGE'],
    );
    await quickly(withObject(streamOf('/Type /EmbeddedFile /Filter /FlateDecode', spaces)), ['UNPACKS_TOO_LARGE']);
    await quickly(
      withObject(streamOf('/Type /ObjStm /N 1 /First 5 /Filter [/RunLengthDecode /FlateDecode]', spaces)),
      [],
    );
  });

  it('whose page unpacks without end is killed at a bound, and what was known of it stays known', async () => {
    const page = pdfOf([
      CATALOG,
      PAGES,
      PAGE,
      streamOf('/Filter [/FlateDecode /FlateDecode]', spacesTwice),
      '<< /S /Launch >>',
    ]);
    await quickly(page, ['UNPACKS_TOO_LARGE', 'LAUNCH_ACTION'], small.pdf);
  });

  it('that fills the heap is killed by it', async () => {
    await quickly(
      Buffer.from(`%PDF-1.7\n1 0 obj [${'[1] '.repeat(2_000_000)}] endobj`),
      ['UNPACKS_TOO_LARGE'],
      small.pdf,
    );
  });

  it('that goes in circles ends', async () => {
    await quickly(pdfOf(['1 0 R', PAGES, PAGE]), ['DAMAGED']);
    await quickly(withObject('5 0 R'), []);
    await quickly(pdfOf([CATALOG, PAGES, PAGE.replace('4 0 R', '3 0 R')]), []);
    await quickly(withObject(`<< /Prev 9 /Type /XRef /Size 5 >>`), []);
    await quickly(Buffer.from(unended(20_000).replace('trailer\n<<', 'trailer\n<< /Prev 10')), ['DAMAGED']);
    await quickly(withObject(`${'<< /A '.repeat(50_000)} 1 ${'>>'.repeat(50_000)}`), []);
    const names = Array.from({ length: 30 }, (_, i) => `<< /Kids [${i + 6} 0 R ${i + 6} 0 R] >>`);
    await quickly(
      pdfOf([CATALOG.replace('>>', '/Names << /JavaScript 5 0 R >> >>'), PAGES, PAGE, CONTENTS, ...names]),
      [],
    );
  });

  it('that has ten thousand signatures, or a signature of nested nonsense, ends', async () => {
    const signature = (i: number) => `<< /Type /Sig /ByteRange [0 9 20 ${i + 1}] /Contents <30820000> >>`;
    const many = pdfOf([CATALOG, PAGES, PAGE, CONTENTS, ...Array.from({ length: 10_000 }, (_, i) => signature(i))]);
    expect((await inspect(many, 'STAMPED_PDF')).signatures.length).toBe(200);
    const nested = `<< /Type /Sig /ByteRange [0 9 20 30] /Contents <${'3080'.repeat(100_000)}> >>`;
    expect((await inspect(withObject(nested), 'STAMPED_PDF')).signatures).toMatchObject([{ digestMatches: false }]);
  });
});

/** Objects without end: what a parser makes of it takes the square of their number. */
function unended(count: number): string {
  return `%PDF-1.7\n${'1 0 obj ('.repeat(count)}\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF`;
}
