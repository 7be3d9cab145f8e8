import 'reflect-metadata';
import { fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type ArchiveDocument, archive } from '../../src/archive/archive.js';
import { bytesOf, document, each, entry, INDEX, indexOf, sha256, unzipped } from './samples.js';

const FOLDER = '430600 岳阳市/430000-2024-13 岳阳市现代石化产教联合体/年度工作计划';

test('files by city, consortium and kind, as they were, and an index at the end', async () => {
  const files = await unzipped(
    await bytesOf(archive(each(entry(), entry({ kind: 'ANNUAL_SUMMARY' })), '2027年已收材料')),
  );
  expect([...files.keys()]).toEqual([
    `${FOLDER}/工作计划.docx`,
    `${FOLDER}/工作计划 盖章.pdf`,
    `${FOLDER.replace('计划', '总结')}/工作计划.docx`,
    `${FOLDER.replace('计划', '总结')}/工作计划 盖章.pdf`,
    INDEX,
  ]);
  expect(files.get(`${FOLDER}/工作计划.docx`)!.toString()).toBe('word');
  expect(files.get(`${FOLDER}/工作计划 盖章.pdf`)!.toString()).toBe('pdf');

  const { title, summary, heads, rows } = await indexOf(files);
  expect(title).toBe('2027年已收材料');
  expect(summary).toContain('共 2 份材料，4 个文件。');
  expect(heads).toHaveLength(16);
  for (const head of heads) expect(head).toMatch(/^[\p{Script=Han}（）]+ [A-Z]|^SHA-256$/u);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual([
    1,
    '岳阳市',
    '430000-2024-13',
    '岳阳市现代石化产教联合体',
    '年度工作计划',
    2027,
    '2027-01-16 00:00:00',
    '2027-01-17 09:02:03',
    '2027-01-18 10:23:45',
    '按时',
    expect.objectContaining({ text: `${FOLDER}/工作计划.docx` }),
    4,
    sha256('word'),
    expect.objectContaining({ text: `${FOLDER}/工作计划 盖章.pdf` }),
    3,
    sha256('pdf'),
  ]);
});

test('a link leads to its file, whatever its name', async () => {
  const names = ['计划 (1).docx', '100%#1?.pdf', 'a&b<c>"d".docx', '=1+1.pdf'];
  const files = await unzipped(
    await bytesOf(archive(each(entry({ documents: names.map((name) => document(name, name)) })), 'x')),
  );
  const { rows } = await indexOf(files);
  for (const [i, name] of names.entries()) {
    const { text, hyperlink } = rows[0][10 + i * 3];
    expect(files.get(text)!.toString()).toBe(name);
    expect(hyperlink).not.toMatch(/[ #?&"<>]|^[a-z]+:|^\//);
    expect(decodeURIComponent(hyperlink)).toBe(text);
  }
});

test('no name leaves the folder, hides or collides', async () => {
  const hostile = [
    '../../etc/passwd',
    '..',
    '',
    '/abs',
    'C:\\x.docx',
    'con.docx',
    'a\u0000b\u202egpj.docx',
    `${'x'.repeat(500)}.pdf`,
    'same.pdf',
    'SAME.pdf',
    'ｓame.pdf',
    '.hidden',
    'end. ',
    '\ud800.pdf',
  ];
  const all = [
    entry({ folder: '../..', code: '..', consortium: '/', documents: hostile.map((n) => document(n, n)) }),
    entry({ consortium: '很长'.repeat(300) }),
  ];
  const files = await unzipped(await bytesOf(archive(each(...all), '\u0000')));
  expect(files.size).toBe(hostile.length + 3);
  const seen = new Set<string>();
  for (const path of files.keys()) {
    expect(path.length).toBeLessThan(250);
    for (const part of path.split('/')) {
      expect(part).not.toMatch(/^\.|^con\.|[. ]$|[\p{Cc}\p{Bidi_Control}\\:*?"<>|]|^$/u);
      expect(part.length).toBeLessThan(70);
    }
    seen.add(path.normalize('NFKC').toLowerCase());
  }
  expect(seen.size).toBe(files.size);
  expect([...files.keys()].filter((path) => path.endsWith('.pdf')).length).toBeGreaterThan(4);
});

const broken = () => {
  let pieces = 0;
  return new Readable({
    read() {
      if (pieces++ < 3) this.push(Buffer.alloc(1_000, 'x'));
      else this.destroy(new Error('disk'));
    },
  });
};
const cut = () => Readable.from([Buffer.alloc(1_000, 'x')], { objectMode: false });
const faulty = (name: string, changes: Partial<ArchiveDocument>) => document(name, 'x'.repeat(5_000), changes);

test.each([
  ['can not be opened', faulty('拒绝.docx', { open: async () => Promise.reject(new Error('no such key')) })],
  ['is not there', faulty('不存在.docx', { open: async () => createReadStream('/nowhere/at/all') })],
  ['breaks off', faulty('中断.pdf', { open: async () => broken() })],
  ['ends early', faulty('短.pdf', { open: async () => cut() })],
  ['is longer', document('长.pdf', 'a', { open: async () => cut() })],
  ['is another', faulty('另一个.pdf', { sha256: sha256('another') })],
])('an archive of which a file %s breaks off, wherever it stands', async (_, bad) => {
  for (const documents of [[bad], [document('好.pdf', 'good'), bad], [bad, document('好.pdf', 'good')]]) {
    const pieces: Buffer[] = [];
    const reading = async () => {
      for await (const piece of archive(each(entry({ documents }), entry()), 'x')) pieces.push(piece);
    };
    await expect(reading()).rejects.toThrow();
    // nothing had been sent where it is the first
    if (documents[0] === bad && !['中断.pdf', '长.pdf'].includes(bad.name)) expect(pieces).toEqual([]);
    await expect(unzipped(Buffer.concat(pieces))).rejects.toThrow();
  }
});

test('an empty file is whole', async () => {
  const files = await unzipped(await bytesOf(archive(each(entry({ documents: [document('空.pdf', '')] })), 'x')));
  expect(files.get(`${FOLDER}/空.pdf`)!).toHaveLength(0);
});

test('nothing accepted is an archive too', async () => {
  const files = await unzipped(await bytesOf(archive(each(), '2030年')));
  expect([...files.keys()]).toEqual([INDEX]);
  expect((await indexOf(files)).rows).toEqual([]);
});

test('a list that fails breaks the stream: no archive looks whole that is not', async () => {
  async function* failing() {
    yield entry();
    throw new Error('database');
  }
  await expect(bytesOf(archive(failing(), 'x'))).rejects.toThrow('database');
});

test('files open one at a time, when they are read; who leaves closes what is open', async () => {
  const open = new Set<string>();
  let opened = 0;
  let finished = false;
  const endless = (name: string) =>
    new Readable({
      construct(done) {
        open.add(name);
        opened += 1;
        done();
      },
      read() {
        this.push(Buffer.alloc(16_384));
      },
      destroy(error, done) {
        open.delete(name);
        done(error);
      },
    });
  async function* entries() {
    try {
      for (;;)
        yield entry({
          documents: [document('a', 'a'), document('b', '', { byteSize: 2 ** 40, open: async () => endless('b') })],
        });
    } finally {
      finished = true;
    }
  }
  const stream = archive(entries(), 'x');
  await pause(50);
  expect(opened).toBe(1);
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    if (bytes > 1_000_000) break;
  }
  await pause(50);
  expect(opened).toBe(1);
  expect([...open]).toEqual([]);
  expect(finished).toBe(true);
});

test('who leaves while a file is being opened leaves nothing open', async () => {
  let source: Readable | undefined;
  const slow = document('a', 'a', {
    open: async () => {
      await pause(60);
      source = new Readable({ read() {} });
      return source;
    },
  });
  const stream = archive(each(entry({ documents: [slow] })), 'x');
  stream.resume();
  await pause(20);
  stream.destroy();
  await pause(80);
  expect(source!.destroyed).toBe(true);

  const silent = new Readable({ read() {} });
  const waiting = archive(each(entry({ documents: [document('a', 'a', { open: async () => silent })] })), 'x');
  waiting.resume();
  await pause(20);
  waiting.destroy();
  await pause(20);
  expect(silent.destroyed).toBe(true);
});

test('memory stays flat over 2,000 reports of two files', async () => {
  const child = fork(new URL('./memory-child.mjs', import.meta.url), { silent: true, execArgv: ['--expose-gc'] });
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (piece) => (text += piece));
  await new Promise((done) => child.on('close', done));
  const { bytes, grewMegabytes, mostOpen, open } = JSON.parse(text);
  expect(bytes).toBeGreaterThan(2_000 * 400_000);
  expect(grewMegabytes).toBeLessThan(20);
  expect({ mostOpen, open }).toEqual({ mostOpen: 1, open: 0 });
  // eight hundred megabytes go through it, on a machine that others use too
}, 240_000);
