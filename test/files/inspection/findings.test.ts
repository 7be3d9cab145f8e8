import { readFile } from 'node:fs/promises';
import { FINDINGS, type FindingCode, inOrder } from '../../../src/files/inspection/findings.js';

/** As the contract has them, and two more. */
const CODES =
  `EMPTY WRONG_TYPE LEGACY_WORD WPS_FORMAT DAMAGED ENCRYPTED MACROS EXTERNAL_LINK EMBEDDED_EXECUTABLE UNPACKS_TOO_LARGE
  TOO_MANY_PAGES SCRIPT LAUNCH_ACTION FORM_SUBMIT POLYGLOT SIGNATURE_PARTIAL SIGNATURE_BROKEN SCAN_ONLY PAIR_DIFFERS TIMED_OUT
  EMBEDDED_FILE SIGNATURE_UNCHECKED`.split(/\s+/);
const WARNINGS = ['SIGNATURE_PARTIAL', 'SIGNATURE_UNCHECKED', 'EMBEDDED_FILE', 'SCAN_ONLY', 'PAIR_DIFFERS'];

describe('the findings', () => {
  it('are those of the contract, each an error or a warning, in both languages', () => {
    expect(Object.keys(FINDINGS).sort()).toEqual([...CODES].sort());
    for (const [code, { severity, zh, en }] of Object.entries(FINDINGS)) {
      expect([code, severity]).toEqual([code, WARNINGS.includes(code) ? 'WARNING' : 'ERROR']);
      expect(zh).toMatch(/^\p{Script=Han}.*\p{Script=Han}.*。$|^PDF .*。$/u);
      expect(en).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('are told once each, in one order', () => {
    const said: FindingCode[] = ['TIMED_OUT', 'EMPTY', 'TIMED_OUT'];
    expect(inOrder(said)).toEqual(['EMPTY', 'TIMED_OUT']);
  });

  it('are the table of docs/checks.md', async () => {
    const page = await readFile('docs/checks.md', 'utf8');
    const rows = Object.entries(FINDINGS).map(
      ([code, { severity, zh, en }]) =>
        `| \`${code}\` | ${severity === 'ERROR' ? '拒收 refuses' : '提醒 warns'} | ${zh} ${en} |`,
    );
    expect(page.match(/^\| `[A-Z_]+` \|.*$/gm)).toEqual(rows);
  });
});
