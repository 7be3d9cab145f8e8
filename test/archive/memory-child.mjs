// Streams 2,000 reports of two files of 200 KB through an archive, and prints how far memory grew.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { archive } from '../../dist/src/archive/archive.js';

const chunk = Buffer.alloc(50_000, 'x');
const sha256 = createHash('sha256')
  .update(Buffer.concat([chunk, chunk, chunk, chunk]))
  .digest('hex');
let open = 0;
let mostOpen = 0;
function source() {
  mostOpen = Math.max(mostOpen, ++open);
  let left = 4;
  return new Readable({
    read() {
      // a buffer of its own each time, as from a disk: what is kept would show
      this.push(left-- > 0 ? Buffer.from(chunk) : null);
    },
    destroy(error, done) {
      open--;
      done(error);
    },
  });
}
async function* entries(reports) {
  for (let i = 0; i < reports; i++)
    yield {
      folder: '430100 长沙市',
      code: `430000-2024-${i}`,
      consortium: `演示产教联合体${i}`,
      city: '长沙市',
      kind: 'ANNUAL_WORK_PLAN',
      year: 2027,
      submittedAt: '2027-01-15T02:00:00Z',
      approvedAt: '2027-01-16T02:00:00Z',
      acceptedAt: '2027-01-18T02:00:00Z',
      onTime: '按时',
      documents: ['材料.docx', '材料.pdf'].map((name) => ({
        name,
        byteSize: 200_000,
        sha256,
        open: async () => source(),
      })),
    };
}

const STEP = 10_000_000;
/** What is held behind a collection of garbage: the size of the process goes by when that happens. */
function held() {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function run(reports) {
  let bytes = 0;
  let most = held();
  let next = STEP;
  for await (const piece of archive(entries(reports), '2027年')) {
    bytes += piece.length;
    if (bytes < next) continue;
    next += STEP;
    most = Math.max(most, held());
  }
  return { bytes, most };
}

// what the program itself needs is there after a small one
const { most: before } = await run(100);
const { bytes, most } = await run(2_000);
console.log(JSON.stringify({ bytes, grewMegabytes: (most - before) / 1_048_576, mostOpen, open }));
