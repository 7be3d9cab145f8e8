import type { FindingCode } from '../findings.js';
import { isRemote } from './addresses.js';

/** Where a page names what is fetched with it; the address follows. Spaces are bounded, so that each is looked at once. */
const FETCHED =
  /<(?:a|area)\b[^<>]*>|(?:\b(?:src|srcset|background|data|poster|dynsrc|lowsrc|href)\s{0,9}=(?:3D)?\s{0,9}|\burl\(\s{0,9}|@import\s{1,9})["']?\s{0,9}([^\s"'<>)]{1,2000})/gi;
const SCRIPT = /<(?:script|hta:application)\b|\bhttp-equiv\s{0,9}=(?:3D)?\s{0,9}["']?refresh/i;
const LOCATION = /^content-location:[ \t]{0,9}(\S{1,2000})/gim;
const RTF_OUTSIDE = /\\(?:objdata|objupdate|objautlink|objlink|objhtml)\b|\\\*\s{0,9}\\template\b/i;
const RTF_FIELD = /\\fldinst\b(.{0,400})/gis;
/** Fields that show something of the document itself, or wait for a click. */
const RTF_HARMLESS =
  /^(?:hyperlink|page|numpages|pageref|ref|toc|tc|xe|seq|date|time|symbol|mergefield|mergeformat|form(?:text|checkbox|dropdown)|title|author|filename|savedate|createdate|styleref|quote|eq|advance|=)/i;

/** What a page, a mail or an RTF that Word takes in when it opens the document would fetch, or run. */
export function findingsOfPage(content: Buffer): FindingCode[] {
  const text = textOf(content);
  if (text.trimStart().startsWith('{\\rt')) return drawsByRtf(text) ? ['EXTERNAL_LINK'] : [];
  const whole = isMail(text) ? unfolded(text) : text;
  const own = new Set<string>();
  for (const [, address] of whole.matchAll(LOCATION)) own.add(address);
  const found: FindingCode[] = SCRIPT.test(whole) ? ['EMBEDDED_EXECUTABLE'] : [];
  for (const [, address] of whole.matchAll(FETCHED))
    if (address && isRemote(address) && !own.has(address)) return [...found, 'EXTERNAL_LINK'];
  return found;
}

function drawsByRtf(text: string): boolean {
  if (RTF_OUTSIDE.test(text)) return true;
  // as it reads without groups and controls, between which a word may be cut
  for (const [, rest] of text.matchAll(RTF_FIELD)) {
    const instruction = rest.replace(/\\[a-z]{1,32}-?\d{0,10} ?|[{}\s]/gi, '');
    if (!RTF_HARMLESS.test(instruction)) return true;
  }
  return false;
}

const isMail = (text: string): boolean =>
  /^(?:mime-version|content-type|from|date|subject):/im.test(text.slice(0, 4_096));

/** The lines of a quoted-printable mail joined, and its base64 pages read. */
function unfolded(text: string): string {
  const lines: string[] = [];
  let isCoded = false;
  let isHead = true;
  let code: string[] = [];
  const flush = () => {
    if (code.length) lines.push(Buffer.from(code.join(''), 'base64').toString('latin1'));
    code = [];
  };
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('--')) {
      flush();
      isHead = true;
      isCoded = false;
    } else if (isHead && /^content-transfer-encoding:\s*base64/i.test(line)) isCoded = true;
    else if (isHead && line === '') isHead = false;
    else if (isCoded && !isHead) {
      code.push(line);
      continue;
    }
    lines.push(line);
  }
  flush();
  return lines.join('\n').replace(/=\n/g, '');
}

function textOf(content: Buffer): string {
  const start = content.toString('hex', 0, 2);
  if (start === 'fffe') return content.toString('utf16le');
  return start === 'feff'
    ? Buffer.from(content.subarray(0, content.length & ~1))
        .swap16()
        .toString('utf16le')
    : content.toString('latin1');
}
