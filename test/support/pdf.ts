import { PDFDocument, StandardFonts } from 'pdf-lib';

const A4: [number, number] = [595.28, 841.89];
const LINES_PER_PAGE = 48;
const LINE_HEIGHT = 15;

/** A PDF of plain lines; the same bytes for the same lines. Its font has ASCII alone: anything else becomes a question mark. */
export async function plainPdf(lines: string[]): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let first = 0; first === 0 || first < lines.length; first += LINES_PER_PAGE) {
    const page = document.addPage(A4);
    lines.slice(first, first + LINES_PER_PAGE).forEach((line, i) => {
      page.drawText(line.replace(/[^ -~]/gu, '?'), { x: 56, y: A4[1] - 70 - i * LINE_HEIGHT, size: 11, font });
    });
  }
  return Buffer.from(await document.save());
}
