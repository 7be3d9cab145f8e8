import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { BOUNDS } from '../bounds.js';
import { type FindingCode, Stop } from '../findings.js';
import { isRemote } from '../word/addresses.js';
import { listed } from '../word/xml.js';
import { Budget } from './budget.js';
import { isExecutable, isExecutableName, isMacroName } from './executables.js';
import { isOle, OleFile } from './ole.js';
import { packaged } from './packager.js';

const NATIVE = '\u0001ole10native';
const LINK = '\u0001ole';
const MACROS = [Buffer.from('vbaProject.bin'), Buffer.from('_VBA_PROJECT', 'utf16le')];
const MACRO_TYPE = /vbaproject|vbadata|macrosheet|(?<!sheet\.binary\.)macroenabled/i;
const TYPES_PART = '[content_types].xml';
const XML = /\.(?:xml|rels|vml)$/i;
const DEEPEST = 4;

export const isZip = (content: Buffer): boolean => content.toString('latin1', 0, 4) === 'PK\x03\x04';

/** What an embedded thing is, seen through the wrappers that Office puts around it. */
export async function lookInto(
  name: string,
  content: Buffer,
  budget = new Budget(),
  depth = 0,
): Promise<FindingCode[]> {
  const found = findingsOfName(name);
  if (await isExecutable(content)) found.push('EMBEDDED_EXECUTABLE');
  if (MACROS.some((mark) => content.includes(mark))) found.push('MACROS');
  if (depth < DEEPEST && isOle(content)) found.push(...(await lookIntoOle(content, budget, depth)));
  if (depth < DEEPEST && isZip(content)) found.push(...(await lookIntoOffice(content, budget, depth)));
  return found;
}

/** Office calls its own containers oleObject1.bin, vbaProject.bin, printerSettings1.bin; only their content says more. */
function findingsOfName(name: string): FindingCode[] {
  if (isMacroName(name)) return ['MACROS'];
  return isExecutableName(name) && !/\.bin$/i.test(name) ? ['EMBEDDED_EXECUTABLE'] : [];
}

async function lookIntoOle(content: Buffer, budget: Budget, depth: number): Promise<FindingCode[]> {
  const found: FindingCode[] = [];
  const ole = new OleFile(content);
  const streams = (test: RegExp | string) =>
    ole.streams(
      ({ name }) => (typeof test === 'string' ? name.toLowerCase() === test : test.test(name)),
      content.length,
    );
  // what has a password can't be looked into, and Office opens it without asking where the password is its own
  if (ole.has('encryptedpackage')) found.push('ENCRYPTED');
  if (streams(/^(?:workbook|book)$/i).some(hasMacroSheet)) found.push('MACROS');
  if (streams(LINK).some(isLinked)) found.push('EXTERNAL_LINK');
  for (const native of streams(NATIVE)) {
    const item = packaged(native);
    found.push(...item.names.flatMap(findingsOfName));
    found.push(...(await lookInto('', item.content, budget, depth + 1)));
  }
  for (const other of streams(/^(?:package|contents)$/i)) found.push(...(await lookInto('', other, budget, depth + 1)));
  return found;
}

/** Excel's macros of old: a sheet of their own among the sheets that the workbook lists. */
function hasMacroSheet(workbook: Buffer): boolean {
  for (let at = 0; at + 4 <= workbook.length; at += 4 + workbook.readUInt16LE(at + 2)) {
    const type = workbook.readUInt16LE(at);
    if (type === 0x0a) return false;
    if (type === 0x85 && workbook[at + 9] === 1) return true;
  }
  return false;
}

/** An object that stands for a file elsewhere, and is fetched when the document is opened. */
function isLinked(stream: Buffer): boolean {
  if (stream.length < 8 || !(stream.readUInt32LE(4) & 1)) return false;
  return [stream.toString('latin1'), stream.toString('utf16le'), stream.subarray(1).toString('utf16le')].some((text) =>
    text.split(/[^\x20-\x7e]+/).some((word) => isRemote(word) || /https?:\/\/|\\\\[^\\]/i.test(word)),
  );
}

/** Of another Office file it matters whether it holds macros or programs; of any other archive nobody unpacks anything. */
async function lookIntoOffice(content: Buffer, budget: Budget, depth: number): Promise<FindingCode[]> {
  const found: FindingCode[] = [];
  try {
    const zip = await fromBufferPromise(content, { validateEntrySizes: false });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      budget.open();
      if (entries.length >= BOUNDS.zipEntries) throw new Stop('UNPACKS_TOO_LARGE');
      if (!entry.fileName.endsWith('/')) entries.push(entry);
    }
    if (!entries.some((e) => e.fileName.toLowerCase() === TYPES_PART)) return found;
    for (const entry of entries) {
      const isTypes = entry.fileName.toLowerCase() === TYPES_PART;
      if (XML.test(entry.fileName) && !isTypes) continue;
      const part = await unpack(zip, entry, budget);
      if (!isTypes) found.push(...(await lookInto(entry.fileName, part, budget, depth + 1)));
      else {
        const { Override, Default } = listed(part, 'Override', 'Default');
        if ([...Override, ...Default].some((o) => MACRO_TYPE.test(o.ContentType ?? ''))) found.push('MACROS');
      }
    }
  } catch (error) {
    // nobody opens a broken one
    if (error instanceof Stop) throw error;
  }
  return found;
}

async function unpack(zip: ZipFile, entry: Entry, budget: Budget): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += chunk.length;
    budget.unpack(chunk.length);
    if (size > BOUNDS.embeddedBytes) throw new Stop('UNPACKS_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
