import { CATALOG, CONTENTS, documentOf, PAGE, PAGES, pdfOf, wordParts, zipOf } from '../samples.js';
import { oleOf } from './ole-samples.js';
import { checking } from './support.js';

/** Each of these would take many minutes where the work grew with the square of the file. */
const { word, pdf } = await checking({ milliseconds: 30_000 });
const BEGIN = '<w:fldChar w:fldCharType="begin"/>';
const SEPARATE = '<w:fldChar w:fldCharType="separate"/>';
const END = '<w:fldChar w:fldCharType="end"/>';
const instruction = (text: string) => `<w:instrText>${text}</w:instrText>`;
const DDE = BEGIN + instruction('DDE a b') + END;
const deep = (inner: string) => '<w:p>'.repeat(1_900) + inner + '</w:p>'.repeat(1_900);

describe('a Word file is checked in time that grows with its size', () => {
  it.each([
    [
      'a field with many separators',
      BEGIN + instruction(`INCLUDETEXT ${'a '.repeat(32_000)}`) + SEPARATE.repeat(200_000),
    ],
    ['an instruction in many pieces, within many fields', BEGIN.repeat(2_000) + instruction('a').repeat(200_000)],
    [
      'many fields within many',
      (BEGIN + instruction('IF')).repeat(2_000) + (BEGIN + instruction('A') + END).repeat(100_000),
    ],
    ['many elements within many, whose prefix is declared at the root', deep('<w:t/>'.repeat(2_000_000))],
    ['many declarations within many', deep('<w:t xmlns:a="x" a:b="1"/>'.repeat(300_000))],
    ['a letter with a million marks', `<w:t>a${'\u0315\u0300'.repeat(500_000)}</w:t>`],
  ])('%s', async (_, inner) => {
    // and what stands behind it is still seen
    expect(await word(await zipOf(wordParts(documentOf(inner + DDE))))).toEqual(['EXTERNAL_LINK']);
  });

  it('has a bound for what fields say, counted for each around it', async () => {
    const text = 'a'.repeat(64_000);
    const nested =
      (BEGIN + instruction('IF')).repeat(20) + (BEGIN + instruction(text) + END).repeat(10) + END.repeat(20);
    expect(await word(await zipOf(wordParts(documentOf(nested.repeat(2)))))).toEqual([]);
    expect(await word(await zipOf(wordParts(documentOf(nested.repeat(40)))))).toEqual(['UNPACKS_TOO_LARGE']);
  });

  it('names of a million dots, and containers whose streams share their bytes', async () => {
    const dots = `${'. '.repeat(20_000)}x`;
    expect(await word(await zipOf({ ...wordParts(), [`word/${dots}`]: 'x', [`word/${dots}.exe . .`]: 'x' }))).toEqual([
      'EMBEDDED_EXECUTABLE',
    ]);
    let inner = oleOf({ '\u0001Ole10Native': 'x'.repeat(5_000) });
    for (let i = 0; i < 3; i++) inner = oleOf({ '\u0001Ole10Native': inner }, undefined, 100);
    expect(await word(await zipOf({ ...wordParts(), 'word/embeddings/a.bin': inner }))).toEqual([]);
  });
});

describe('fields, judged once', () => {
  const fields = (inner: string) => zipOf(wordParts(documentOf(inner))).then((bytes) => word(bytes));
  it.each([
    ['before the result', BEGIN + instruction('DDE a') + SEPARATE + instruction('x') + END],
    ['in the result', BEGIN + instruction('PAGE') + SEPARATE + instruction('DDE a') + END],
    ['built by those within', BEGIN + instruction('DD') + BEGIN + instruction('E a b') + SEPARATE + END + END],
    ['below more fields than Word nests', BEGIN.repeat(150) + instruction('DDE a') + END.repeat(150)],
    ['without an end', BEGIN + BEGIN + instruction('DDE a')],
    ['without a beginning', instruction('DDE a')],
  ])('are seen %s', async (_, inner) => {
    expect(await fields(inner)).toEqual(['EXTERNAL_LINK']);
  });

  it('are not mixed with those beside them in a result', async () => {
    const beside =
      instruction('INCLUDEPICTURE "C:\\\\a.png"') + END + BEGIN + instruction('HYPERLINK "http://a.cn"') + END;
    expect(await fields(BEGIN + instruction('TOC') + SEPARATE + BEGIN + beside + END)).toEqual([]);
  });
});

describe('a PDF is checked in time that grows with its size', () => {
  const many = (piece: string, count = 40_000) => piece.repeat(count);
  const list = Array.from({ length: 40_000 }, (_, i) => `${i} 0`).join(' ');
  it.each([
    ['texts within texts', many('1 0 obj (') + many(')'), ['DAMAGED']],
    ['comments within comments', `${many('1 0 obj %')}\n1`, ['DAMAGED']],
    ['hexadecimal without end', many('1 0 obj <'), ['DAMAGED']],
    ['streams without end', many('1 0 obj<<>>stream\n', 300_000), ['DAMAGED']],
    ['trailers beside streams', many('1 0 obj<<>>stream\nendstream ') + many('trailer<<>> '), ['DAMAGED']],
    ['trailers within trailers', many('trailer(') + many(')'), ['DAMAGED']],
    [
      'an object stream whose entries are one',
      `9 0 obj <</Type/ObjStm/N 40000/First ${list.length + 1}>>stream\n${list} [${many('1 ')}]\nendstream endobj`,
      ['DAMAGED'],
    ],
  ])('%s', async (_, inner, findings) => {
    const whole = pdfOf([CATALOG, PAGES, PAGE, CONTENTS]).toString('latin1');
    const body = whole.indexOf('xref');
    expect(await pdf(Buffer.from(whole.slice(0, body) + inner + whole.slice(body), 'latin1'))).toEqual(findings);
  });

  it('an attachment with a name of a million dots', async () => {
    const named = `<< /EF << /F 4 0 R >> /F (${'. '.repeat(500_000)}x) >>`;
    expect(await pdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, named]))).toEqual(['EMBEDDED_FILE']);
  });
});
