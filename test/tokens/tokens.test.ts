import { correctList } from '../../seeds/load.js';
import { ListCopy } from '../seeds/folder.js';
import { upload, word } from '../support/files.js';
import { change, readyDraft } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const FIELDS =
  'token { id label role city { code } department consortium { code } issuedBy expiresAt revokedAt lastUsedAt } secret userErrors { code path }';
const issue = (token: string | null, input: object) =>
  change(s, token, 'issueToken', { label: '试用', ...input }, FIELDS);
const revoke = (token: string, tokenId: string) =>
  change(s, token, 'revokeToken', { tokenId }, 'token { id revokedAt } userErrors { code }');
const role = async (token: string) => (await s.ask(token, '{ viewer { role } }')) as any;
const consortium = async (code: string) =>
  (await s.ask(null, 'query ($code: String) { consortium(code: $code) { id } }', { code })).data.consortium.id;

describe('tokens', () => {
  it('are issued below, listed, used, revoked, and refused from the next request on', async () => {
    const bureau = s.token('CITY_BUREAU', '430400');
    const { token, secret, userErrors } = await issue(bureau, {
      role: 'BOARD',
      consortiumId: await consortium('430000-2024-06'),
    });
    expect(userErrors).toEqual([]);
    expect(token).toMatchObject({
      role: 'BOARD',
      city: { code: '430400' },
      consortium: { code: '430000-2024-06' },
      lastUsedAt: null,
      revokedAt: null,
    });
    expect((await role(secret)).data.viewer.role).toBe('BOARD');
    const list = await s.ask(bureau, '{ accessTokens { totalCount nodes { id } } }');
    expect(list.data.accessTokens.nodes.map((n: { id: string }) => n.id)).toContain(token.id);
    const foreign = await s.ask(s.token('CITY_BUREAU', '430100'), '{ accessTokens(first: 100) { nodes { id } } }');
    expect(foreign.data.accessTokens.nodes.map((n: { id: string }) => n.id)).not.toContain(token.id);
    await expect(revoke(s.token('CITY_BUREAU', '430100'), token.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await revoke(bureau, token.id)).token.revokedAt).not.toBeNull();
    expect((await role(secret)).errors[0].extensions.code).toBe('TOKEN_REVOKED');
  });

  it('go with their consortium where a corrected list moves it to another city', async () => {
    const board = s.token('BOARD', '430000-2024-21');
    const city = async () => (await s.ask(board, '{ viewer { city { code } token { city { code } } } }')).data.viewer;
    expect(await city()).toEqual({ city: { code: '431300' }, token: { city: { code: '431300' } } });
    const list = new ListCopy();
    try {
      list.correct('consortia.csv', ['湖南星源电气有限公司,431300', '湖南星源电气有限公司,431200']);
      await correctList(s.owner, { folder: list.path, apply: true });
      expect(await city()).toEqual({ city: { code: '431200' }, token: { city: { code: '431200' } } });
      expect(await upload(s, board, '计划.docx', await word())).toMatch(/^upl_/);
    } finally {
      list.restore();
      await correctList(s.owner, { folder: list.path, apply: true });
      list.remove();
    }
    expect((await city()).city).toEqual({ code: '431300' });
  });

  it('never reach wider or longer than their issuer', async () => {
    const [bureau, province, admin] = [s.token('CITY_BUREAU', '430400'), s.token('PROVINCE'), s.token('ADMINISTRATOR')];
    const codes = async (token: string, input: object) =>
      (await issue(token, input)).userErrors.map((e: { code: string; path: string[] }) => `${e.code}:${e.path}`);
    expect(await codes(bureau, { role: 'PROVINCE' })).toEqual(['SCOPE_EXCEEDED:role']);
    expect(await codes(bureau, { role: 'BOARD', consortiumId: await consortium('430000-2024-01') })).toEqual([
      'SCOPE_EXCEEDED:consortiumId',
    ]);
    expect(await codes(bureau, { role: 'BOARD', label: ' ', expiresInDays: 400 })).toEqual([
      'REQUIRED:label',
      'INVALID:expiresInDays',
      'REQUIRED:consortiumId',
    ]);
    expect(await codes(bureau, { role: 'CITY_DEPARTMENT', department: 'FINANCE', cityCode: '430100' })).toEqual([
      'SCOPE_EXCEEDED:cityCode',
    ]);
    expect(await codes(province, { role: 'CITY_BUREAU', cityCode: '430400', department: 'FINANCE' })).toEqual([
      'INVALID:department',
    ]);
    expect(await codes(province, { role: 'BOARD' })).toEqual(['SCOPE_EXCEEDED:role']);
    expect(await codes(admin, { role: 'BOARD' })).toEqual(['SCOPE_EXCEEDED:role']);
    for (const nobody of [s.token('BOARD', '430000-2024-06'), s.token('ANALYST'), s.token('CITY_DEPARTMENT')])
      await expect(issue(nobody, { role: 'BOARD' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(issue(null, { role: 'BOARD' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

    const short = await issue(province, { role: 'CITY_BUREAU', cityCode: '430300', expiresInDays: 10 });
    expect(await codes(short.secret, { role: 'CITY_DEPARTMENT', department: 'FINANCE' })).toEqual([
      'SCOPE_EXCEEDED:expiresInDays',
    ]);
    expect(await codes(short.secret, { role: 'CITY_DEPARTMENT', department: 'FINANCE', expiresInDays: 5 })).toEqual([]);
  });

  it('revoked, are refused before the role, the row and the input', async () => {
    const codeOf = async (token: string, query: string) => {
      const { data, errors } = (await s.ask(token, `mutation { ${query} { userErrors { code } } }`)) as any;
      return errors?.[0].extensions.code ?? Object.values<any>(data)[0].userErrors[0].code;
    };
    const approve = 'approveReport(input: { reportId: "rep_0", expectedVersion: 1 })';
    const cases: [string, object, [string, string][]][] = [
      [
        s.token('CITY_BUREAU', '430400'),
        { role: 'BOARD', consortiumId: await consortium('430000-2024-06') },
        [
          [approve, 'FORBIDDEN'],
          ['issueToken(input: { role: BOARD, label: "x" })', 'FORBIDDEN'],
          ['createUpload(input: { fileName: "", byteSize: 0, sha256: "x" })', 'REQUIRED'],
          ['submitReport(input: { reportId: "rep_0", expectedVersion: 1 })', 'NOT_FOUND'],
        ],
      ],
      [s.token('PROVINCE'), { role: 'ANALYST' }, [[approve, 'FORBIDDEN']]],
    ];
    for (const [issuer, input, asked] of cases) {
      const { token, secret } = await issue(issuer, input);
      for (const [query, code] of asked) expect(await codeOf(secret, query)).toBe(code);
      await revoke(issuer, token.id);
      for (const [query] of asked) {
        expect({ query, code: await codeOf(secret, query) }).toEqual({ query, code: 'TOKEN_REVOKED' });
        // the whole request, as a query's
        const answer = await fetch(`${s.base}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
          body: JSON.stringify({ query: `mutation { ${query} { userErrors { code } } }` }),
        });
        expect([answer.status, await answer.json()]).toEqual([401, { errors: [expect.anything()] }]);
      }
    }
  });

  it('of one person, told by accountOf, do not decide on what that person submitted', async () => {
    const bureau = s.token('CITY_BUREAU', '430400');
    const board = { role: 'BOARD', consortiumId: await consortium('430000-2024-06') };
    const own = s.actor('CITY_BUREAU', '430400').tokenId;
    const { secret, userErrors } = await issue(bureau, { ...board, accountOf: own });
    expect(userErrors).toEqual([]);
    const draft = await readyDraft(s, '430000-2024-06', 'HALF_YEAR_SUMMARY', 2026);
    const { report } = await change(s, secret, 'submitReport', { reportId: draft.id, expectedVersion: draft.version });
    const approve = (token: string) =>
      change(s, token, 'approveReport', { reportId: report.id, expectedVersion: report.version });
    expect((await approve(bureau)).userErrors).toMatchObject([{ code: 'SAME_PERSON' }]);
    const { data } = await s.ask(
      bureau,
      'query ($id: ID!) { report(id: $id) { viewerCan { approve { allowed reason } } } }',
      { id: report.id },
    );
    expect(data.report.viewerCan.approve).toEqual({ allowed: false, reason: 'SAME_PERSON' });
    const colleague = await issue(s.token('PROVINCE'), { role: 'CITY_BUREAU', cityCode: '430400' });
    expect((await approve(colleague.secret)).userErrors).toEqual([]);

    // nobody names a token that they do not see
    for (const accountOf of [s.actor('CITY_BUREAU', '430100').tokenId, s.actor('PROVINCE').tokenId, 'tok_0'])
      expect((await issue(bureau, { ...board, accountOf })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', path: ['accountOf'] },
      ]);
    const ids = [await consortium('430000-2024-06')];
    const expert = await issue(s.token('PROVINCE'), { role: 'EXPERT', consortiumIds: ids });
    const again = await issue(s.token('PROVINCE'), {
      role: 'EXPERT',
      consortiumIds: [...ids, await consortium('430000-2024-07')],
      accountOf: expert.token.id,
    });
    expect(again.userErrors).toEqual([]);
  });

  it('cost a mutation that asks anyway no statement more', async () => {
    const { Session } = await import('../../src/access/session.js');
    const asked = Session.prototype.query;
    const texts: string[] = [];
    Session.prototype.query = function (this: InstanceType<typeof Session>, ...given: any[]) {
      // jobs run by the clock, between requests
      if (this.actor.role !== 'JOB') texts.push(given[0].text);
      return (asked as any).apply(this, given);
    } as any;
    try {
      const approve =
        'mutation { approveReport(input: { reportId: "rep_0", expectedVersion: 1 }) { userErrors { code } } }';
      expect((await s.ask(s.token('CITY_BUREAU', '430400'), approve)).errors![0].extensions.code).toBe('NOT_FOUND');
      expect(texts).toHaveLength(1);
      await s.ask(s.token('BOARD'), approve);
      expect(texts.slice(1)).toEqual(['SELECT 1']);
      await s.ask(null, approve);
      expect(texts).toHaveLength(2);
    } finally {
      Session.prototype.query = asked;
    }
  });

  it('survive the one that issued them, and expire', async () => {
    const province = s.token('PROVINCE');
    const bureau = await issue(province, { role: 'CITY_BUREAU', cityCode: '430300', expiresInDays: 20 });
    const department = await issue(bureau.secret, {
      role: 'CITY_DEPARTMENT',
      department: 'FINANCE',
      expiresInDays: 10,
    });
    await revoke(province, bureau.token.id);
    expect((await role(department.secret)).data.viewer.role).toBe('CITY_DEPARTMENT');
    const now = s.clock.now;
    s.clock.now = new Date(now.getTime() + 11 * 86_400_000);
    expect((await role(department.secret)).errors[0].extensions.code).toBe('TOKEN_EXPIRED');
    s.clock.now = now;
    expect((await role('ey.not.ours')).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  it('an expert reads what the province assigned, accepted reports only', async () => {
    const ids = [await consortium('430000-2024-06')];
    const expert = await issue(s.token('PROVINCE'), { role: 'EXPERT', consortiumIds: ids });
    expect(expert.userErrors).toEqual([]);
    const { data } = await s.ask(
      expert.secret,
      '{ reportObligations(first: 100) { totalCount nodes { consortium { code } } } }',
    );
    expect(new Set(data.reportObligations.nodes.map((n: any) => n.consortium.code))).toEqual(
      new Set(['430000-2024-06']),
    );
  });

  it('assign an expert to the year that it is in Shanghai; the education bureau is no partner department', async () => {
    const now = s.clock.now;
    s.clock.now = new Date('2026-12-31T17:00:00Z');
    const ids = [await consortium('430000-2024-07')];
    const { token } = await issue(s.token('PROVINCE'), { role: 'EXPERT', consortiumIds: ids, expiresInDays: 1 });
    s.clock.now = now;
    const [{ year }] = await s.owner.query(
      'SELECT a.year FROM expert_assignment a JOIN access_token t ON t.account_id = a.account_id WHERE t.id = $1',
      [token.id],
    );
    expect(year).toBe(2027);
    const bureau = s.token('CITY_BUREAU', '430400');
    expect((await issue(bureau, { role: 'CITY_DEPARTMENT', department: 'EDUCATION' })).userErrors).toMatchObject([
      { code: 'INVALID', path: ['department'] },
    ]);
  });

  it('remember when they were last used', async () => {
    const board = s.token('BOARD', '430000-2024-06');
    await role(board);
    const { LastUsed } = await import('../../src/tokens/last-used.js');
    const used = new LastUsed(s.service.door, () => {});
    used.note(s.actor('BOARD', '430000-2024-06').tokenId!);
    // what could not be written is written the next time
    await s.owner.query('REVOKE UPDATE (last_used_at) ON access_token FROM iec_job');
    await expect(used.flush()).rejects.toThrow();
    await s.owner.query('GRANT UPDATE (last_used_at) ON access_token TO iec_job');
    await used.stop();
    const { data } = await s.ask(board, '{ viewer { token { lastUsedAt } } }');
    expect(data.viewer.token.lastUsedAt).toBe(s.clock.now.toISOString());
  });
});
