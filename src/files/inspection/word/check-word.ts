import { posix } from 'node:path';
import { BOUNDS } from '../bounds.js';
import { lookInto } from '../content/embedded.js';
import { isOle } from '../content/ole.js';
import { lastZip } from '../content/zip.js';
import { type FindingCode, inOrder, Stop } from '../findings.js';
import type { Report } from '../report.js';
import { sketchOf } from '../sketch.js';
import { DocumentText } from './document-text.js';
import { findingsOfRelation } from './links.js';
import { notWord } from './not-word.js';
import { Package, type Part } from './package.js';
import { type Attributes, listed } from './xml.js';

const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
const WITH_MACROS = /^application\/vnd\.ms-word\.(?:document|template)\.macroenabled/i;
const MACRO_TYPE = /vnd\.ms-office\.vbaproject|vnd\.ms-word\.vbadata/i;
const MACRO_PART = /(?:^|\/)(?:vbaproject\.bin|vbadata\.xml)$/;
const TYPES_PART = '[content_types].xml';
const RELATIONS_PART = '_rels/.rels';
const USUAL_MAIN_PART = 'word/document.xml';
/** Notes are printed with the text; headers and footers would be counted on every page of the PDF anyway. */
const NOTES = /\/(?:footnotes|endnotes)\.xml$/;
const XML = /\.(?:xml|rels|vml)$/;
/** What is only shown; the rest may be opened, and is looked at as a whole. */
const SHOWN = /\.(?:jpe?g|png|gif|bmp|tiff?|emf|wmf|svg|webp|wdp|odttf|fntdata|ttf|otf)$/;
const LOOK_AT = 4_100;

export async function checkWord(file: Buffer, fileName: string, report: Report): Promise<void> {
  if (file.toString('latin1', 0, 4) !== 'PK\x03\x04') {
    const found = await notWord(file, fileName);
    // an old Word file keeps its theme as a zip, and needs one hint: what to save it as
    if (found.includes('WRONG_TYPE') && !isOle(file) && lastZip(file)?.entries) found.push('POLYGLOT');
    return report.add(...found);
  }
  const opened = await Package.open(file);
  report.add(...opened.found);
  try {
    const main = await mainPart(opened, report);
    if (main === undefined) return;
    const texts: string[] = [];
    let xml = 0;
    // each part once, so that what Word would stumble over is found here, and a size that the directory hides too
    for (const [name, part] of opened.parts) {
      if (MACRO_PART.test(name)) report.add('MACROS');
      if (XML.test(name)) {
        xml += part.entry.uncompressedSize;
        if (xml > BOUNDS.xmlBytes) throw new Stop('UNPACKS_TOO_LARGE');
        texts.push(await xmlPart(opened, name, part, main, report));
      } else await otherPart(opened, name, part, report);
    }
    report.sketch = sketchOf(texts.join(''));
  } catch (error) {
    throw error instanceof Stop ? error : new Stop('DAMAGED', { cause: error });
  }
}

/** By the package's own lists; undefined when it is no Word document. */
async function mainPart(opened: Package, report: Report): Promise<string | undefined> {
  const types = await opened.list(TYPES_PART);
  if (!types) {
    report.add('WRONG_TYPE');
    return undefined;
  }
  const { Override, Default } = listed(types, 'Override', 'Default');
  if (Override.length + Default.length === 0) throw new Stop('DAMAGED');
  const all = [...Override, ...Default].map((o) => o.ContentType ?? '');
  if (all.some((type) => MACRO_TYPE.test(type) || WITH_MACROS.test(type))) report.add('MACROS');
  const relations = await opened.list(RELATIONS_PART);
  const start = (relations ? listed(relations, 'Relationship').Relationship : []).find(
    (r) => r.Type?.endsWith('/officeDocument') && r.Target && r.TargetMode !== 'External',
  );
  const main = start ? Package.target('', start.Target!) : USUAL_MAIN_PART;
  const type = typeOf(main, Override, Default);
  if (WITH_MACROS.test(type)) return main;
  if (type !== TYPE) {
    report.add(all.includes(TYPE) ? 'DAMAGED' : 'WRONG_TYPE');
    return undefined;
  }
  if (!opened.parts.has(main)) throw new Stop('DAMAGED');
  return main;
}

/** By the part's own name, else by its ending. */
function typeOf(part: string, own: Attributes[], usual: Attributes[]): string {
  const ending = posix.extname(part).slice(1);
  const named = own.find((o) => o.PartName?.toLowerCase() === `/${part}`);
  return (named ?? usual.find((d) => d.Extension?.toLowerCase() === ending))?.ContentType ?? '';
}

/** Its text, if it is one that is printed. Only the main part and the lists must be whole for Word to open the file. */
async function xmlPart(opened: Package, name: string, part: Part, main: string, report: Report): Promise<string> {
  if (name.endsWith('.rels')) {
    const list = await opened.list(name);
    for (const relation of listed(list!, 'Relationship').Relationship) report.add(...findingsOfRelation(relation));
    return '';
  }
  const printed = name === main || NOTES.test(name);
  const document = new DocumentText(printed);
  let broken: unknown;
  let start: Buffer | undefined;
  await opened.read(part, (chunk) => {
    start ??= chunk;
    try {
      if (!broken) document.write(chunk);
    } catch (error) {
      broken = notStop(error);
    }
  });
  try {
    if (!broken) document.end();
  } catch (error) {
    broken = notStop(error);
  }
  report.add(...document.found);
  if (broken && !document.root) report.add(...(await lookInto(name, start ?? Buffer.alloc(0))));
  if (name === main && (broken || document.root?.name !== 'document' || !document.root.isWord))
    throw new Stop('DAMAGED', { cause: broken });
  return printed ? document.text : '';
}

/** What is wrong with a part is its own matter; what is too much stops the whole. */
function notStop(error: unknown): unknown {
  if (error instanceof Stop) throw error;
  return error;
}

async function otherPart(opened: Package, name: string, part: Part, report: Report): Promise<void> {
  const most = SHOWN.test(name) ? LOOK_AT : BOUNDS.embeddedBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  await opened.read(part, (chunk) => {
    if (size < most) chunks.push(chunk);
    size += chunk.length;
  });
  const found: FindingCode[] = await lookInto(name, Buffer.concat(chunks));
  report.add(...inOrder(found));
}
