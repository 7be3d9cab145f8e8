import { pdf, upload } from '../support/files.js';
import { change, obligationOf, readyDraft } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const board = () => s.token('BOARD', CODE);
const leads = async (): Promise<{ id: string; name: string }[]> => {
  const { data } = await s.ask(
    null,
    'query ($code: String) { consortium(code: $code) { leadSchools { id name } leadEnterprises { id name } } }',
    { code: CODE },
  );
  return [...data.consortium.leadSchools, ...data.consortium.leadEnterprises];
};
const sealToken = (reportId: string, organizationId: string, token = board(), more: object = {}) =>
  change(
    s,
    token,
    'issueSealToken',
    { reportId, organizationId, ...more },
    'secret token { id role label expiresAt organization { id } } userErrors { code path }',
  );
const attest = (token: string, input: object) =>
  change(
    s,
    token,
    'attestSeal',
    input,
    'report { id } seal { attestedBy byUnit page organization { name } } userErrors { code path }',
  );
const REQUEST =
  '{ viewer { role displayName } sealRequest { reportId expectedVersion consortiumName year kind organization { id name } document { id kind fileName downloadUrl check { state } } seal { attestedAt page } } }';

describe('a lead unit seals for itself', () => {
  let report: { id: string; version: number };
  let units: { id: string; name: string }[];
  let secret: string;

  beforeAll(async () => {
    units = await leads();
    const obligation = await obligationOf(s, board(), 'ANNUAL_SUMMARY', 2026);
    ({ report } = await change(s, board(), 'createReportDraft', { obligationId: obligation.id }));
    const uploadId = await upload(s, board(), '总结.pdf', await pdf('seal'));
    const none = await sealToken(report.id, units[0].id);
    expect(none.userErrors).toEqual([{ code: 'DOCUMENT_MISSING', path: ['reportId'] }]);
    ({ report } = await change(s, board(), 'attachReportDocument', {
      reportId: report.id,
      expectedVersion: report.version,
      kind: 'STAMPED_PDF',
      uploadId,
    }));
  });

  it('with a token that its board issues, for 14 days unless said otherwise', async () => {
    const issued = await sealToken(report.id, units[0].id);
    expect(issued.userErrors).toEqual([]);
    expect(issued.token).toMatchObject({ role: 'SEAL_UNIT', label: units[0].name, organization: { id: units[0].id } });
    expect(Date.parse(issued.token.expiresAt) - s.clock.now.getTime()).toBe(14 * 86_400_000);
    secret = issued.secret;
    // a rehearsal issues nothing
    expect((await sealToken(report.id, units[1].id, board(), { validateOnly: true })).secret).toBeNull();
    expect((await sealToken(report.id, units[0].id, board(), { expiresInDays: 400 })).userErrors[0].code).toBe(
      'INVALID',
    );
  });

  it('not for a unit that does not seal, another’s report, or by anybody else', async () => {
    const other = await s.ask(null, '{ consortium(code: "430000-2024-01") { leadSchools { id } } }');
    expect((await sealToken(report.id, other.data.consortium.leadSchools[0].id)).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['organizationId'] },
    ]);
    await expect(sealToken(report.id, units[0].id, s.token('BOARD', '430000-2024-01'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const role of ['CITY_BUREAU', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR'])
      await expect(sealToken(report.id, units[0].id, s.token(role))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(sealToken(report.id, units[0].id, secret)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('sees what it is asked, and nothing else beyond the public', async () => {
    const { data } = await s.ask(secret, REQUEST);
    expect(data.viewer).toEqual({ role: 'SEAL_UNIT', displayName: units[0].name });
    expect(data.sealRequest).toMatchObject({
      reportId: report.id,
      expectedVersion: report.version,
      consortiumName: '衡阳市域产教联合体',
      year: 2026,
      kind: 'ANNUAL_SUMMARY',
      organization: units[0],
      document: { kind: 'STAMPED_PDF', fileName: '总结.pdf', check: { state: 'PASSED' } },
      seal: null,
    });
    const download = await fetch(data.sealRequest.document.downloadUrl);
    expect(download.status).toBe(200);
    expect(Buffer.from(await download.arrayBuffer())).toEqual(await pdf('seal'));
    const rest = await s.ask(
      secret,
      `{ report(id: "${report.id}") { id } reports { totalCount } reportObligations { totalCount } node(id: "${report.id}") { id }
         consortium(code: "${CODE}") { name obligations { id } reports { totalCount } } accessTokens { nodes { role } } }`,
    );
    expect(rest.data).toEqual({
      report: null,
      reports: { totalCount: 0 },
      reportObligations: { totalCount: 0 },
      node: null,
      consortium: { name: '衡阳市域产教联合体', obligations: null, reports: null },
      accessTokens: { nodes: [{ role: 'SEAL_UNIT' }] },
    });
    for (const token of [board(), s.token('PROVINCE'), null])
      expect((await s.ask(token, '{ sealRequest { reportId } }')).data.sealRequest).toBeNull();
  });

  it('confirms its own seal, once, on this PDF; not another’s', async () => {
    const input = { reportId: report.id, expectedVersion: report.version, organizationId: units[0].id, page: 1 };
    await expect(attest(secret, { ...input, organizationId: units[1].id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(attest(secret, { ...input, reportId: `rep_${'0'.repeat(32)}` })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    // a page that the PDF does not have
    for (const token of [secret, board()])
      expect((await attest(token, { ...input, page: 2 })).userErrors).toEqual([{ code: 'INVALID', path: ['page'] }]);
    // its own confirmation takes the place of the one that its board made for it
    const onBehalf = await attest(board(), input);
    expect(onBehalf.seal).toMatchObject({ attestedBy: s.actor('BOARD', CODE).name, byUnit: false });
    report.version++;
    const { seal, userErrors, report: hidden } = await attest(secret, { ...input, expectedVersion: report.version });
    expect(userErrors).toEqual([]);
    expect(seal).toEqual({ attestedBy: units[0].name, byUnit: true, page: 1, organization: { name: units[0].name } });
    expect(hidden).toBeNull();
    report.version++;
    // and nobody's the place of its own
    for (const token of [secret, board()]) {
      const again = await attest(token, { ...input, expectedVersion: report.version });
      expect(again.userErrors).toEqual([{ code: 'CONFLICT', path: ['organizationId'] }]);
    }
    const { data } = await s.ask(secret, REQUEST);
    expect(data.sealRequest).toMatchObject({ expectedVersion: report.version, seal: { page: 1 } });
  });

  it('ends with a newer token for the same unit, and by its bureau', async () => {
    const newer = await sealToken(report.id, units[0].id);
    expect((await s.ask(secret, REQUEST)).errors![0].extensions.code).toBe('TOKEN_REVOKED');
    const list = await s.ask(s.token('CITY_BUREAU', '430400'), '{ accessTokens { nodes { id role } } }');
    expect(list.data.accessTokens.nodes).toContainEqual({ id: newer.token.id, role: 'SEAL_UNIT' });
    await change(
      s,
      s.token('CITY_BUREAU', '430400'),
      'revokeToken',
      { tokenId: newer.token.id },
      'token { id } userErrors { code }',
    );
    expect((await s.ask(newer.secret, REQUEST)).errors![0].extensions.code).toBe('TOKEN_REVOKED');
  });

  it('is taken back by any token of the board that issued it, and by no other board', async () => {
    const revoke = (token: string, tokenId: string) =>
      change(s, token, 'revokeToken', { tokenId }, 'token { id revokedAt } userErrors { code }');
    const { token, secret: short } = await sealToken(report.id, units[0].id);
    for (const code of ['430000-2024-07', '430000-2024-01'])
      await expect(revoke(s.token('BOARD', code), token.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // nor anything else: its own token, its bureau's, a department's, another board's; not even as a rehearsal
    await expect(revoke(board(), s.actor('BOARD', CODE).tokenId!)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const [role, code] of [
      ['CITY_BUREAU', '430400'],
      ['CITY_DEPARTMENT', undefined],
      ['BOARD', '430000-2024-07'],
      ['PROVINCE', undefined],
      ['ADMINISTRATOR', undefined],
    ] as const)
      await expect(revoke(board(), s.actor(role, code).tokenId!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(revoke(short, token.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await s.ask(short, REQUEST)).errors).toBeUndefined();

    const { data } = await s.ask(
      s.token('CITY_BUREAU', '430400'),
      'mutation ($id: ID!) { issueToken(input: { role: BOARD, label: "同事", consortiumId: $id }) { secret } }',
      { id: s.actor('BOARD', CODE).consortiumId },
    );
    const answer = await revoke(data.issueToken.secret, token.id);
    expect(answer).toEqual({ token: { id: token.id, revokedAt: s.clock.now.toISOString() }, userErrors: [] });
    expect((await s.ask(short, REQUEST)).errors![0].extensions.code).toBe('TOKEN_REVOKED');
    const audit = () =>
      s.owner.query("SELECT actor_role, detail FROM audit_entry WHERE action = 'revokeToken' AND subject_id = $1", [
        token.id,
      ]);
    expect(await audit()).toEqual([{ actor_role: 'BOARD', detail: { role: 'SEAL_UNIT' } }]);
    // twice changes nothing
    expect((await revoke(board(), token.id)).token.revokedAt).toBe(answer.token.revokedAt);
    expect(await audit()).toHaveLength(1);
  });

  it('sees nothing once the PDF is replaced: its seal is void', async () => {
    const { secret: fresh } = await sealToken(report.id, units[1].id);
    const uploadId = await upload(s, board(), '总结.pdf', await pdf('another'));
    const { report: changed } = await change(
      s,
      board(),
      'attachReportDocument',
      { reportId: report.id, expectedVersion: report.version, kind: 'STAMPED_PDF', uploadId },
      'report { id version draft { seals { attestedAt } requiredSeals { name } } } userErrors { code }',
    );
    expect(changed.draft.seals).toEqual([]);
    expect(changed.draft.requiredSeals.map((u: { name: string }) => u.name)).toEqual(units.map((u) => u.name));
    expect((await s.ask(fresh, REQUEST)).data.sealRequest).toBeNull();
    const input = { reportId: report.id, expectedVersion: changed.version, organizationId: units[1].id };
    expect((await attest(fresh, input)).userErrors).toEqual([{ code: 'DOCUMENT_MISSING', path: ['reportId'] }]);
    // nor when the same bytes come back: what was void stays so
    s.clock.now = new Date(s.clock.now.getTime() + 1000);
    const { report: back } = await change(s, board(), 'attachReportDocument', {
      reportId: report.id,
      expectedVersion: changed.version,
      kind: 'STAMPED_PDF',
      uploadId: await upload(s, board(), '总结.pdf', await pdf('seal')),
    });
    expect((await s.ask(fresh, REQUEST)).data.sealRequest).toBeNull();
    expect((await attest(fresh, { ...input, expectedVersion: back.version })).userErrors).toEqual([
      { code: 'DOCUMENT_MISSING', path: ['reportId'] },
    ]);
    const { secret: newest } = await sealToken(report.id, units[1].id);
    expect((await s.ask(newest, REQUEST)).data.sealRequest).toMatchObject({ reportId: report.id, seal: null });
    // the same once more, over itself: the seal goes with its token
    const sealed = await attest(newest, { ...input, expectedVersion: back.version });
    expect(sealed.userErrors).toEqual([]);
    s.clock.now = new Date(s.clock.now.getTime() + 1000);
    const { report: same } = await change(
      s,
      board(),
      'attachReportDocument',
      {
        reportId: report.id,
        expectedVersion: back.version + 1,
        kind: 'STAMPED_PDF',
        uploadId: await upload(s, board(), '总结.pdf', await pdf('seal')),
      },
      'report { draft { seals { attestedAt } } } userErrors { code }',
    );
    expect(same.draft.seals).toEqual([]);
    expect((await s.ask(newest, REQUEST)).data.sealRequest).toBeNull();
    s.clock.now = new Date(s.clock.now.getTime() - 1000);
    s.clock.now = new Date(s.clock.now.getTime() - 1000);
  });
});

describe('which units must seal', () => {
  const LEADS = ['LEAD_SCHOOL', 'LEAD_ENTERPRISE'];
  const decide = (effectiveOn: string, units: string[], token = s.token('PROVINCE'), more: object = {}) =>
    change(
      s,
      token,
      'decideSealRequirement',
      { effectiveOn, units, ...more },
      'requirement { effectiveOn units } userErrors { code path }',
    );
  const submit = (draft: { id: string; version: number }) =>
    change(
      s,
      board(),
      'submitReport',
      { reportId: draft.id, expectedVersion: draft.version },
      'report { id version state revisions { number requiredSeals { id name kind } seals { organization { name } } } } userErrors { code params { name value } }',
    );

  it('is the province’s to decide, from today on or later', async () => {
    for (const role of ['BOARD', 'CITY_BUREAU', 'ANALYST', 'ADMINISTRATOR'])
      await expect(decide('2027-01-01', LEADS, s.token(role))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await decide('2026-11-23', LEADS)).userErrors).toEqual([{ code: 'INVALID', path: ['effectiveOn'] }]);
    // the lead units of the list are always among them
    for (const left of [[], ['PARK'], ['LEAD_SCHOOL', 'PARK']])
      expect((await decide('2027-01-01', left)).userErrors).toEqual(
        LEADS.filter((unit) => !left.includes(unit)).map(() => ({ code: 'REQUIRED', path: ['units'] })),
      );
    expect(
      (await decide('2027-01-01', [...LEADS, 'PARK'], s.token('PROVINCE'), { validateOnly: true })).requirement,
    ).toBeNull();
    expect((await s.ask(null, '{ sealRequirements { units } }')).data.sealRequirements).toEqual([]);
  });

  it('holds from its day on; what was submitted before keeps its list', async () => {
    const draft = await readyDraft(s, CODE, 'HALF_YEAR_SUMMARY', 2026);
    const before = await submit(draft);
    expect(before.report.state).toBe('SUBMITTED');
    const schoolsAndEnterprises = before.report.revisions[0].requiredSeals;
    expect(schoolsAndEnterprises).toHaveLength(3);

    const { requirement } = await decide('2026-12-01', ['PARK', 'LEAD_SCHOOL', 'LEAD_ENTERPRISE', 'BUREAU']);
    expect(requirement.units).toEqual(['LEAD_SCHOOL', 'LEAD_ENTERPRISE', 'PARK', 'BUREAU']);
    const late = await readyDraft(s, CODE, 'ANNUAL_WORK_PLAN', 2027);
    s.clock.now = new Date('2026-12-02T02:00:00Z');
    try {
      // flag and list go by the clock of the submission
      const { data: seen } = await s.ask(
        board(),
        'query ($id: ID!) { report(id: $id) { viewerCan { submit { allowed reason } } draft { requiredSeals { id } } } }',
        { id: late.id },
      );
      expect(seen.report.viewerCan.submit).toEqual({ allowed: false, reason: 'SEAL_MISSING' });
      expect(seen.report.draft.requiredSeals).toHaveLength(5);
      const refused = await submit(late);
      expect(refused.userErrors.map((e: { code: string }) => e.code)).toEqual(['SEAL_MISSING', 'SEAL_MISSING']);
      let { version } = late;
      for (const { params } of refused.userErrors) {
        const organizationId = params.find((p: { name: string }) => p.name === 'organizationId').value;
        const { userErrors } = await attest(board(), { reportId: late.id, expectedVersion: version++, organizationId });
        expect(userErrors).toEqual([]);
      }
      const { report } = await submit({ id: late.id, version });
      expect(report.state).toBe('SUBMITTED');
      const [revision] = report.revisions;
      expect(revision.requiredSeals.map((u: { kind: string }) => u.kind)).toEqual([
        'SCHOOL',
        'SCHOOL',
        'ENTERPRISE',
        'GOVERNMENT',
        'GOVERNMENT',
      ]);
      expect(revision.requiredSeals[3].name).toBe('衡阳高新技术产业园区');
      const { data } = await s.ask(
        board(),
        '{ reports(first: 5, filter: { kind: { eq: HALF_YEAR_SUMMARY } }) { nodes { revisions { requiredSeals { id name kind } } } } }',
      );
      expect(data.reports.nodes[0].revisions[0].requiredSeals).toEqual(schoolsAndEnterprises);
    } finally {
      s.clock.now = new Date('2026-11-24T02:00:00Z');
    }
  });

  it('holds for a park that comes onto the list later', async () => {
    const parks = async () =>
      (
        await s.owner.query(
          "SELECT s.organization_id FROM consortium c, seals_due(c.id, '2026-12-02') s JOIN organization o ON o.id = s.organization_id WHERE c.code = $1 AND o.kind = 'GOVERNMENT'",
          [CODE],
        )
      ).length;
    const before = await parks();
    await s.owner.query(
      "INSERT INTO park (id, province_id, name) SELECT 'prk_new', province_id, '测试园区' FROM consortium WHERE code = $1",
      [CODE],
    );
    await s.owner.query(
      "INSERT INTO consortium_park (id, province_id, consortium_id, park_id, position) SELECT 'cop_new', province_id, id, 'prk_new', 9 FROM consortium WHERE code = $1",
      [CODE],
    );
    const { makeSealUnits } = await import('../../src/seals/units.js');
    await s.owner.transaction(async (db) => {
      await db.query('SET LOCAL ROLE iec_loader');
      const [{ id }] = await db.query('SELECT province_id AS id FROM consortium WHERE code = $1', [CODE]);
      await makeSealUnits((sql, values) => db.query(sql, values), [id]);
    });
    expect(await parks()).toBe(before + 1);
  });
});
