import { PDFHexString, type PDFObject, PDFRef, PDFString } from 'pdf-lib';
import type { Found } from './objects.js';

const LONGEST = 4_096;
const MOST = 200_000;

/** What a text says, where it is one. */
export function asText(value: PDFObject | undefined): string | undefined {
  if (!(value instanceof PDFString || value instanceof PDFHexString)) return undefined;
  try {
    return value.decodeText();
  } catch {
    return value.asString();
  }
}

/** Short texts that are objects of their own: a name or an address may be one. */
export class Texts {
  private readonly byNumber = new Map<number, string[]>();

  see({ value, number }: Found): void {
    if (number === null || !value || this.byNumber.size >= MOST) return;
    const text = asText(value);
    if (text === undefined || text.length > LONGEST) return;
    const known = this.byNumber.get(number);
    if (!known) this.byNumber.set(number, [text]);
    else if (known.length < 10) known.push(text);
  }

  /** Here, or in whatever revision of the object that is referred to; once all has been seen. */
  of(value: PDFObject | undefined): string[] | undefined {
    if (value instanceof PDFRef) return this.byNumber.get(value.objectNumber);
    const text = asText(value);
    return text === undefined ? undefined : [text];
  }
}
