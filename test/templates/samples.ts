import { fromBufferPromise } from 'yauzl';
import { wordFile } from '../../scripts/templates/word.mjs';
import type { TemplateData } from '../../src/templates/fill.js';

const named = (...names: string[]) => names.map((name) => ({ name }));

export const sample = (changes: Partial<TemplateData> = {}): TemplateData => ({
  consortium: {
    code: '430000-2024-13',
    name: '岳阳市现代石化产教联合体',
    listNumber: 13,
    statusLabel: '建设中',
    city: '岳阳市',
    province: '湖南省',
    designationNumber: '湘教通〔2024〕116号',
    designatedOn: '2024-05-16',
  },
  parks: named('湖南岳阳绿色化工高新技术产业开发区'),
  leadSchools: named('湖南石油化工职业技术学院'),
  leadEnterprises: named('中石化湖南石油化工有限公司', '湖南盛锦新材料有限公司'),
  members: named('成员单位甲（演示）', '成员单位乙（演示）'),
  board: {
    form: '理事会',
    members: [{ name: '（演示）', position: '理事长', constituency: '学校', organization: null }],
  },
  obligation: { kindLabel: '年度工作计划', year: 2027, dueOn: '2027-01-20' },
  planItems: [{ title: '共建实训基地（演示）', completion: '已完成' }],
  indicators: [{ code: 'A1', name: '实训基地数', unit: '个', planned: '3', actual: null }],
  today: '2027-01-09',
  ...changes,
});

export const paragraphs = (...texts: string[]): Buffer =>
  wordFile(
    '模板',
    texts.map((text) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`),
  );

export async function partOf(docx: Buffer, name: string): Promise<string> {
  const zip = await fromBufferPromise(docx);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== name) continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }
  throw new Error(`no ${name}`);
}

/** A line for each paragraph, as Word shows it. */
export async function linesOf(docx: Buffer): Promise<string[]> {
  const xml = await partOf(docx, 'word/document.xml');
  return xml
    .slice(xml.indexOf('<w:body>'))
    .split('</w:p>')
    .map((paragraph) =>
      paragraph
        .replace(/<w:br\/>/g, '\n')
        .replace(/<[^>]*>/g, '')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&apos;/g, "'")
        .replace(/&amp;/g, '&'),
    );
}
