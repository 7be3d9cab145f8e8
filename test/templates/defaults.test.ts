import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { outlines } from '../../scripts/templates/outlines.mjs';
import { wordFile } from '../../scripts/templates/word.mjs';
import { ReportKind } from '../../src/graph/enums.js';
import { defaultTemplate } from '../../src/templates/defaults.js';
import { fillTemplate, TEMPLATE_TAGS, templateProblems } from '../../src/templates/fill.js';
import { opensInWord } from '../support/inspected.js';
import { linesOf, partOf, sample } from './samples.js';

const kinds = Object.keys(ReportKind) as ReportKind[];

describe.each(kinds)('%s', (kind) => {
  test('is a Word file with nothing wrong, as its outline says', async () => {
    const template = await defaultTemplate(kind);
    await opensInWord(template);
    expect(templateProblems(template)).toEqual([]);
    const made = wordFile(outlines[kind].title, outlines[kind].blocks);
    expect(await partOf(made, 'word/document.xml')).toBe(await partOf(template, 'word/document.xml'));
    expect(await partOf(made, 'word/styles.xml')).toBe(await partOf(template, 'word/styles.xml'));
  });

  test('holds the list’s data, and a place for the seal of every lead unit', async () => {
    const docx = fillTemplate(await defaultTemplate(kind), sample());
    await opensInWord(docx);
    const lines = await linesOf(docx);
    const text = lines.join('\n');
    for (const part of [
      '岳阳市现代石化产教联合体',
      '（2027年）',
      '430000-2024-13',
      '湘教通〔2024〕116号（2024年5月16日）',
      '湖南岳阳绿色化工高新技术产业开发区',
      '成员单位甲（演示）、成员单位乙（演示）',
      '理事长',
      '共建实训基地（演示）',
      '实训基地数',
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/[{}]/);
    const seals = lines.slice(lines.findIndex((line) => line.includes('各牵头单位盖章')));
    for (const unit of ['湖南石油化工职业技术学院', '中石化湖南石油化工有限公司', '湖南盛锦新材料有限公司'])
      expect(seals).toContain(unit);
    expect(seals.filter((line) => line.includes('盖章处）'))).toHaveLength(3);
  });

  test('shows rows to fill in where nothing is known', async () => {
    const empty = sample({ planItems: [], indicators: [], members: [], board: { form: '理事会', members: [] } });
    const docx = fillTemplate(await defaultTemplate(kind), empty);
    await opensInWord(docx);
    const text = (await linesOf(docx)).join('\n');
    for (const part of ['【请填写事项】', '【请填写指标】', '【请填写职务】']) expect(text).toContain(part);
    expect(text).not.toMatch(/[{}]|undefined|null/);
  });
});

test('the README lists the tags that there are', () => {
  const readme = readFileSync(new URL('../../seeds/templates/README.md', import.meta.url), 'utf8');
  const [values, ...lists] = readme.split(/^### /m);
  const rows = (text: string) =>
    [...text.matchAll(/^\| `\{([\w.]+)\}` \| (.*?) \| (.*?) \|$/gm)].map(([, tag, zh, en]) => ({ tag, zh, en }));
  expect(rows(values)).toEqual(TEMPLATE_TAGS.values);
  expect(
    lists.map((text) => {
      const [, tag, zh, en] = /^`\{#([\w.]+)\}` (.*?) · (.*)$/m.exec(text)!;
      return { tag, zh, en, fields: rows(text) };
    }),
  ).toEqual(TEMPLATE_TAGS.lists);
});
