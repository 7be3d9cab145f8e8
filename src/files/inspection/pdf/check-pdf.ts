import { PDFDict } from 'pdf-lib';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { BOUNDS } from '../bounds.js';
import { lastZip } from '../content/zip.js';
import type { Report } from '../report.js';
import { Attachments } from './attachments.js';
import { type Found, nameOf, Objects } from './objects.js';
import { Polyglot } from './polyglot.js';
import { Signatures } from './signatures.js';
import { resetSpent } from './streams.js';
import { openPdf, textOf } from './text.js';
import { Texts } from './texts.js';
import { has, Threats } from './threats.js';
import { Tree, Wholeness } from './wholeness.js';

const HEADER = '%PDF-';
const HEADER_WITHIN = 1_024;
const FIRST_PAGES = 20;

export async function checkPdf(file: Buffer, report: Report): Promise<void> {
  if (!file.subarray(0, HEADER_WITHIN + HEADER.length).includes(HEADER)) {
    report.add('WRONG_TYPE');
    if (file.includes(HEADER) && lastZip(file)?.entries) report.add('POLYGLOT');
    return;
  }
  resetSpent();
  const { objects, tree } = await structure(file, report);
  // what would take the square of its length here would there too
  if (objects.hopeless) return;
  // reading the text is what may take long or much; what is known by now stays known then
  await report.checkpoint();
  const opened = await openPdf(new Uint8Array(file.buffer, file.byteOffset, file.length));
  if ('refused' in opened) return report.add(opened.refused);
  const { document } = opened;
  try {
    report.pageCount = document.numPages;
    if (!(await hasPage(document, tree))) return report.add('DAMAGED');
    const { info } = await document.getMetadata();
    const said = info as { EncryptFilterName?: string; IsXFAPresent?: boolean };
    if (said.EncryptFilterName) report.add('ENCRYPTED');
    if (said.IsXFAPresent) report.add('FORM_SUBMIT');
    if (document.numPages > BOUNDS.pages) return report.add('TOO_MANY_PAGES');
    // the parser goes by the table that the other does without: neither can be led past a script alone
    if (await hasScripts(document)) report.add('SCRIPT');
    await report.checkpoint();
    const { hasText, sketch } = await textOf(document, Date.now() + BOUNDS.textMilliseconds);
    report.hasText = hasText;
    report.sketch = sketch;
    if (!hasText) report.add('SCAN_ONLY');
  } finally {
    await document.destroy();
  }
}

/** One page at least must be one; that another can't be shown is no reason to refuse the rest. */
async function hasPage(document: PDFDocumentProxy, tree: Tree): Promise<boolean> {
  for (let number = 1; number <= Math.min(document.numPages, FIRST_PAGES); number++) {
    const page = await document.getPage(number).catch(() => null);
    if (page && !(page.ref && tree.isNode(page.ref.num))) return true;
  }
  return false;
}

/** Of the document and its fields. The library's own `hasJSActions` takes every signature field for a script. */
async function hasScripts(document: PDFDocumentProxy): Promise<boolean> {
  const some = (actions: unknown) => Object.keys(actions ?? {}).length > 0;
  if (some(await document.getJSActions().catch(() => null))) return true;
  const fields = (await document.getFieldObjects().catch(() => null)) ?? {};
  return Object.values(fields as Record<string, { actions?: unknown }[]>)
    .flat()
    .some((field) => some(field.actions));
}

/** What the objects say, whoever opens them. */
async function structure(file: Buffer, report: Report): Promise<{ objects: Objects; tree: Tree }> {
  const objects = new Objects(file);
  const texts = new Texts();
  const threats = new Threats(texts);
  const attachments = new Attachments(texts);
  const signatures = new Signatures();
  const whole = new Wholeness(objects);
  const polyglot = new Polyglot(file, objects);
  const tree = new Tree();
  const all = [texts, threats, attachments, signatures, whole, polyglot, tree];
  for (const found of objects.all()) {
    for (const one of all) one.see(found);
    if (isEncrypted(found)) report.add('ENCRYPTED');
  }
  for (const { value, end } of objects.trailers()) {
    if (has(value, 'Encrypt')) report.add('ENCRYPTED');
    attachments.seeTrailer(value);
    whole.seeTrailer(end);
    polyglot.seeEnd(end);
  }
  report.add(...threats.findings);
  if (objects.hopeless || whole.isCut) report.add('DAMAGED');
  report.add(...(await attachments.findings()));
  const { signatures: signed, findings } = signatures.check(file);
  report.signatures = signed;
  report.add(...findings);
  if (await polyglot.isOne((stream) => attachments.isAttached(stream))) report.add('POLYGLOT');
  return { objects, tree };
}

const isEncrypted = ({ value, stream, within }: Found): boolean =>
  !within && value instanceof PDFDict && stream !== null && nameOf(value, 'Type') === 'XRef' && has(value, 'Encrypt');
