import { PDFArray, PDFDict, PDFName, PDFNull, type PDFObject, PDFRef } from 'pdf-lib';
import type { FindingCode } from '../findings.js';
import { isRemote } from '../word/addresses.js';
import { dictsIn, type Found, nameOf } from './objects.js';
import { asText, type Texts } from './texts.js';

const ACTIONS: Readonly<Record<string, FindingCode>> = {
  JavaScript: 'SCRIPT',
  RichMediaExecute: 'SCRIPT',
  Launch: 'LAUNCH_ACTION',
  SubmitForm: 'FORM_SUBMIT',
  ImportData: 'FORM_SUBMIT',
};
/** Where scripts stand beside actions: of a 3D model when it is shown, and of what is shown with it. */
const SCRIPTS = ['OnInstantiate', 'Scripts'];
/** Where a file is named that a reader would fetch. */
const FILES = ['F', 'UF', 'DOS', 'Unix', 'Mac'].map((key) => PDFName.of(key));
const PROGRAM = /^[\s\p{Cc}]*(?:java|vb)script:/iu;
const PAGE = /^\s*(?:https?|ftps?):/i;

/** What objects would do, in whatever place: opened with the page or the document, by a click, or by nobody. */
export class Threats {
  private readonly found = new Set<FindingCode>();
  private readonly files: PDFObject[] = [];
  /** Actions that nobody clicks on, by their numbers, and those that go to a share. */
  private readonly automatic = new Set<number>();
  private readonly toShares = new Set<number>();

  constructor(private readonly texts: Texts) {}

  see({ value, raw, number }: Found): void {
    if (raw) this.add(...threatsInText(raw.toString('latin1')));
    // an action's name may be an object of its own
    if (value instanceof PDFName) this.add(...actionOf(value.decodeText()));
    if (!value) return;
    for (const dict of dictsIn(value)) {
      this.add(...threatsOf(dict));
      for (const key of FILES) {
        const file = dict.get(key);
        if (file instanceof PDFRef) this.files.push(file);
        else if (isShare(asText(file))) this.add('LAUNCH_ACTION');
      }
      this.seeAutomatic(dict);
      if (number !== null && isShare(textIn(dict, 'URI'))) this.toShares.add(number);
    }
  }

  get findings(): FindingCode[] {
    const fetched = this.files.some((file) => this.texts.of(file)?.some(isShare));
    if (fetched || [...this.toShares].some((number) => this.automatic.has(number))) this.add('LAUNCH_ACTION');
    return [...this.found];
  }

  private add(...codes: FindingCode[]): void {
    for (const code of codes) this.found.add(code);
  }

  /** A link to a share waits for a click; what a reader does by itself does not. */
  private seeAutomatic(dict: PDFDict): void {
    const triggers = dict.get(PDFName.of('AA'));
    const actions = ['OpenAction', 'Next'].map((key) => dict.get(PDFName.of(key)));
    if (triggers instanceof PDFDict) actions.push(...triggers.values());
    if (triggers instanceof PDFRef) this.automatic.add(triggers.objectNumber);
    for (const action of actions.flatMap((a) => (a instanceof PDFArray ? a.asArray() : [a]))) {
      if (action instanceof PDFRef) this.automatic.add(action.objectNumber);
      if (action instanceof PDFDict && isShare(textIn(action, 'URI'))) this.add('LAUNCH_ACTION');
    }
  }
}

function threatsOf(dict: PDFDict): FindingCode[] {
  const found = actionOf(nameOf(dict, 'S') ?? '');
  if (has(dict, 'S') && has(dict, 'JS')) found.push('SCRIPT');
  if (SCRIPTS.some((key) => has(dict, key))) found.push('SCRIPT');
  if (has(dict, 'XFA')) found.push('FORM_SUBMIT');
  if (PROGRAM.test(textIn(dict, 'URI') ?? '')) found.push('SCRIPT');
  return found;
}

const actionOf = (name: string): FindingCode[] => (Object.hasOwn(ACTIONS, name) ? [ACTIONS[name]] : []);

/** On another machine, where a reader tells the user's name and password when it looks; a page's address is none. */
const isShare = (address: string | undefined): boolean =>
  address !== undefined && !PAGE.test(address) && isRemote(address);

export const has = (dict: PDFDict, key: string): boolean => {
  const value: PDFObject | undefined = dict.get(PDFName.of(key));
  return value !== undefined && value !== PDFNull && !(value instanceof PDFArray && value.size() === 0);
};

export const textIn = (dict: PDFDict, key: string): string | undefined => asText(dict.get(PDFName.of(key)));

/** For what no parser understands, but a forgiving reader might. */
function threatsInText(text: string): FindingCode[] {
  const plain = text.replace(/#([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const found: FindingCode[] = [];
  for (const [, name] of plain.matchAll(/\/(JavaScript|RichMediaExecute|Launch|SubmitForm|ImportData)(?![\w.-])/g))
    found.push(...actionOf(name));
  if (/\/OnInstantiate\b/.test(plain)) found.push('SCRIPT');
  if (/\/XFA\s*[[<\d]/.test(plain)) found.push('FORM_SUBMIT');
  if (/\/U?F\s*\(\s*(?:\\{4}|\/\/|smb:|file:\/\/[^/])/i.test(plain)) found.push('LAUNCH_ACTION');
  return found;
}
