import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { BOUNDS, DAMAGED, Found, SLOW } from './findings.js';
import { attributesIn, attributesOf, XmlError, XmlOutline } from './xml.js';

const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
const NAMESPACES: ReadonlySet<string | undefined> = new Set([
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
  'http://purl.oclc.org/ooxml/wordprocessingml/main',
]);
const TYPES_PART = '[content_types].xml';
const RELATIONS_PART = '_rels/.rels';
const USUAL_MAIN_PART = 'word/document.xml';

/** The container of .doc, and of a .docx that has a password. */
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const LOCKED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');
const ZIP = Buffer.from('PK\x03\x04');

/** Throws `Found`, or nothing: then Word's own rules for opening hold. */
export async function checkWord(file: Buffer): Promise<void> {
  if (file.length === 0) throw new Found('EMPTY');
  if (file.subarray(0, OLE.length).equals(OLE))
    throw new Found(file.includes(LOCKED_PACKAGE) ? 'ENCRYPTED' : 'WRONG_TYPE');
  if (!file.subarray(0, ZIP.length).equals(ZIP)) throw new Found('WRONG_TYPE');
  try {
    // sizes are compared while unpacking, where it is known which of the two is the larger
    await checkPackage(await fromBufferPromise(file, { validateEntrySizes: false }));
  } catch (error) {
    if (error instanceof Found) throw error;
    throw new Found(DAMAGED, { cause: error });
  }
}

async function checkPackage(zip: ZipFile): Promise<void> {
  const parts = await directory(zip);
  const unpack = unpacker(zip, Date.now() + BOUNDS.milliseconds);
  const small = async (name: string): Promise<string | undefined> => {
    const entry = parts.get(name);
    if (!entry) return undefined;
    const pieces: string[] = [];
    let size = 0;
    await unpack(
      entry,
      asText((piece) => {
        size += piece.length;
        if (size > BOUNDS.listBytes) throw new Found(DAMAGED);
        pieces.push(piece);
      }),
    );
    parts.delete(name);
    return pieces.join('');
  };

  const types = await small(TYPES_PART);
  if (types === undefined) throw new Found('WRONG_TYPE');
  const main = mainPart(await small(RELATIONS_PART));
  const type = typeOf(main, types);
  if (type === undefined) throw new Found(DAMAGED);
  if (type !== WORD_TYPE) throw new Found(types.includes(WORD_TYPE) ? DAMAGED : 'WRONG_TYPE');
  if (!parts.has(main)) throw new Found(DAMAGED);

  // each part once, so that what Word would stumble over is found here, and a size that the directory hides too
  for (const [name, entry] of parts) await unpack(entry, name === main ? asDocument() : undefined);
}

/** What the zip says it holds, by name in lower case: bounded before a byte of it is unpacked. */
async function directory(zip: ZipFile): Promise<Map<string, Entry>> {
  const parts = new Map<string, Entry>();
  let declared = 0;
  if (zip.entryCount > BOUNDS.entries) throw new Found('UNPACKS_TOO_LARGE');
  for await (const entry of zip.eachEntry()) {
    declared += entry.uncompressedSize;
    if (declared > BOUNDS.unpackedBytes) throw new Found('UNPACKS_TOO_LARGE');
    if (entry.isEncrypted()) throw new Found('ENCRYPTED');
    const name = entry.fileName.toLowerCase();
    // two parts of one name: which of them is read would be the reader's choice
    if (parts.has(name)) throw new Found(DAMAGED);
    parts.set(name, entry);
  }
  return parts;
}

type Sink = { write(chunk: Buffer): void; end(): void };

/** Unpacks in pieces and throws them away; never more than the directory declared for this part. */
function unpacker(zip: ZipFile, deadline: number) {
  return async (entry: Entry, sink?: Sink): Promise<void> => {
    const stream = await zip.openReadStreamPromise(entry);
    let size = 0;
    let check = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > entry.uncompressedSize) throw new Found('UNPACKS_TOO_LARGE');
      if (Date.now() > deadline) throw new Found(SLOW);
      check = crc32(chunk, check);
      sink?.write(chunk);
    }
    if (size !== entry.uncompressedSize || check !== entry.crc32) throw new Found(DAMAGED);
    sink?.end();
  };
}

/** UTF-8 or, with its mark, UTF-16: a package has no other text. */
function asText(take: (piece: string) => void): Sink {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return {
    write(chunk) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      take(decoder.decode(chunk, { stream: true }));
    },
    end() {
      if (decoder) take(decoder.decode());
    },
  };
}

const encodingOf = (start: Buffer): string =>
  start[0] === 0xff && start[1] === 0xfe ? 'utf-16le' : start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';

function asDocument(): Sink {
  const outline = new XmlOutline();
  const text = asText((piece) => outline.write(piece));
  return {
    write: text.write,
    end() {
      text.end();
      outline.end();
      const [, prefix, name] = /^(?:([^\s:/]+):)?([^\s:/]+)/.exec(outline.root!) ?? [];
      const namespace = attributesIn(outline.root!)[prefix ? `xmlns:${prefix}` : 'xmlns'];
      if (name !== 'document' || !NAMESPACES.has(namespace)) throw new XmlError('not a Word document');
    },
  };
}

function mainPart(relations: string | undefined): string {
  for (const relation of attributesOf(relations ?? '', 'Relationship')) {
    if (relation.Type?.endsWith('/officeDocument') && relation.Target && relation.TargetMode !== 'External') {
      return posix.join('/', relation.Target).slice(1).toLowerCase();
    }
  }
  return USUAL_MAIN_PART;
}

/** By the part's own name, else by its ending; undefined when the list of types can't be read. */
function typeOf(part: string, types: string): string | undefined {
  const own = attributesOf(types, 'Override');
  const usual = attributesOf(types, 'Default');
  if (own.length + usual.length === 0) return undefined;
  const named = own.find((o) => o.PartName?.toLowerCase() === `/${part}`);
  const ending = posix.extname(part).slice(1);
  return (named ?? usual.find((d) => d.Extension?.toLowerCase() === ending))?.ContentType ?? '';
}
