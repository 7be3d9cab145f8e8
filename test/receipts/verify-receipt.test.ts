import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { ReceiptKeys } from '../../src/receipts/receipt-keys.js';
import { receiptPdf } from '../../src/receipts/receipt-pdf.js';
import { pagesOf, sample } from './samples.js';

let folder: string;
let jws: string;
let pdf: Buffer;
const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The script, as a person runs it. */
const run = (...args: string[]) =>
  new Promise<{ code: number | null; text: string }>((done) => {
    const child = spawn(process.execPath, ['scripts/verify-receipt.mjs', ...args], { env: {} });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('close', (code) => done({ code, text }));
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-receipt-'));
  const keys = await ReceiptKeys.open(folder, true);
  const facts = sample({
    documents: [
      { kind: 'WORD', sha256: sha256('word'), byteSize: 4 },
      { kind: 'STAMPED_PDF', sha256: sha256('pdf'), byteSize: 3 },
    ],
  });
  jws = await keys.sign(facts);
  pdf = await receiptPdf(facts, jws);
  write('receipt.pdf', pdf);
  write('word.docx', 'word');
  write('stamped.pdf', 'pdf');
  write('other.docx', 'other');
  write('jwks.json', JSON.stringify(keys.jwks()));
  await ReceiptKeys.rotate(folder);
  write('later.json', JSON.stringify((await ReceiptKeys.open(folder, true)).jwks()));
  rmSync(join(folder, 'keys'), { recursive: true });
  write('foreign.json', JSON.stringify((await ReceiptKeys.open(folder, true)).jwks()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

test('a receipt and its files hold, with the key of its time and after a rotation', async () => {
  for (const keys of ['jwks.json', 'later.json']) {
    const { code, text } = await run(at('receipt.pdf'), at(keys), at('word.docx'), at('stamped.pdf'));
    expect(text).toContain('签名有效');
    expect(text).toContain('编号 Number: R2027-0KB1-VJM1-DBMP-428Z');
    expect(text).toContain('岳阳市现代石化产教联合体');
    expect(text.match(/✓/g)).toHaveLength(3);
    expect(code).toBe(0);
  }
});

test('the attachment alone, and what is copied from the page, will do', async () => {
  expect((await run(write('a.jws', jws), at('jwks.json'))).code).toBe(0);
  const printed = /eyJ[\w-]+\.[\w-]+\.[\w-]{86}/.exec((await pagesOf(pdf)).join(''))![0];
  expect((await run(write('b.jws', printed.replace(/.{100}/g, '$&\r\n')), at('jwks.json'))).code).toBe(0);
});

test('another file, another key, and a changed word are told', async () => {
  const other = await run(at('receipt.pdf'), at('jwks.json'), at('word.docx'), at('other.docx'));
  expect(other).toMatchObject({ code: 1, text: expect.stringContaining(sha256('other')) });
  const foreign = await run(at('receipt.pdf'), at('foreign.json'));
  expect(foreign).toMatchObject({ code: 1, text: expect.stringContaining('签名不成立') });

  const [head, payload, signature] = jws.split('.');
  const forged = Buffer.from(payload, 'base64url').toString().replace('岳阳', '长沙');
  const changed = [head, Buffer.from(forged).toString('base64url'), signature].join('.');
  expect((await run(write('c.jws', changed), at('jwks.json'))).code).toBe(1);
  const none = Buffer.from('{"alg":"none","typ":"receipt+jwt"}').toString('base64url');
  expect((await run(write('d.jws', `${none}.${payload}.`), at('jwks.json'))).code).toBe(1);
});

test('a PDF with no signature or with two, and what is no file at all, end with a sentence', async () => {
  const plain = await PDFDocument.create();
  plain.addPage();
  write('plain.pdf', Buffer.from(await plain.save()));
  const two = await PDFDocument.load(pdf);
  await two.attach(Buffer.from(jws), 'receipt.jws');
  await two.attach(Buffer.from(jws), 'receipt.jws');
  write('two.pdf', Buffer.from(await two.save()));
  for (const args of [
    [at('plain.pdf'), at('jwks.json')],
    [at('two.pdf'), at('jwks.json')],
    [at('nowhere.pdf'), at('jwks.json')],
    [at('receipt.pdf'), at('receipt.pdf')],
    [],
  ]) {
    const { code, text } = await run(...args);
    expect(code).toBe(1);
    expect(text).toMatch(/^✗ /);
    expect(text).not.toContain('    at ');
  }
});
