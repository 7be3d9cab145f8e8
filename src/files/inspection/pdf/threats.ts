import { PDFArray, type PDFDict, PDFHexString, PDFName, PDFNull, type PDFObject, PDFString } from 'pdf-lib';
import type { FindingCode } from '../findings.js';
import { dictsIn, type Found, nameOf } from './objects.js';

const ACTIONS: Readonly<Record<string, FindingCode>> = {
  JavaScript: 'SCRIPT',
  RichMediaExecute: 'SCRIPT',
  Launch: 'LAUNCH_ACTION',
  SubmitForm: 'FORM_SUBMIT',
  ImportData: 'FORM_SUBMIT',
};

/** What an object would do, in whatever place: opened with the page or the document, by a click, or by nobody. */
export function threatsIn({ value, raw }: Found): FindingCode[] {
  if (raw) return threatsInText(raw.toString('latin1'));
  // an action's name may be an object of its own
  if (value instanceof PDFName) return actionOf(value.decodeText());
  const found: FindingCode[] = [];
  if (value) for (const dict of dictsIn(value)) found.push(...threatsOf(dict));
  return found;
}

function threatsOf(dict: PDFDict): FindingCode[] {
  const found = actionOf(nameOf(dict, 'S') ?? '');
  if (has(dict, 'S') && has(dict, 'JS')) found.push('SCRIPT');
  if (has(dict, 'XFA')) found.push('FORM_SUBMIT');
  const address = textIn(dict, 'URI');
  if (address && /^[\s\p{Cc}]*(?:java|vb)script:/iu.test(address)) found.push('SCRIPT');
  return found;
}

const actionOf = (name: string): FindingCode[] => (Object.hasOwn(ACTIONS, name) ? [ACTIONS[name]] : []);

export const has = (dict: PDFDict, key: string): boolean => {
  const value: PDFObject | undefined = dict.get(PDFName.of(key));
  return value !== undefined && value !== PDFNull && !(value instanceof PDFArray && value.size() === 0);
};

export function textIn(dict: PDFDict, key: string): string | undefined {
  const value = dict.get(PDFName.of(key));
  if (!(value instanceof PDFString || value instanceof PDFHexString)) return undefined;
  try {
    return value.decodeText();
  } catch {
    return value.asString();
  }
}

/** For what no parser understands, but a forgiving reader might. */
function threatsInText(text: string): FindingCode[] {
  const plain = text.replace(/#([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const found: FindingCode[] = [];
  for (const [, name] of plain.matchAll(/\/(JavaScript|RichMediaExecute|Launch|SubmitForm|ImportData)(?![\w.-])/g))
    found.push(...actionOf(name));
  if (/\/XFA\s*[[<\d]/.test(plain)) found.push('FORM_SUBMIT');
  return found;
}
