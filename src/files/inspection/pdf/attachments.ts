import { PDFArray, PDFDict, PDFName, type PDFObject, PDFRef } from 'pdf-lib';
import { Budget } from '../content/budget.js';
import { lookInto } from '../content/embedded.js';
import { isExecutableName, isMacroName } from '../content/executables.js';
import type { FindingCode } from '../findings.js';
import { dictsIn, type Found, nameOf, type Stream } from './objects.js';
import { decoded } from './streams.js';
import { asText, type Texts } from './texts.js';

/** Where a file specification has its names, and its data for each of them. */
const SYSTEMS = ['F', 'UF', 'DOS', 'Unix', 'Mac'].map((key) => PDFName.of(key));

type Kept = { dict: PDFDict; data: Buffer };
/** An entry of a tree of names, which says what the file is called where the file itself does not. */
type Entry = { name: string; number: number };

/** Files that travel within the PDF: pinned to a page, listed for the document, or only lying there. */
export class Attachments {
  private readonly streams = new Map<number, Kept[]>();
  private readonly typed: Kept[] = [];
  private readonly names: PDFObject[] = [];
  private readonly numbers = new Set<number>();
  /** Dictionaries of data that specifications refer to. */
  private readonly lists = new Map<number, number[]>();
  private readonly specs = new Set<number>();
  private readonly entries: Entry[] = [];
  private isAny = false;

  constructor(private readonly texts: Texts) {}

  see({ value, number, stream }: Found): void {
    if (!value) return;
    if (value instanceof PDFDict && stream) {
      const kept = { dict: value, data: stream };
      if (nameOf(value, 'Type') === 'EmbeddedFile') this.typed.push(kept);
      else if (number !== null) this.streams.set(number, [...(this.streams.get(number) ?? []).slice(0, 9), kept]);
      this.seeTrailer(value);
      return;
    }
    for (const dict of dictsIn(value)) {
      this.seeSpecification(dict, number);
      this.seeNames(dict);
    }
    const list = value instanceof PDFDict ? refsOf(value) : [];
    if (number !== null && list.length) this.lists.set(number, list);
  }

  /** LibreOffice names the document that a PDF was made from at its end. */
  seeTrailer(dict: PDFDict): void {
    const others = dict.get(PDFName.of('AdditionalStreams'));
    if (others instanceof PDFArray) this.refer(others.asArray());
  }

  /** Whether these bytes are an attached file, once all has been seen. */
  isAttached({ dict, number }: Stream): boolean {
    return nameOf(dict, 'Type') === 'EmbeddedFile' || (number !== null && this.numbers.has(number));
  }

  async findings(): Promise<FindingCode[]> {
    for (const number of [...this.numbers]) for (const other of this.lists.get(number) ?? []) this.numbers.add(other);
    const found: FindingCode[] = this.isAny || this.typed.length ? ['EMBEDDED_FILE'] : [];
    const called = this.names.flatMap((name) => this.texts.of(name) ?? []);
    for (const { name, number } of this.entries) if (this.specs.has(number)) called.push(name);
    if (called.some(isExecutableName)) found.push('EMBEDDED_EXECUTABLE');
    if (called.some(isMacroName)) found.push('MACROS');
    const budget = new Budget();
    const untyped = [...this.numbers].flatMap((number) => this.streams.get(number) ?? []);
    for (const { dict, data } of [...this.typed, ...untyped]) {
      const content = decoded(dict, data);
      const inside = content ? await lookInto('', content, budget) : [];
      // whether an attached file has a password or links of its own is nothing that this one does
      found.push(...inside.filter((code) => code === 'EMBEDDED_EXECUTABLE' || code === 'MACROS'));
    }
    return found;
  }

  private seeSpecification(dict: PDFDict, number: number | null): void {
    const data = dict.get(PDFName.of('EF'));
    if (!(data instanceof PDFDict || data instanceof PDFRef)) return;
    this.isAny = true;
    if (number !== null) this.specs.add(number);
    for (const key of SYSTEMS) {
      const name = dict.get(key);
      if (name) this.names.push(name);
    }
    this.refer(data instanceof PDFDict ? data.values() : [data]);
    // files that belong to it, each behind its name
    const related = dict.get(PDFName.of('RF'));
    for (const list of related instanceof PDFDict ? related.values() : [])
      if (list instanceof PDFArray) {
        this.names.push(...list.asArray().filter((item) => !(item instanceof PDFRef)));
        this.refer(list.asArray());
      }
  }

  private seeNames(dict: PDFDict): void {
    const list = dict.get(PDFName.of('Names'));
    if (!(list instanceof PDFArray)) return;
    for (let i = 0; i + 1 < list.size(); i += 2) {
      const name = asText(list.get(i));
      const of = list.get(i + 1);
      if (name === undefined || !(isExecutableName(name) || isMacroName(name))) continue;
      if (of instanceof PDFRef) this.entries.push({ name, number: of.objectNumber });
      else if (of instanceof PDFDict && of.has(PDFName.of('EF'))) this.names.push(list.get(i));
    }
  }

  private refer(values: PDFObject[]): void {
    for (const value of values)
      if (value instanceof PDFRef) {
        this.isAny = true;
        this.numbers.add(value.objectNumber);
      }
  }
}

const refsOf = (dict: PDFDict): number[] =>
  SYSTEMS.flatMap((key) => {
    const value = dict.get(key);
    return value instanceof PDFRef ? [value.objectNumber] : [];
  });
