import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PizZip from 'pizzip';
import { similarity } from '../../../src/files/inspection/sketch.js';
import { checking } from './support.js';

const { inspector, word, pdf } = await checking();
const fixtures = join(import.meta.dirname, '../fixtures');
const look = (name: string) =>
  inspector.inspect(join(fixtures, name), name.endsWith('.pdf') ? 'STAMPED_PDF' : 'WORD', name);

describe('a file that another program made', () => {
  it.each([
    ['libreoffice.docx', []],
    ['wps-like.docx', []],
    ['libreoffice.doc', ['LEGACY_WORD']],
    ['libreoffice.rtf', ['LEGACY_WORD']],
    ['libreoffice.odt', ['WRONG_TYPE']],
    ['libreoffice.pdf', []],
    ['libreoffice-hybrid.pdf', ['EMBEDDED_FILE']],
    ['wps-like.pdf', []],
    ['qpdf-object-streams.pdf', []],
    ['qpdf-linearized.pdf', []],
    ['qpdf-locked.pdf', ['ENCRYPTED']],
    ['qpdf-permissions.pdf', ['ENCRYPTED']],
    ['openssl-signed.pdf', []],
  ])('is what it is: %s', async (name, findings) => {
    const found = await look(name);
    expect(found.findings).toEqual(findings);
    if (name.endsWith('.pdf') && !findings.length) expect(found).toMatchObject({ pageCount: 1, hasText: true });
  });

  it('is all of the folder', async () => {
    expect((await readdir(fixtures)).filter((name) => name !== 'README.md')).toHaveLength(13);
  });

  it('has the same text as Word and as PDF, in Chinese, and another is another', async () => {
    const [docx, own, streams, wps, other] = await Promise.all(
      ['libreoffice.docx', 'libreoffice.pdf', 'qpdf-object-streams.pdf', 'wps-like.docx', 'wps-like.pdf'].map(look),
    );
    expect(similarity(docx.sketch, own.sketch)).toBeGreaterThan(0.98);
    expect(similarity(docx.sketch, streams.sketch)).toBeGreaterThan(0.98);
    expect(similarity(wps.sketch, other.sketch)).toBeGreaterThan(0.95);
    expect(similarity(docx.sketch, other.sketch)).toBeLessThan(0.4);
  });

  it('is signed by another implementation', async () => {
    expect((await look('openssl-signed.pdf')).signatures).toEqual([
      { signedBy: '演示学院', signedAt: expect.stringMatching(/^20.*Z$/), coversWholeFile: true, digestMatches: true },
    ]);
  });

  it('may be zipped by another library', async () => {
    const bytes = await readFile(join(fixtures, 'libreoffice.docx'));
    const again = new PizZip(bytes).generate({ type: 'nodebuffer', compression: 'DEFLATE' });
    expect(await word(again)).toEqual([]);
  });

  it('is the wrong one in the other’s place', async () => {
    expect(await word(await readFile(join(fixtures, 'libreoffice.pdf')))).toEqual(['WRONG_TYPE']);
    expect(await pdf(await readFile(join(fixtures, 'libreoffice.docx')))).toEqual(['WRONG_TYPE']);
    expect(await pdf(await readFile(join(fixtures, 'libreoffice.doc')))).toEqual(['WRONG_TYPE']);
  });
});
