import { PDFDict } from 'pdf-lib';
import { type Found, nameOf, type Objects } from './objects.js';
import { has } from './threats.js';

/** Whether the file goes on to its end. What readers mend without loss, such as a table that is wrong, is no matter. */
export class Wholeness {
  private lastObject = 0;
  private lastTrailer = -1;

  constructor(private readonly objects: Objects) {}

  see({ at, within, value, stream }: Found): void {
    if (within) return;
    this.lastObject = Math.max(this.lastObject, at);
    if (stream && value instanceof PDFDict && nameOf(value, 'Type') === 'XRef' && this.objects.streams.at(-1)?.closed)
      this.lastTrailer = Math.max(this.lastTrailer, at);
  }

  seeTrailer(end: number): void {
    this.lastTrailer = Math.max(this.lastTrailer, end);
  }

  /** Without an end, or with an object begun behind it. The last lines may be missing: what they say can be found. */
  get isCut(): boolean {
    const end = Math.max(this.lastTrailer, this.objects.lastOwn('%%EOF'), this.objects.lastOwn('startxref'));
    return end < this.lastObject || end < 0;
  }
}

/** Which objects are nodes of the tree of pages: a reader that repairs a tree may take one of them for a page. */
export class Tree {
  private readonly nodes = new Set<number>();

  see({ number, value, within }: Found): void {
    if (number === null || within || !(value instanceof PDFDict)) return;
    if (
      nameOf(value, 'Type') === 'Catalog' ||
      has(value, 'Kids') ||
      (nameOf(value, 'Type') === 'Pages' && !isLeaf(value))
    )
      this.nodes.add(number);
    else this.nodes.delete(number);
  }

  isNode(number: number): boolean {
    return this.nodes.has(number);
  }
}

/** Some programs get a page's type wrong. */
const isLeaf = (dict: PDFDict) => has(dict, 'Contents');
