import Docxtemplater from 'docxtemplater';
import inspectModule from 'docxtemplater/js/inspect-module.js';
import PizZip from 'pizzip';
import { sampleView, type TemplateData, view } from './data.js';
import { type Problem, problemsOf, type Tag, tagProblems, wideBraces } from './problems.js';

export type { TemplateData } from './data.js';
export { TEMPLATE_TAGS } from './tags.js';

const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';

export const fillTemplate = (docx: Buffer, data: TemplateData): Buffer => render(docx, view(data)).toBuffer();

/** Empty when it can be filled for every consortium. The file has passed the check of an uploaded Word file before. */
export function templateProblems(docx: Buffer): Problem[] {
  let zip: PizZip;
  try {
    zip = new PizZip(docx);
    if (!zip.file('[Content_Types].xml')?.asText().includes(WORD_TYPE)) return [NOT_WORD];
  } catch {
    return [NOT_WORD];
  }
  try {
    const inspect = (inspectModule as unknown as () => Inspector)();
    const template = open(zip, inspect);
    const tags = inspect.getTemplatedFiles().flatMap((part) => inspect.getStructuredTags(part));
    const problems = [...tagProblems(tags), ...wideBraces(template.getFullText())];
    if (problems.length === 0) for (const listsEmpty of [false, true]) render(docx, sampleView(listsEmpty)).toBuffer();
    return problems;
  } catch (error) {
    return problemsOf(error);
  }
}

/** The package calls it a class and exports a function. */
type Inspector = { getTemplatedFiles(): string[]; getStructuredTags(part: string): Tag[] };

const NOT_WORD: Problem = {
  tag: null,
  zh: '不是 Word 文件（.docx），请另存为 .docx 后重新上传。',
  en: 'It is no Word file (.docx): save it as one and upload it again.',
};

const render = (docx: Buffer, scope: object): Docxtemplater => open(new PizZip(docx)).render(scope);

const open = (zip: PizZip, ...modules: object[]): Docxtemplater =>
  new Docxtemplater(zip, {
    paragraphLoop: true,
    linebreaks: true,
    errorLogging: false,
    nullGetter: () => '',
    parser: (tag) => ({ get: (scope) => own(scope, tag) }),
    modules,
    // neither other delimiters nor tags that insert XML
    syntax: { changeDelimiterPrefix: null },
    fileTypeConfig: withoutRawXml(),
  } as Docxtemplater.DXT.ConstructorOptions);

/** A plain path of names that the data itself has: nothing is computed, called or inherited. */
function own(scope: unknown, tag: string): unknown {
  let value = scope;
  for (const name of tag.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

type FileTypeConfig = { baseModules: (() => { name: string })[] };

function withoutRawXml(): FileTypeConfig {
  const { FileTypeConfig } = Docxtemplater as unknown as { FileTypeConfig: { docx(): FileTypeConfig } };
  const config = FileTypeConfig.docx();
  return { ...config, baseModules: config.baseModules.filter((make) => make().name !== 'RawXmlModule') };
}
