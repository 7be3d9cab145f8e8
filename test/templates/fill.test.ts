import 'reflect-metadata';
import PizZip from 'pizzip';
import { fillTemplate, templateProblems } from '../../src/templates/fill.js';
import { opensInWord } from '../support/inspected.js';
import { linesOf, paragraphs, partOf, sample } from './samples.js';

const filled = async (texts: string[], data = sample()) => linesOf(fillTemplate(paragraphs(...texts), data));
const told = (...texts: string[]) => templateProblems(paragraphs(...texts));

test('values, joined names, days in Chinese', async () => {
  const [line] = await filled([
    '{consortium.name}|{consortium.listNumber}|{consortium.leadEnterprises}|{obligation.dueOn}|{consortium.designatedOn}|{today}',
  ]);
  expect(line).toBe(
    '岳阳市现代石化产教联合体|13|中石化湖南石油化工有限公司、湖南盛锦新材料有限公司|2027年1月20日|2024年5月16日|2027年1月9日',
  );
});

test('a list repeats its paragraphs; an empty one shows what is to be filled in', async () => {
  const texts = ['{#leadUnits}', '{number}. {name}', '{/leadUnits}', '{^planItems}', '【请填写】', '{/planItems}'];
  expect((await filled(texts)).slice(0, 3)).toEqual([
    '1. 湖南石油化工职业技术学院',
    '2. 中石化湖南石油化工有限公司',
    '3. 湖南盛锦新材料有限公司',
  ]);
  expect((await filled(texts)).join()).not.toContain('【请填写】');
  expect((await filled(texts, sample({ planItems: [] })))[3]).toBe('【请填写】');
});

test('what is not known is left empty', async () => {
  const [line] = await filled([
    '{#indicators}{name}:{actual}.{/indicators}{#board.members}[{organization}]{/board.members}',
  ]);
  expect(line).toBe('实训基地数:.[]');
});

test('names are text, whatever they look like: no XML, no tags, no control characters', async () => {
  const name = '</w:t></w:r><w:r>&amp;{today}{#parks}\u0000\u001b\ud800\ufffe"\'第一行\n第二行';
  const docx = fillTemplate(paragraphs('《{consortium.name}》', '{#parks}{name}{/parks}'), {
    ...sample({ parks: [{ name }] }),
    consortium: { ...sample().consortium, name },
  });
  await opensInWord(docx);
  const clean = '</w:t></w:r><w:r>&amp;{today}{#parks}"\'第一行\n第二行';
  expect((await linesOf(docx)).slice(0, 2)).toEqual([`《${clean}》`, clean]);
});

test('a tag computes, calls and inherits nothing', async () => {
  const tags = [
    'constructor',
    'consortium.constructor',
    '__proto__',
    'consortium.name.length',
    'today.toString',
    '1+1',
    'consortium["name"]',
  ];
  expect(await filled(tags.map((tag) => `[{${tag}}]`))).toEqual([...tags.map(() => '[]'), expect.any(String)]);
  for (const tag of tags) expect(told(`{${tag}}`)).toEqual([expect.objectContaining({ tag })]);
});

test('XML is not inserted and delimiters do not change', async () => {
  const data = { ...sample(), consortium: { ...sample().consortium, name: '<w:p/>' } };
  for (const text of ['{@consortium.name}', '{=[[ ]]=}[[consortium.name]]']) {
    const xml = await partOf(fillTemplate(paragraphs(text), data), 'word/document.xml');
    expect(xml).not.toContain('<w:p/>');
    expect(told(text)).not.toEqual([]);
  }
});

test('each thing that is wrong is told by its tag, in both languages', () => {
  expect(told('{consortium.nmae} {name}', '{#parks}{position}{/parks}')).toMatchObject([
    { tag: 'consortium.nmae' },
    { tag: 'name' },
    { tag: 'position' },
  ]);
  expect(told('{#parks}{name}')).toMatchObject([{ tag: 'parks', zh: expect.stringContaining('{/parks}') }]);
  expect(told('{name}{/parks}')).toMatchObject([{ tag: 'parks', zh: expect.stringContaining('{#parks}') }]);
  expect(told('{#parks}{name}{/members}')[0].zh).toMatch(/不一致|没有/);
  expect(told('{consortium.name')).toMatchObject([{ zh: expect.stringContaining('花括号') }]);
  expect(told('consortium.name}')).toMatchObject([{ zh: expect.stringContaining('花括号') }]);
  expect(told('{parks}')).toMatchObject([{ tag: 'parks', zh: expect.stringContaining('是列表') }]);
  expect(told('{#today}x{/today}')).toMatchObject([{ tag: 'today', zh: expect.stringContaining('不是列表') }]);
  expect(told('｛consortium.name｝')).toMatchObject([{ tag: 'consortium.name', zh: expect.stringContaining('全角') }]);
  for (const problem of told('{nothing}')) expect(problem.en).toMatch(/^[A-Z].*\.$/);
});

test('a footer is looked at as well, and a tag that Word has cut into pieces is whole', async () => {
  const cut = paragraphs('{consor</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>tium.city}');
  expect(templateProblems(cut)).toEqual([]);
  expect((await linesOf(fillTemplate(cut, sample())))[0]).toBe('岳阳市');
  const footed = new PizZip(cut);
  footed.file('word/footer1.xml', footed.file('word/footer1.xml')!.asText().replace('— ', '{nothing}'));
  expect(templateProblems(footed.generate({ type: 'nodebuffer' }))).toMatchObject([{ tag: 'nothing' }]);
});

test('a list within a list would multiply, and is refused', () => {
  expect(told('{#members}{#members}{name}{/members}{/members}')).toMatchObject([
    { zh: expect.stringContaining('之内') },
  ]);
  expect(told('{^planItems}{#members}{name}{/members}{/planItems}')).toEqual([]);
  expect(told('{#planItems}{title}{^indicators}无指标{/indicators}{/planItems}')).toEqual([]);
});

test('what is no Word file is told as such', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('PK'),
    Buffer.from('{today}'),
    Buffer.from('504b0506'.padEnd(44, '0'), 'hex'),
  ])
    expect(templateProblems(bytes)).toMatchObject([{ tag: null, zh: expect.stringContaining('不是 Word 文件') }]);
  const macros = new PizZip(paragraphs('x'));
  const types = macros.file('[Content_Types].xml')!.asText();
  macros.file(
    '[Content_Types].xml',
    types.replace(/application\/vnd[^"]*document\.main\+xml/, 'application/vnd.ms-word.document.macroEnabled.main+xml'),
  );
  expect(templateProblems(macros.generate({ type: 'nodebuffer' }))).toMatchObject([{ tag: null }]);
});
