import { posix } from 'node:path';
import { BOUNDS } from '../bounds.js';
import { Budget } from '../content/budget.js';
import { isZip, lookInto } from '../content/embedded.js';
import { isOle } from '../content/ole.js';
import { lastZip } from '../content/zip.js';
import { type FindingCode, Stop } from '../findings.js';
import { Report } from '../report.js';
import { sketchOf } from '../sketch.js';
import { ContentTypes } from './content-types.js';
import { DocumentText } from './document-text.js';
import { findingsOfRelation } from './links.js';
import { notWord } from './not-word.js';
import { Package, type Part } from './package.js';
import { findingsOfPage } from './pages.js';
import { Uses } from './uses.js';
import { listed } from './xml.js';

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
/** What the Finder puts beside the parts of a package that it packs anew, under their names. */
const BESIDE = /^__macosx\/(?:.*\/)?\._/;
const APPLE_DOUBLE = Buffer.from('00051607', 'hex');
const TAKEN_IN = /\/(?:aFChunk|subDocument)$/i;
const DEEPEST_CHUNK = 3;
const OF_CHUNKS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ENCRYPTED',
  'MACROS',
  'EXTERNAL_LINK',
  'EMBEDDED_EXECUTABLE',
  'UNPACKS_TOO_LARGE',
]);

export async function checkWord(
  file: Buffer,
  fileName: string,
  report: Report,
  budget = new Budget(),
  depth = 0,
): Promise<void> {
  if (!isZip(file)) {
    const found = await notWord(file, fileName);
    // an old Word file keeps its theme as a zip, and needs one hint: what to save it as
    if (found.includes('WRONG_TYPE') && !isOle(file) && lastZip(file)?.entries) found.push('POLYGLOT');
    return report.add(...found);
  }
  const opened = await Package.open(file, budget);
  report.add(...opened.found);
  try {
    const types = await contentTypes(opened, report);
    const main = types && (await mainPart(opened, types, report));
    if (types === undefined || main === undefined) return;
    const texts: string[] = [];
    const chunks = new Set<string>();
    const uses = new Uses();
    // each part once, so that what Word would stumble over is found here, and a size that the directory hides too
    for (const [name, part] of opened.parts) {
      if (MACRO_PART.test(name)) report.add('MACROS');
      if (!isXml(name, main, types) || (await isBeside(opened, name, part)))
        await otherPart(opened, name, part, budget, report);
      else {
        budget.parse(part.entry.uncompressedSize);
        if (name.endsWith('.rels')) await relations(opened, name, chunks, uses, report);
        else texts.push(await xmlPart(opened, name, part, main, uses, budget, report));
      }
    }
    for (const name of chunks) await chunk(opened, name, budget, depth, report);
    report.add(...uses.found);
    report.sketch = sketchOf(texts.join(''));
  } catch (error) {
    throw error instanceof Stop ? error : new Stop('DAMAGED', { cause: error });
  }
}

async function contentTypes(opened: Package, report: Report): Promise<ContentTypes | undefined> {
  const list = await opened.list(TYPES_PART);
  if (!list) {
    report.add('WRONG_TYPE');
    return undefined;
  }
  const types = new ContentTypes(list);
  if (!types.all.length) throw new Stop('DAMAGED');
  if (types.all.some((type) => MACRO_TYPE.test(type) || WITH_MACROS.test(type))) report.add('MACROS');
  return types;
}

/** By the package's own lists; undefined when it is no Word document. */
async function mainPart(opened: Package, types: ContentTypes, report: Report): Promise<string | undefined> {
  const list = await opened.list(RELATIONS_PART);
  const start = (list ? listed(list, 'Relationship').Relationship : []).find(
    (r) => r.Type?.endsWith('/officeDocument') && r.Target && r.TargetMode !== 'External',
  );
  const main = start ? Package.target('', start.Target!) : USUAL_MAIN_PART;
  const type = types.of(main);
  if (WITH_MACROS.test(type)) return main;
  if (type !== TYPE) {
    report.add(types.all.includes(TYPE) ? 'DAMAGED' : 'WRONG_TYPE');
    return undefined;
  }
  if (!opened.parts.has(main)) throw new Stop('DAMAGED');
  return main;
}

/** Readers go by the type, whatever the name ends in. */
const isXml = (name: string, main: string, types: ContentTypes): boolean =>
  XML.test(name) || name === main || /[+/]xml$|\.vmldrawing$/.test(types.of(name));

async function relations(
  opened: Package,
  name: string,
  chunks: Set<string>,
  uses: Uses,
  report: Report,
): Promise<void> {
  const list = await opened.list(name);
  const folder = posix.dirname(posix.dirname(name));
  for (const relation of listed(list!, 'Relationship').Relationship) {
    report.add(...findingsOfRelation(relation));
    uses.relation(posix.join(folder, posix.basename(name, '.rels')), relation);
    if (TAKEN_IN.test(relation.Type ?? '') && relation.Target) chunks.add(Package.target(folder, relation.Target));
  }
}

const isBeside = async (opened: Package, name: string, part: Part): Promise<boolean> =>
  BESIDE.test(name) && (await opened.start(part, 1)).subarray(0, APPLE_DOUBLE.length).equals(APPLE_DOUBLE);

/** Something of another format that becomes a piece of the document when it is opened. */
async function chunk(opened: Package, name: string, budget: Budget, depth: number, report: Report): Promise<void> {
  const part = opened.parts.get(name);
  if (!part) return;
  const content = await opened.start(part, BOUNDS.embeddedBytes);
  if (!isZip(content)) return report.add(...findingsOfPage(content));
  if (depth >= DEEPEST_CHUNK) throw new Stop('UNPACKS_TOO_LARGE');
  const inner = new Report();
  try {
    await checkWord(content, '', inner, budget, depth + 1);
  } catch (error) {
    if (error instanceof Stop) inner.add(error.finding);
  }
  report.add(...inner.inspection.findings.filter((f) => OF_CHUNKS.has(f)));
}

/** Its text, if it is one that is printed. Of the rest Word needs what is its own to be whole, or doesn't open the file. */
async function xmlPart(
  opened: Package,
  name: string,
  part: Part,
  main: string,
  uses: Uses,
  budget: Budget,
  report: Report,
): Promise<string> {
  const printed = name === main || NOTES.test(name);
  const document = new DocumentText(printed, (tag) => uses.element(name, tag));
  let broken: unknown;
  await opened.read(part, (piece) => {
    try {
      if (!broken) document.write(piece);
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
  if (broken && !document.root) await otherPart(opened, name, part, budget, report);
  const isWhole = !broken && document.root?.isWord;
  if (name === main ? !isWhole || document.root?.name !== 'document' : broken && document.root?.isWord)
    throw new Stop('DAMAGED', { cause: broken });
  return printed ? document.text : '';
}

/** What is wrong with a part is its own matter; what is too much stops the whole. */
function notStop(error: unknown): unknown {
  if (error instanceof Stop) throw error;
  return error;
}

async function otherPart(opened: Package, name: string, part: Part, budget: Budget, report: Report): Promise<void> {
  const content = await opened.start(part, BOUNDS.embeddedBytes, (first) => SHOWN.test(name) && !isContainer(first));
  if (content.length < part.entry.uncompressedSize && isContainer(content)) throw new Stop('UNPACKS_TOO_LARGE');
  report.add(...(await lookInto(name, content, budget)));
}

const isContainer = (content: Buffer): boolean => isZip(content) || isOle(content);
