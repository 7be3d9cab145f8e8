import { PDFDict, PDFName, PDFRef } from 'pdf-lib';
import { lookInto } from '../content/embedded.js';
import { isExecutableName } from '../content/executables.js';
import type { FindingCode } from '../findings.js';
import { dictsIn, type Found, nameOf } from './objects.js';
import { decoded } from './streams.js';
import { textIn } from './threats.js';

type Stream = { dict: PDFDict; data: Buffer };

/** Files that travel within the PDF: pinned to a page, listed for the document, or only lying there. */
export class Attachments {
  private readonly streams = new Map<number, Stream>();
  private readonly attached = new Set<Stream>();
  private readonly specs: { names: string[]; numbers: number[] }[] = [];

  see({ value, number, stream }: Found): void {
    if (!value) return;
    if (value instanceof PDFDict && stream) {
      const kept = { dict: value, data: stream };
      if (number !== null) this.streams.set(number, kept);
      if (nameOf(value, 'Type') === 'EmbeddedFile') this.attached.add(kept);
      return;
    }
    for (const dict of dictsIn(value)) {
      const files = dict.get(PDFName.of('EF'));
      const names = ['F', 'UF', 'DOS', 'Unix', 'Mac'].map((key) => textIn(dict, key)).filter((n) => n !== undefined);
      if (files instanceof PDFDict) {
        const numbers = files.values().flatMap((ref) => (ref instanceof PDFRef ? [ref.objectNumber] : []));
        this.specs.push({ names, numbers });
      } else if (files instanceof PDFRef) this.specs.push({ names, numbers: [] });
    }
  }

  async findings(): Promise<FindingCode[]> {
    const found: FindingCode[] = [];
    for (const { names, numbers } of this.specs) {
      found.push('EMBEDDED_FILE');
      if (names.some(isExecutableName)) found.push('EMBEDDED_EXECUTABLE');
      for (const number of numbers) {
        const stream = this.streams.get(number);
        if (stream) this.attached.add(stream);
      }
    }
    for (const { dict, data } of this.attached) {
      found.push('EMBEDDED_FILE');
      const content = decoded(dict, data);
      // macros in an attached Word file are not this document's; a program is
      if (content && (await lookInto('', content)).includes('EMBEDDED_EXECUTABLE')) found.push('EMBEDDED_EXECUTABLE');
    }
    return found;
  }
}
