import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { BOUNDS } from '../bounds.js';
import { sketchOf } from '../sketch.js';

/** For drawing, which is not done here: without them the library would load a native one, and no process that checks may. */
const GLOBALS = globalThis as unknown as Record<string, unknown>;
for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) GLOBALS[name] ??= class {};

const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

export type Opened = { document: PDFDocumentProxy } | { refused: 'ENCRYPTED' | 'DAMAGED' };

/** As a reader opens it, repairing what readers repair. The bytes are the library's from then on. */
export async function openPdf(bytes: Uint8Array): Promise<Opened> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    data: bytes,
    cMapUrl: `${library}${sep}cmaps${sep}`,
    cMapPacked: true,
    standardFontDataUrl: `${library}${sep}standard_fonts${sep}`,
    verbosity: VerbosityLevel.ERRORS,
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    useWasm: false,
    enableXfa: false,
  });
  try {
    return { document: await task.promise };
  } catch (error) {
    await task.destroy().catch(() => {});
    return { refused: (error as Error).name === 'PasswordException' ? 'ENCRYPTED' : 'DAMAGED' };
  }
}

export type PdfText = { hasText: boolean; sketch: Buffer | null };

/** Page after page, until enough is known; a page that can't be read has no text. */
export async function textOf(document: PDFDocumentProxy, until: number): Promise<PdfText> {
  const pieces: string[] = [];
  let size = 0;
  let read = 0;
  for (const number of spread(document.numPages)) {
    if (size > BOUNDS.textCharacters || Date.now() > until) break;
    read += 1;
    const text = await pageText(document, number).catch(() => '');
    pieces.push(text);
    size += text.length;
  }
  const sketch = sketchOf(pieces.join('\n'), read < document.numPages);
  return { hasText: sketch !== null, sketch };
}

async function pageText(document: PDFDocumentProxy, number: number): Promise<string> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent({ includeMarkedContent: false });
  page.cleanup();
  return items.map((item) => ('str' in item ? item.str : '')).join('');
}

/** All pages, so that whatever part of them has been read stands for the whole: every 64th first, then those between. */
function* spread(pages: number): Generator<number> {
  for (let step = 64, done = Number.POSITIVE_INFINITY; step >= 1; done = step, step /= 8)
    for (let i = 0; i < pages; i += step) if (done === Number.POSITIVE_INFINITY || i % done !== 0) yield i + 1;
}
