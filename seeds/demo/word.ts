import PizZip from 'pizzip';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** The first day that a zip file knows. */
const FIRST_DAY = new Date(1980, 0, 1);

/** The smallest Word file that Word opens: a heading and paragraphs; the same bytes for the same text. */
export function demoWord(title: string, paragraphs: string[]): Buffer {
  const paragraph = (text: string, style = '') =>
    `<w:p><w:r>${style}<w:t xml:space="preserve">${escaped(text)}</w:t></w:r></w:p>`;
  const body = [paragraph(title, '<w:rPr><w:b/><w:sz w:val="36"/></w:rPr>'), ...paragraphs.map((p) => paragraph(p))];
  const parts = {
    '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': `${HEAD}<w:document xmlns:w="${WORD}"><w:body>${body.join('')}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`,
  };
  const zip = new PizZip();
  for (const [path, text] of Object.entries(parts)) zip.file(path, text, { date: FIRST_DAY, createFolders: false });
  return zip.generate({ type: 'nodebuffer' });
}

/** XML has no place for control characters and halves of surrogate pairs, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
