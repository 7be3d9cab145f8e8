import { BOUNDS } from '../bounds.js';
import type { FindingCode } from '../findings.js';
import { isRemote } from './addresses.js';
import { findingsOfField } from './links.js';
import { attributesOf, type Tag, XmlPart } from './xml.js';

const WORD: ReadonlySet<string> = new Set([
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
  'http://purl.oclc.org/ooxml/wordprocessingml/main',
]);
const MATH = /\/math$/;
const VML = 'urn:schemas-microsoft-com:vml';
const LONGEST_INSTRUCTION = 65_536;
const DEEPEST_FIELD = 100;

/** One part of a Word document: its text as it is printed, and what its fields would fetch. */
export class DocumentText {
  readonly found = new Set<FindingCode>();
  root: { name: string; isWord: boolean } | undefined;
  private readonly pieces: string[] = [];
  private size = 0;
  private inside: 'text' | 'instruction' | undefined;
  /** Instructions of the fields that are open, the innermost last. */
  private readonly fields: string[] = [];
  private readonly part: XmlPart;

  constructor(private readonly keepsText: boolean) {
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
    for (const field of this.fields) this.judge(field);
  }

  get text(): string {
    return this.pieces.join('');
  }

  private open(tag: Tag, depth: number): void {
    const isWord = WORD.has(tag.uri);
    if (depth === 1) this.root = { name: tag.local, isWord };
    this.inside = undefined;
    if (tag.uri === VML) {
      const { src } = attributesOf(tag);
      if (src && isRemote(src)) this.found.add('EXTERNAL_LINK');
    }
    if (tag.local === 't' && (isWord || MATH.test(tag.uri))) this.inside = 'text';
    else if (isWord && tag.local === 'instrText') this.inside = 'instruction';
    else if (isWord && tag.local === 'fldSimple') this.judge(attributesOf(tag).instr ?? '');
    else if (isWord && tag.local === 'fldChar') this.field(attributesOf(tag).fldCharType);
  }

  private field(type: string | undefined): void {
    if (type === 'begin' && this.fields.length < DEEPEST_FIELD) this.fields.push('');
    else if (type === 'separate' && this.fields.length) this.judge(this.fields.at(-1)!);
    else if (type === 'end') this.judge(this.fields.pop() ?? '');
  }

  private judge(instruction: string): void {
    for (const finding of findingsOfField(instruction)) this.found.add(finding);
  }

  private take(text: string): void {
    if (this.inside === 'instruction') {
      if (!this.fields.length) this.fields.push('');
      // a field may build another's instruction, so it is part of each that is open
      this.fields.forEach((field, i) => {
        if (field.length < LONGEST_INSTRUCTION) this.fields[i] = field + text;
      });
    } else if (this.inside === 'text' && this.keepsText && this.size < BOUNDS.textCharacters) {
      this.pieces.push(text.slice(0, BOUNDS.textCharacters - this.size));
      this.size += text.length;
    }
  }
}
