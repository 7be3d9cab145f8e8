import PizZip from 'pizzip';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
/** A4 less its margins, in twentieths of a point. */
const WIDTH = 9070;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const run = (text) => `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;

export const paragraph = (text, style) =>
  `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ''}${text ? run(text) : ''}</w:p>`;
export const title = (text) => paragraph(text, 'Title');
export const kindTitle = (text) => paragraph(text, 'KindTitle');
export const subtitle = (text) => paragraph(text, 'Subtitle');
export const heading = (text) => paragraph(text, 'Heading1');
export const hint = (text) => paragraph(`【${text}】`, 'Hint');
export const pageBreak = () => '<w:p><w:r><w:br w:type="page"/></w:r></w:p>';

const cell = (text, width, style, fill) =>
  `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${fill ? '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' : ''}<w:vAlign w:val="center"/></w:tcPr>${paragraph(text, style)}</w:tc>`;

function row(cells, widths, { head = false, height } = {}) {
  const properties = [
    '<w:cantSplit/>',
    height ? `<w:trHeight w:val="${height}" w:hRule="atLeast"/>` : '',
    head ? '<w:tblHeader/>' : '',
  ].join('');
  const inner = cells.map((text, i) => cell(text, widths[i], head ? 'TableHead' : 'TableText', head)).join('');
  return `<w:tr><w:trPr>${properties}</w:trPr>${inner}</w:tr>`;
}

const grid = (widths, rows) =>
  `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="${WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>${widths.map((w) => `<w:gridCol w:w="${w}"/>`).join('')}</w:tblGrid>${rows.join('')}</w:tbl>${paragraph('', 'TableText')}`;

const widthsOf = (shares) => {
  const sum = shares.reduce((a, b) => a + b);
  return shares.map((share) => Math.round((WIDTH * share) / sum));
};

/** Two columns: what it is, and the tag. */
export function pairs(rows) {
  const widths = widthsOf([1, 3.2]);
  const of = ([label, text]) =>
    `<w:tr><w:trPr><w:cantSplit/></w:trPr>${cell(label, widths[0], 'TableHead', true)}${cell(text, widths[1], 'TableText')}</w:tr>`;
  return grid(widths, rows.map(of));
}

/** A row for each entry of the list, and if there is none, rows to be filled in by hand. */
export function list(name, columns, { whenEmpty, height } = {}) {
  const widths = widthsOf(columns.map((column) => column.share));
  const tags = columns.map((column) => column.text);
  const last = tags.length - 1;
  const between = (open, cells) =>
    cells.map((text, i) => `${i === 0 ? open : ''}${text}${i === last ? `{/${name}}` : ''}`);
  const rows = [
    row(
      columns.map((column) => column.head),
      widths,
      { head: true },
    ),
  ];
  rows.push(row(between(`{#${name}}`, tags), widths, { height }));
  if (whenEmpty)
    rows.push(
      row(
        between(
          `{^${name}}`,
          tags.map((_, i) => (i === 0 ? '' : (whenEmpty[i - 1] ?? ''))),
        ),
        widths,
      ),
    );
  return grid(widths, rows);
}

const font = (asian, latin = 'Times New Roman') =>
  `<w:rFonts w:ascii="${latin}" w:hAnsi="${latin}" w:cs="${latin}" w:eastAsia="${asian}"/>`;
const style = (id, name, { base = 'Normal', paragraph: p = '', run: r = '', next = 'Normal' }) =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="${base}"/><w:next w:val="${next}"/><w:qFormat/><w:pPr>${p}</w:pPr><w:rPr>${r}</w:rPr></w:style>`;
const size = (halfPoints) => `<w:sz w:val="${halfPoints}"/><w:szCs w:val="${halfPoints}"/>`;
const centred = '<w:jc w:val="center"/>';

const STYLES = `${HEAD}<w:styles ${W}><w:docDefaults><w:rPrDefault><w:rPr>${font('仿宋')}${size(28)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:spacing w:line="520" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="560"/><w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>${['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="404040"/>`).join('')}</w:tblBorders></w:tblPr></w:style>
${style('Title', 'Title', { paragraph: `<w:spacing w:before="1200" w:after="240" w:line="800" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/>${centred}`, run: `${font('黑体')}${size(44)}` })}
${style('KindTitle', '材料名称', { base: 'Title', paragraph: '<w:spacing w:before="0" w:after="240" w:line="800" w:lineRule="atLeast"/>' })}
${style('Subtitle', 'Subtitle', { paragraph: `<w:ind w:firstLineChars="0" w:firstLine="0"/>${centred}`, run: size(30) })}
${style('Heading1', 'heading 1', { paragraph: '<w:keepNext/><w:spacing w:before="240" w:after="120" w:line="520" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:outlineLvl w:val="0"/>', run: `${font('黑体')}${size(32)}` })}
${style('Hint', '填写提示', { run: '<w:color w:val="7F7F7F"/>' })}
${style('TableText', '表格文字', { next: 'TableText', paragraph: '<w:spacing w:before="60" w:after="60" w:line="320" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="left"/>', run: size(22) })}
${style('TableHead', '表头', { base: 'TableText', next: 'TableText', paragraph: '<w:keepNext/>', run: `${font('黑体')}${size(22)}` })}
${style('Footer', 'footer', { next: 'Footer', paragraph: `<w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLineChars="0" w:firstLine="0"/>${centred}`, run: size(18) })}
</w:styles>`;

const FOOTER = `${HEAD}<w:ftr ${W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>${run('— ')}<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run('1')}<w:r><w:fldChar w:fldCharType="end"/></w:r>${run(' —')}</w:p></w:ftr>`;

const SECTION =
  '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1701" w:right="1418" w:bottom="1418" w:left="1418" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>';

const relations = (entries) =>
  `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${entries.map(([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${type}" Target="${target}"/>`).join('')}</Relationships>`;

/** A date of its own, so that the same outline gives the same file. */
const date = new Date(Date.UTC(2024, 4, 16));

export function wordFile(documentTitle, blocks) {
  const zip = new PizZip();
  const parts = {
    '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${TYPE}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/word/footer1.xml" ContentType="${TYPE}.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`,
    '_rels/.rels': relations([
      [`${OFFICE}/officeDocument`, 'word/document.xml'],
      [`${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    ]),
    'docProps/core.xml': `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escaped(documentTitle)}</dc:title></cp:coreProperties>`,
    'word/_rels/document.xml.rels': relations([
      [`${OFFICE}/styles`, 'styles.xml'],
      [`${OFFICE}/footer`, 'footer1.xml'],
    ]),
    'word/styles.xml': STYLES,
    'word/footer1.xml': FOOTER,
    'word/document.xml': `${HEAD}<w:document ${W} ${R}><w:body>${blocks.join('')}${SECTION}</w:body></w:document>`,
  };
  for (const [path, text] of Object.entries(parts)) zip.file(path, text, { date, createFolders: false });
  return zip.generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}
