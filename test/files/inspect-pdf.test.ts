import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PDFDocument } from 'pdf-lib';
import { demoPdf, demoWord } from '../../src/files/demo.js';
import { BOUNDS } from '../../src/files/findings.js';
import { inspectPdf } from '../../src/files/inspect.js';
import { checkPdf } from '../../src/files/inspect-pdf.js';
import { CATALOG, CONTENTS, PAGE, PAGES, pdfOf } from './samples.js';

const found = (finding: string) => ({ readable: false, finding });
const readable = { readable: true };
const lines = Array.from({ length: 200 }, (_, i) => `Line ${i} 年度`);
const sample = await demoPdf(lines);
const plain = pdfOf([CATALOG, PAGES, PAGE, CONTENTS]);

describe('a readable PDF', () => {
  it('is the demonstration one, the same bytes each time', async () => {
    expect(await inspectPdf(sample)).toEqual(readable);
    expect((await demoPdf(lines)).equals(sample)).toBe(true);
    expect((await PDFDocument.load(sample)).getPageCount()).toBe(5);
    expect(await inspectPdf(await demoPdf([]))).toEqual(readable);
  });

  it('may be without object streams, have its header a little later, rest behind its end, or a page without content', async () => {
    expect(await inspectPdf(plain)).toEqual(readable);
    expect(await inspectPdf(Buffer.concat([Buffer.from('\ufeff\n'), plain]))).toEqual(readable);
    expect(await inspectPdf(Buffer.concat([plain, Buffer.alloc(700)]))).toEqual(readable);
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE.replace('/Contents 4 0 R', '')]))).toEqual(readable);
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE.replace('4 0 R', '[4 0 R 4 0 R]'), CONTENTS]))).toEqual(
      readable,
    );
  });

  it('may have ten thousand pages, or one of fifty megabytes', async () => {
    const kids = Array.from({ length: 10_000 }, (_, i) => `${i + 3} 0 R`).join(' ');
    const page = '<< /Type /Page /Parent 2 0 R >>';
    const objects = [CATALOG, `<< /Type /Pages /Kids [${kids}] /Count 10000 >>`, ...Array(10_000).fill(page)];
    expect(await inspectPdf(pdfInOneGo(objects))).toEqual(readable);
    const scan = Buffer.concat([
      Buffer.from('<< /Length 50000000 >>\nstream\n'),
      randomBytes(50_000_000),
      Buffer.from('\nendstream'),
    ]);
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE, scan]))).toEqual(readable);
  });
});

describe('what is no readable PDF', () => {
  it('is named for what it is', async () => {
    expect(await inspectPdf(Buffer.alloc(0))).toEqual(found('EMPTY'));
    expect(await inspectPdf(await demoWord('x', []))).toEqual(found('WRONG_TYPE'));
    expect(await inspectPdf(Buffer.concat([Buffer.alloc(1_025, 'x'), plain]))).toEqual(found('WRONG_TYPE'));
    expect(await inspectPdf(Buffer.from('%PDF-1.7 and nothing else'))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(100_000)]))).toEqual(
      found('DAMAGED'),
    );
  });

  it('is damaged when cut at any place', async () => {
    for (const file of [sample, plain]) {
      for (let part = 1; part < 8; part++) {
        const size = Math.floor((file.length * part) / 8);
        expect([size, await inspectPdf(file.subarray(0, size))]).toEqual([size, found('DAMAGED')]);
      }
      expect(await inspectPdf(Buffer.concat([file, Buffer.from('5 0 obj\n<< /Type /Page')]))).toEqual(found('DAMAGED'));
    }
  });

  it('is damaged without a page or with a page that is not all there', async () => {
    expect(await inspectPdf(pdfOf([CATALOG, '<< /Type /Pages /Kids [] /Count 0 >>']))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(pdfOf([CATALOG, PAGES]))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE]))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(pdfOf(['<< /Type /Catalog >>']))).toEqual(found('DAMAGED'));
  });

  it('is encrypted when it says so', async () => {
    const lock = '<< /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>';
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, lock], '/Root 1 0 R /Encrypt 5 0 R'))).toEqual(
      found('ENCRYPTED'),
    );
  });
});

describe('a hostile PDF', () => {
  it('that goes in circles or nests without end is only damaged', async () => {
    expect(await inspectPdf(pdfOf([CATALOG, '<< /Type /Pages /Kids [2 0 R] /Count 1 >>']))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(pdfOf([`${'['.repeat(2_000_000)}`, CATALOG]))).toEqual(found('DAMAGED'));
    expect(await inspectPdf(pdfOf(['1 0 R', PAGES, PAGE]))).toHaveProperty('readable', false);
  });

  it('that unpacks without end stops at a bound', async () => {
    const once = deflateSync(Buffer.alloc(400_000_000, ' '));
    const twice = deflateSync(once);
    const bomb = (data: Buffer, filter: string) =>
      Buffer.concat([
        Buffer.from(`<< /Type /ObjStm /N 1 /First 5 /Filter ${filter} /Length ${data.length} >>\nstream\n`),
        data,
        Buffer.from('\nendstream'),
      ]);
    const before = process.memoryUsage().rss;
    expect(await inspectPdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, bomb(once, '/FlateDecode')]))).toEqual(
      found('UNPACKS_TOO_LARGE'),
    );
    expect(
      await inspectPdf(pdfOf([CATALOG, PAGES, PAGE, CONTENTS, bomb(twice, '[/FlateDecode /FlateDecode]')])),
    ).toEqual(found('UNPACKS_TOO_LARGE'));
    expect(process.memoryUsage().rss - before).toBeLessThan(600_000_000);
  });

  it('that needs too much memory or time ends, and the process goes on', async () => {
    const numbers = Buffer.from(`%PDF-1.7\n1 0 obj [${'1 '.repeat(5_000_000)}] endobj`);
    await expect(checkPdf(numbers, { ...BOUNDS, pdfHeapMegabytes: 32 })).rejects.toMatchObject({
      finding: 'UNPACKS_TOO_LARGE',
    });
    const words = Buffer.from(`%PDF-1.7\n${'/Encrypt '.repeat(1_000_000)}`);
    const started = Date.now();
    await expect(checkPdf(words, { ...BOUNDS, milliseconds: 500 })).rejects.toMatchObject({
      finding: 'UNPACKS_TOO_LARGE',
    });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await inspectPdf(plain)).toEqual(readable);
  });

  it('waits for its turn when many come at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => inspectPdf(i % 2 ? plain : Buffer.alloc(0))));
    expect(all.filter((r) => r.readable)).toHaveLength(6);
  });
});

/** Without a table of places: for more objects than `pdfOf` adds up in reasonable time. */
const pdfInOneGo = (objects: string[]) =>
  Buffer.from(
    `%PDF-1.7\n${objects.map((o, i) => `${i + 1} 0 obj\n${o}\nendobj\n`).join('')}trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n`,
  );
