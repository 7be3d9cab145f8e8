import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';

const MARGIN = 56;
const FOOT = 64;
const PADDING = 5;
const INK = '#1a1a1a';
const GREY = '#666666';
const RULE = '#b8b8b8';

/** As the library opens it; it takes an opened font as well as a file's bytes, though its types don't say so. */
type OpenFont = Buffer & { hasGlyphForCodePoint(point: number): boolean; _glyphs: object };
let font: OpenFont | undefined;
/** 8 MB, opened once, which is half the time of a receipt: each embeds only the few glyphs that it uses. */
function openFont(pdf: PDFKit.PDFDocument): OpenFont {
  const package_ = createRequire(import.meta.url).resolve('@embedpdf/fonts-sc');
  pdf.registerFont('text', font ?? readFileSync(join(package_, '../../fonts/NotoSansHans-Regular.otf'))).font('text');
  font ??= (pdf as unknown as { _font: { font: OpenFont } })._font.font;
  // a glyph remembers for which of its characters it was first asked (行 or ⾏), and no receipt may depend on an earlier one
  font._glyphs = {};
  return font;
}

/** Stands for a character that the font does not have, as in a printer's proof. */
const MISSING = '〓';

export type Style = { size?: number; grey?: boolean; align?: 'left' | 'center' | 'right' };
export type Column = { title: string; width: number; size?: number };

/** An A4 document of lines and tables that go on to further pages; the same bytes for the same calls. */
export class Sheet {
  /** Some character is printed as 〓. */
  incomplete = false;
  private readonly pdf: PDFKit.PDFDocument;
  private readonly font: OpenFont;
  private readonly bytes: Promise<Buffer>;

  constructor(title: string, keywords: string, createdAt: Date) {
    this.pdf = new PDFDocument({
      size: 'A4',
      margins: { left: MARGIN, right: MARGIN, top: MARGIN, bottom: FOOT },
      pdfVersion: '1.7',
      lang: 'zh-CN',
      displayTitle: true,
      bufferPages: true,
      // the standard fonts are not asked for: none of them has Chinese
      font: null as unknown as string,
      info: { Title: title, Keywords: keywords, CreationDate: createdAt, ModDate: createdAt },
    });
    const pieces: Buffer[] = [];
    this.bytes = new Promise((done, failed) => {
      this.pdf.on('data', (piece: Buffer) => pieces.push(piece));
      this.pdf.on('end', () => done(Buffer.concat(pieces)));
      this.pdf.on('error', failed);
    });
    this.font = openFont(this.pdf);
  }

  private get width(): number {
    return this.pdf.page.width - 2 * MARGIN;
  }

  private get bottom(): number {
    return this.pdf.page.height - FOOT;
  }

  attach(name: string, content: Buffer, type: string, at: Date): void {
    this.pdf.file(content, { name, type, creationDate: at, modifiedDate: at });
  }

  space(points: number): void {
    this.pdf.y += points;
  }

  rule(thickness = 0.5, color = RULE): void {
    const y = this.pdf.y;
    this.pdf
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + this.width, y)
      .lineWidth(thickness)
      .strokeColor(color)
      .stroke();
  }

  paragraph(text: string, style: Style = {}): void {
    const printed = this.printable(text);
    const options = { width: this.width, align: style.align ?? 'left', lineGap: 2 } as const;
    this.pen(style);
    // whole on one page, unless it is longer than one
    this.room(Math.min(this.pdf.heightOfString(printed, options), 300));
    this.pen(style).text(printed, MARGIN, this.pdf.y, options);
  }

  /** A heading stays with what follows it. */
  heading(text: string): void {
    this.room(70);
    this.space(12);
    this.paragraph(text, { size: 12 });
    this.space(4);
  }

  /** A long text without blanks, in lines of equal length, which copy as they are printed. */
  block(text: string, size: number, perLine: number): void {
    this.pen({ size });
    const height = this.pdf.currentLineHeight(true) + 1;
    for (let start = 0; start < text.length; start += perLine) {
      this.room(height);
      this.pdf.text(text.slice(start, start + perLine), MARGIN, this.pdf.y, { lineBreak: false });
      this.pdf.y += height;
    }
  }

  pairs(rows: [string, string][]): void {
    const widths = [
      { title: '', width: 0.22 },
      { title: '', width: 0.78 },
    ];
    this.rule();
    for (const row of rows) this.row(row, widths, () => {}, true);
  }

  table(columns: Column[], rows: string[][]): void {
    const head = () => {
      this.rule(1, INK);
      this.row(
        columns.map((c) => c.title),
        columns.map((c) => ({ ...c, size: 9 })),
        () => {},
        true,
      );
    };
    this.room(60);
    head();
    for (const row of rows) this.row(row, columns, head);
  }

  private row(cells: string[], columns: Column[], head: () => void, greyFirst = false): void {
    const most = this.bottom - MARGIN - 60;
    const texts = cells.map((cell) => this.printable(cell));
    const inner = columns.map((c) => c.width * this.width - 2 * PADDING);
    const heights = texts.map((text, i) =>
      this.pen({ size: columns[i].size ?? 10 }).heightOfString(text, { width: inner[i], lineGap: 1 }),
    );
    const height = Math.min(Math.max(...heights), most) + 2 * PADDING;
    if (this.pdf.y + height > this.bottom) {
      this.pdf.addPage();
      head();
    }
    const top = this.pdf.y;
    let x = MARGIN;
    texts.forEach((text, i) => {
      const grey = greyFirst && (i === 0 || columns[i].title !== '');
      this.pen({ size: columns[i].size ?? 10, grey }).text(text, x + PADDING, top + PADDING, {
        width: inner[i],
        height: height - 2 * PADDING + 1,
        lineGap: 1,
        ellipsis: true,
      });
      x += columns[i].width * this.width;
    });
    this.pdf.y = top + height;
    this.rule();
  }

  /** Numbers the pages and closes. */
  async end(foot: string): Promise<Buffer> {
    const { count } = this.pdf.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.pdf.switchToPage(page);
      // else writing below the margin begins another page
      this.pdf.page.margins.bottom = 0;
      const y = this.pdf.page.height - FOOT + 22;
      this.pen({ size: 8, grey: true })
        .text(foot, MARGIN, y, { lineBreak: false })
        .text(`第 ${page + 1} 页，共 ${count} 页`, MARGIN, y, { width: this.width, align: 'right' });
    }
    this.pdf.end();
    return this.bytes;
  }

  private room(height: number): void {
    if (this.pdf.y + height > this.bottom) this.pdf.addPage();
  }

  private pen({ size = 10, grey }: Style): PDFKit.PDFDocument {
    return this.pdf
      .font('text')
      .fontSize(size)
      .fillColor(grey ? GREY : INK);
  }

  /** Without control characters, and without those that turn the direction of what follows. */
  private printable(text: string): string {
    const clean = text.normalize('NFC').replace(/[\p{Cc}\p{Surrogate}\p{Bidi_Control}\s]+/gu, ' ');
    return Array.from(clean, (character) => {
      if (this.font.hasGlyphForCodePoint(character.codePointAt(0)!)) return character;
      this.incomplete = true;
      return MISSING;
    }).join('');
  }
}
