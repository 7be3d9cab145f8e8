import { SaxesParser, type SaxesTagNS } from 'saxes';
import { BOUNDS } from '../bounds.js';
import { Stop } from '../findings.js';

export class XmlError extends Error {}

export type Tag = SaxesTagNS;
export type Handlers = { open?(tag: Tag, depth: number): void; close?(tag: Tag): void; text?(text: string): void };

/** The library looks for a prefix in every element around; here each prefix has its stack, however deep they are nested. */
class Parser extends SaxesParser<{ xmlns: true; position: false }> {
  private readonly bound = new Map<string, string[]>();

  bind({ ns }: Tag): void {
    for (const prefix in ns) {
      const stack = this.bound.get(prefix);
      if (stack) stack.push(ns[prefix]);
      else this.bound.set(prefix, [ns[prefix]]);
    }
  }

  unbind({ ns }: Tag): void {
    for (const prefix in ns) this.bound.get(prefix)?.pop();
  }

  /** The element's own declarations are in `ns` already, and bound only once it is open. */
  override resolve(prefix: string): string | undefined {
    const { tag } = this as unknown as { tag: Tag | null };
    return tag?.ns[prefix] ?? this.bound.get(prefix)?.at(-1) ?? (this as unknown as { ns: Tag['ns'] }).ns[prefix];
  }
}

/**
 * One part of a package, parsed as it is unpacked. Declarations of types and entities are refused, as Word refuses
 * them: with them a line of text could stand for a gigabyte.
 */
export class XmlPart {
  private readonly parser = new Parser({ xmlns: true, position: false });
  private decoder?: InstanceType<typeof TextDecoder>;
  private depth = 0;

  constructor(handlers: Handlers) {
    this.parser.on('error', (error) => {
      throw new XmlError(error.message);
    });
    this.parser.on('doctype', () => {
      throw new XmlError('a declaration');
    });
    this.parser.on('opentag', (tag) => {
      if (++this.depth > BOUNDS.xmlDepth) throw new XmlError('too deep');
      this.parser.bind(tag);
      handlers.open?.(tag, this.depth);
    });
    this.parser.on('closetag', (tag) => {
      this.depth -= 1;
      this.parser.unbind(tag);
      handlers.close?.(tag);
    });
    if (handlers.text) {
      this.parser.on('text', handlers.text);
      this.parser.on('cdata', handlers.text);
    }
  }

  write(chunk: Buffer): void {
    if (!chunk.length) return;
    this.decoder ??= decoderFor(chunk);
    this.parser.write(this.decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.parser.write(this.decoder?.decode() ?? '');
    this.parser.close();
  }
}

function decoderFor(start: Buffer): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encodingOf(start), { fatal: true });
  } catch (error) {
    // what can't be read here might be read elsewhere
    throw new Stop('DAMAGED', { cause: error });
  }
}

/** A package has UTF-8 or UTF-16; some programs write, and Word reads, what the declaration says. */
const encodingOf = (start: Buffer): string => {
  const two = start.toString('hex', 0, 2);
  if (two === 'fffe' || two === '3c00') return 'utf-16le';
  if (two === 'feff' || two === '003c') return 'utf-16be';
  const [, said = ''] =
    /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]+)/.exec(start.toString('latin1', 0, 256)) ?? [];
  return said && !/^(?:utf|ucs|unicode)/i.test(said) ? said : 'utf-8';
};

export type Attributes = Record<string, string | undefined>;

/** Word's own namespaces, the transitional and the strict one. */
export const WORD: ReadonlySet<string> = new Set([
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
  'http://purl.oclc.org/ooxml/wordprocessingml/main',
]);

/** By local name, whatever the prefix; of two that are called the same the one that the element means. */
export function attributesOf(tag: Tag): Attributes {
  const meant = WORD.has(tag.uri) ? tag.uri : '';
  const attributes: Attributes = {};
  for (const { local, uri, value } of Object.values(tag.attributes))
    if (uri === meant || !(local in attributes)) attributes[local] = value;
  return attributes;
}

/** The attributes of every element with one of these local names, for the small parts that list things. */
export function listed(xml: Buffer, ...names: string[]): Record<string, Attributes[]> {
  const lists: Record<string, Attributes[]> = Object.fromEntries(names.map((name) => [name, []]));
  const part = new XmlPart({ open: (tag) => lists[tag.local]?.push(attributesOf(tag)) });
  part.write(xml);
  part.end();
  return lists;
}
