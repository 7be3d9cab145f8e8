const LT = 60;
const GT = 62;
const SLASH = 47;
const QUOTES: ReadonlySet<number> = new Set([34, 39]);
/** Far more than any document nests, far less than memory. */
const MAX_DEPTH = 2_000;
const MAX_TOKEN = 16_777_216;

export class XmlError extends Error {}

/**
 * Whether a text is a tree of tags, and what its root says: enough to know that a part was not cut or garbled, in
 * constant memory. Declarations of entities and types are refused, as Word refuses them.
 */
export class XmlOutline {
  /** The root's tag between its brackets. */
  root: string | undefined;
  private readonly path: string[] = [];
  private text = '';
  private enough = 0;

  /** Pieces of any length. A token that goes on is looked at again only once the text has doubled. */
  write(piece: string): void {
    this.text += piece;
    if (this.text.length < this.enough) return;
    const rest = this.text.slice(this.scan(this.text));
    if (rest.length > MAX_TOKEN) throw new XmlError('a token without end');
    this.text = rest;
    this.enough = rest.length * 2;
  }

  end(): void {
    this.enough = 0;
    this.write('');
    if (this.text.trim() || this.path.length > 0 || this.root === undefined) throw new XmlError('ends too early');
  }

  /** How far the text was understood. */
  private scan(text: string): number {
    for (let at = 0; ; ) {
      const start = text.indexOf('<', at);
      if (this.path.length === 0 && text.slice(at, start < 0 ? undefined : start).trim())
        throw new XmlError('text outside');
      if (start < 0) return text.length;
      const end = endOf(text, start);
      if (end < 0) return start;
      if (text[start + 1] !== '!' && text[start + 1] !== '?') this.tag(text, start, end);
      at = end;
    }
  }

  private tag(text: string, start: number, end: number): void {
    const closing = text.charCodeAt(start + 1) === SLASH;
    const inner = text.slice(start + (closing ? 2 : 1), end - 1);
    const name = /^[^\s<>/"'=]+/.exec(inner)?.[0];
    if (!name) throw new XmlError('a tag without a name');
    if (closing) {
      if (this.path.pop() !== name) throw new XmlError('tags cross');
      return;
    }
    if (this.path.length === 0) {
      if (this.root !== undefined) throw new XmlError('two roots');
      this.root = inner;
    }
    if (inner.charCodeAt(inner.length - 1) === SLASH) return;
    if (this.path.push(name) > MAX_DEPTH) throw new XmlError('too deep');
  }
}

/** Past the token that begins here; -1 when it goes on after this text. */
function endOf(text: string, start: number): number {
  const past = (mark: string, from: number) => {
    const found = text.indexOf(mark, start + from);
    return found < 0 ? -1 : found + mark.length;
  };
  switch (text[start + 1]) {
    case '?':
      return past('?>', 2);
    case '!':
      if (text.startsWith('<!--', start)) return past('-->', 4);
      if (text.startsWith('<![CDATA[', start)) return past(']]>', 9);
      if (text.length - start < 9) return -1;
      throw new XmlError('a declaration');
  }
  let quote = 0;
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === LT) throw new XmlError('a tag in a tag');
    if (quote) {
      if (c === quote) quote = 0;
    } else if (QUOTES.has(c)) quote = c;
    else if (c === GT) return i + 1;
  }
  return -1;
}

export type Attributes = Record<string, string | undefined>;

/** Attributes of every element with this local name, whatever its prefix: for the small parts that list things. */
export function attributesOf(xml: string, localName: string): Attributes[] {
  const tags = xml.matchAll(new RegExp(`<(?:[\\w.-]+:)?${localName}(\\s[^<>]*)>`, 'g'));
  return Array.from(tags, ([, text]) => attributesIn(text));
}

export function attributesIn(tag: string): Attributes {
  // a name is tried from its beginning alone, or a long one would be tried from each of its letters
  const pairs = tag.matchAll(/(?<=\s)([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return Object.fromEntries(Array.from(pairs, ([, name, double, single]) => [name, double ?? single]));
}
