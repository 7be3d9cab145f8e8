import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pdf, sha256, word } from '../support/files.js';
import { change, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
const KIND = 'ANNUAL_SUMMARY';
const FIELDS = 'receipts { id number kind issuedAt downloadUrl }';
let s: TestService;
let folder: string;
beforeAll(async () => {
  s = await testService();
  folder = await mkdtemp(join(tmpdir(), 'consortia-receipts-'));
});
afterAll(async () => {
  await s?.close();
  await rm(folder, { recursive: true, force: true });
});

const receiptsOf = async (token: string, id: string) =>
  (await s.ask(token, `{ report(id: "${id}") { currentRevision { ${FIELDS} } } }`)).data.report.currentRevision
    ?.receipts;
const verify = async (args: string) =>
  (await s.ask(null, `{ verifyReceipt(${args}) { belongs issuedAt } }`)).data.verifyReceipt;
const UNKNOWN = { belongs: false, issuedAt: null };

describe('receipts', () => {
  let report: { id: string; version: number };
  const board = () => s.token('BOARD', CODE);

  it('a submission has one, and a file belongs to the record from then on', async () => {
    const plan = await word(CODE + KIND);
    expect(await verify(`sha256: "${sha256(plan)}"`)).toEqual(UNKNOWN);
    report = await submitted(s, CODE, KIND, 2026);
    const [receipt, ...more] = await receiptsOf(board(), report.id);
    expect(more).toEqual([]);
    expect(receipt).toMatchObject({ kind: 'SUBMISSION', issuedAt: s.clock.now.toISOString() });
    expect(receipt.number).toMatch(/^S2026(-[0-9A-Z]{4}){4}$/);
    for (const bytes of [plan, await pdf(CODE + KIND)])
      expect(await verify(`sha256: "${sha256(bytes)}"`)).toEqual({
        belongs: true,
        issuedAt: s.clock.now.toISOString(),
      });
    expect(await verify(`receiptNumber: "${receipt.number.toLowerCase()}"`)).toEqual({
      belongs: true,
      issuedAt: receipt.issuedAt,
    });
    expect(await verify('receiptNumber: "S2026-0000-0000-0000-0000"')).toEqual(UNKNOWN);
    expect(await verify('sha256: "x"')).toEqual(UNKNOWN);
  });

  it('asks for exactly one of number and digest', async () => {
    for (const query of [
      '{ verifyReceipt { belongs } }',
      '{ verifyReceipt(receiptNumber: "a", sha256: "b") { belongs } }',
    ])
      expect((await s.ask(null, query)).errors![0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('an acceptance has one too; each is seen with its revision', async () => {
    expect(await receiptsOf(s.token('PROVINCE'), report.id)).toBeUndefined();
    await change(s, s.token('CITY_BUREAU', '430400'), 'approveReport', {
      reportId: report.id,
      expectedVersion: report.version++,
    });
    await change(s, s.token('PROVINCE'), 'acceptReport', { reportId: report.id, expectedVersion: report.version++ });
    for (const token of [board(), s.token('CITY_BUREAU', '430400'), s.token('PROVINCE')])
      expect((await receiptsOf(token, report.id)).map((r: { kind: string }) => r.kind)).toEqual([
        'SUBMISSION',
        'ACCEPTANCE',
      ]);
    for (const token of [s.token('BOARD', '430000-2024-01'), s.token('ANALYST'), null]) {
      const { id } = (await receiptsOf(board(), report.id))[0];
      expect((await s.ask(token, `{ node(id: "${id}") { id } }`)).data.node).toBeNull();
    }
  });

  it('its PDF says what was signed, verifies offline with the published key, and belongs to the record itself', async () => {
    const receipt = (await receiptsOf(s.token('PROVINCE'), report.id))[1];
    const response = await fetch(receipt.downloadUrl);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(decodeURIComponent(response.headers.get('content-disposition')!)).toContain(
      '2026-衡阳市域产教联合体-年度工作总结-收件回执.pdf',
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(await verify(`sha256: "${sha256(bytes)}"`)).toEqual({ belongs: true, issuedAt: receipt.issuedAt });
    // the same bytes for good
    expect(Buffer.from(await (await fetch(receipt.downloadUrl)).arrayBuffer())).toEqual(bytes);

    const keys = await fetch(`${s.base}/.well-known/jwks.json`);
    expect(Object.keys(((await keys.clone().json()) as any).keys[0]).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
    ]);
    const at = (name: string) => join(folder, name);
    await writeFile(at('jwks.json'), await keys.text());
    await writeFile(at('receipt.pdf'), bytes);
    await writeFile(at('plan.docx'), await word(CODE + KIND));
    await writeFile(at('plan.pdf'), await pdf(CODE + KIND));
    const script = new URL('../../scripts/verify-receipt.mjs', import.meta.url).pathname;
    const run = (...files: string[]) =>
      execFileSync(process.execPath, [script, at('receipt.pdf'), at('jwks.json'), ...files.map(at)], {
        encoding: 'utf8',
      });
    const said = run('plan.docx', 'plan.pdf');
    expect(said).toContain(receipt.number);
    expect(said).toContain('衡阳市域产教联合体');
    await writeFile(at('other.pdf'), await pdf('other'));
    expect(() => run('other.pdf')).toThrow();
  });

  it('its link is the token’s: not with another’s header, not once revoked', async () => {
    const { token, secret } = await change(
      s,
      s.token('PROVINCE'),
      'issueToken',
      { label: '短期', role: 'CITY_BUREAU', cityCode: '430400' },
      'token { id } secret',
    );
    const { downloadUrl } = (await receiptsOf(secret, report.id))[0];
    const status = async (headers: Record<string, string> = {}) => (await fetch(downloadUrl, { headers })).status;
    expect(await status()).toBe(200);
    expect(await status({ authorization: `Bearer ${s.token('PROVINCE')}` })).toBe(404);
    expect((await fetch(downloadUrl.replace('/receipts/', '/documents/'))).status).toBe(404);
    expect(await status()).toBe(200);
    const { token: revoked } = await change(
      s,
      s.token('PROVINCE'),
      'revokeToken',
      { tokenId: token.id },
      'token { revokedAt }',
    );
    expect(revoked.revokedAt).not.toBeNull();
    expect(await status()).toBe(404);
    // the file is there still, for whoever may
    const [other] = await receiptsOf(s.token('CITY_BUREAU', '430400'), report.id);
    expect((await fetch(other.downloadUrl)).status).toBe(200);
  });
});
