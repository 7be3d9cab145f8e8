import { BOUNDS } from '../bounds.js';
import type { FindingCode } from '../findings.js';
import { Fields } from './fields.js';
import { findingsOfTag } from './tags.js';
import { attributesOf, type Tag, WORD, XmlPart } from './xml.js';

const MATH = /\/math$/;

/** One part of a Word document: its text as it is printed, and what its fields would fetch. */
export class DocumentText {
  private readonly links = new Set<FindingCode>();
  root: { name: string; isWord: boolean } | undefined;
  private readonly pieces: string[] = [];
  private size = 0;
  private inside: 'text' | 'instruction' | undefined;
  private readonly fields = new Fields();
  private readonly part: XmlPart;

  constructor(
    private readonly keepsText: boolean,
    private readonly saw: (tag: Tag) => void,
  ) {
    this.part = new XmlPart({
      open: (tag, depth) => this.open(tag, depth),
      close: () => {
        this.inside = undefined;
      },
      text: (text) => this.take(text),
    });
  }

  write(chunk: Buffer): void {
    this.part.write(chunk);
  }

  end(): void {
    this.part.end();
    this.fields.end();
  }

  get found(): FindingCode[] {
    return [...this.links, ...this.fields.found];
  }

  get text(): string {
    return this.pieces.join('');
  }

  private open(tag: Tag, depth: number): void {
    const isWord = WORD.has(tag.uri);
    if (depth === 1) this.root = { name: tag.local, isWord };
    this.inside = undefined;
    this.saw(tag);
    if (!isWord) for (const finding of findingsOfTag(tag, this.root?.name)) this.links.add(finding);
    if (tag.local === 't' && (isWord || MATH.test(tag.uri))) this.inside = 'text';
    else if (isWord && tag.local === 'instrText') this.inside = 'instruction';
    else if (isWord && tag.local === 'fldSimple') this.fields.judge(attributesOf(tag).instr ?? '');
    else if (isWord && tag.local === 'fldChar') this.fields.mark(attributesOf(tag).fldCharType);
    // a mail merge asks its database when the document is opened, with or without a relation to it
    else if (isWord && (tag.local === 'connectString' || tag.local === 'udl') && attributesOf(tag).val?.includes('='))
      this.links.add('EXTERNAL_LINK');
  }

  private take(text: string): void {
    if (this.inside === 'instruction') this.fields.take(text);
    else if (this.inside === 'text' && this.keepsText && this.size < BOUNDS.textCharacters) {
      this.pieces.push(text.slice(0, BOUNDS.textCharacters - this.size));
      this.size += text.length;
    }
  }
}
