import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { BOUNDS, type Bounds, DAMAGED, type Finding, Found, SLOW } from './findings.js';

const HEADER_WITHIN = 1_024;

/** Throws `Found`, or nothing. */
export async function checkPdf(file: Buffer, bounds: Bounds = BOUNDS): Promise<void> {
  if (file.length === 0) throw new Found('EMPTY');
  if (!file.subarray(0, HEADER_WITHIN).includes('%PDF-')) throw new Found('WRONG_TYPE');
  const finding = await inWorker(new Uint8Array(file), bounds);
  if (finding) throw new Found(finding);
}

const { resolve } = createRequire(import.meta.url);

/** The parser runs where neither its time, its memory nor its death matters to anybody else. */
async function inWorker(bytes: Uint8Array<ArrayBuffer>, bounds: Bounds): Promise<Finding | undefined> {
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: {
      bytes,
      library: resolve('pdf-lib'),
      streams: resolve('pdf-lib/cjs/core/streams/DecodeStream.js'),
      streamBytes: bounds.pdfStreamBytes,
      unpackedBytes: bounds.unpackedBytes,
    },
    transferList: [bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: bounds.pdfHeapMegabytes, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    env: {},
    execArgv: [],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Finding | undefined>((done) => {
      worker.on('message', (finding: Finding | null) => done(finding ?? undefined));
      worker.on('error', (error: NodeJS.ErrnoException) =>
        done(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? SLOW : DAMAGED),
      );
      worker.on('exit', () => done(DAMAGED));
      timer = setTimeout(() => done(SLOW), bounds.milliseconds);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/**
 * Text, since a worker begins from a file or from text, and there is one file in the source and another in the build.
 * - Memory outside the heap is not limited by a worker, and a stream unpacks into it: so the unpacking itself is.
 * - The library repairs what it can; a reader needs more: an end, no object after it that is cut off, and each page whole.
 * - The page tree is walked here, since the library's own walk follows a circle for ever.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { PDFDocument, PDFName, PDFDict, PDFArray, PDFRef, PDFStream } = require(workerData.library);
const DecodeStream = require(workerData.streams).default;
console.log = console.warn = console.error = () => {};

let tooLarge = false;
let unpacked = 0;
const { ensureBuffer } = DecodeStream.prototype;
DecodeStream.prototype.ensureBuffer = function (requested) {
  if (requested > this.buffer.byteLength) {
    unpacked += requested - this.buffer.byteLength;
    tooLarge ||= requested > workerData.streamBytes || unpacked > workerData.unpackedBytes;
  }
  if (tooLarge) throw new Error('unpacks too large');
  return ensureBuffer.call(this, requested);
};

const text = Buffer.from(workerData.bytes.buffer);
const encrypted = () => /\\/Encrypt\\s*(?:<<|\\d+\\s+\\d+\\s+R)/.test(text.toString('latin1'));

function wholeEnd() {
  const end = text.lastIndexOf('%%EOF');
  return end >= 0 && !/\\d\\s+\\d+\\s+obj\\b/.test(text.subarray(end).toString('latin1'));
}

function wholePages(context, root) {
  const seen = new Set();
  const waiting = [root];
  let pages = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next instanceof PDFRef) {
      if (seen.has(next)) continue;
      seen.add(next);
    }
    const node = context.lookup(next);
    if (!(node instanceof PDFDict)) return false;
    const kids = node.lookup(PDFName.of('Kids'));
    if (kids instanceof PDFArray) {
      for (let i = 0; i < kids.size(); i++) waiting.push(kids.get(i));
      continue;
    }
    if (node.lookup(PDFName.of('Type')) !== PDFName.of('Page')) continue;
    pages += 1;
    if (!node.has(PDFName.of('Contents'))) continue;
    const contents = node.lookup(PDFName.of('Contents'));
    const streams = contents instanceof PDFArray ? contents.asArray() : [contents];
    if (!streams.every((s) => context.lookup(s) instanceof PDFStream)) return false;
  }
  return pages > 0;
}

async function inspect() {
  try {
    const options = { ignoreEncryption: true, updateMetadata: false, parseSpeed: Infinity };
    const { context, catalog, isEncrypted } = await PDFDocument.load(workerData.bytes, options);
    if (tooLarge) return 'UNPACKS_TOO_LARGE';
    if (isEncrypted) return 'ENCRYPTED';
    return wholeEnd() && wholePages(context, catalog.get(PDFName.of('Pages'))) ? null : 'DAMAGED';
  } catch {
    return tooLarge ? 'UNPACKS_TOO_LARGE' : encrypted() ? 'ENCRYPTED' : 'DAMAGED';
  }
}
inspect().then((finding) => parentPort.postMessage(finding));
`;
