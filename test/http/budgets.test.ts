import { createHash, randomBytes } from 'node:crypto';
import { readConfig } from '../../src/config.js';
import { createService, type Service } from '../../src/service.js';
import { upload, word } from '../support/files.js';
import { change, obligationOf, readyDraft } from '../support/reports.js';
import { type Answer, type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
const MIB = 1_048_576;
const HOUR = 3_600_000;

let s: TestService;
/** A second instance before the same database: budgets are one for all. */
let other: Service;
let otherBase: string;
beforeAll(async () => {
  s = await testService();
  const config = readConfig({
    DATA_DIR: s.dataDir,
    PORT: '0',
    POOL_SIZE: '8',
    RATE_LIMIT_TOKEN: '0',
    RATE_LIMIT_ADDRESS: '0',
  });
  other = await createService({ config, url: (s.owner.options as { url: string }).url, now: () => s.clock.now });
  otherBase = await other.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await other?.stop();
  await s?.close();
});
/** Each test has an hour of its own. */
beforeEach(() => {
  s.clock.now = new Date(s.clock.now.getTime() + 2 * HOUR);
});

type Heard = { status: number; retryAfter: string | null } & Answer;
async function post(base: string, token: string, query: string, variables: object, key?: string): Promise<Heard> {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
}
const base = (i: number) => (i % 2 ? otherBase : s.base);
const codeOf = ({ errors }: Answer) => errors?.[0].extensions.code;
/** Refused, with the budget's name, its size and when to come back; the header says the same. */
function expectRefused(heard: Heard, budget: string, limit: number, within = 3600) {
  const { code, retryable, params } = heard.errors![0].extensions as any;
  expect({ code, retryable, params }).toEqual({
    code: 'RATE_LIMITED',
    retryable: true,
    params: { budget, limit, retryAfter: expect.any(Number) },
  });
  expect(params.retryAfter).toBeGreaterThanOrEqual(1);
  expect(params.retryAfter).toBeLessThanOrEqual(within);
  expect(heard.retryAfter).toBe(String(params.retryAfter));
}

const ANNOUNCE =
  'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url parts { start end url } } userErrors { code path } } }';
const announce = (token: string, byteSize: number, more: object = {}, at = s.base) =>
  post(at, token, ANNOUNCE, { input: { fileName: 'a.docx', byteSize, sha256: '0'.repeat(64), ...more } });
const bureau = () => s.token('CITY_BUREAU', '430400');
const province = () => s.token('PROVINCE');
const board = () => s.token('BOARD', CODE);

describe('files that are attached to nothing: 500 MiB of a token and hour', () => {
  const LIMIT = 500 * MIB;

  it('are never more, however many are announced at once, to however many instances; and nobody else’s matter', async () => {
    const heard = await Promise.all(Array.from({ length: 24 }, (_, i) => announce(board(), 50 * MIB, {}, base(i))));
    expect(heard.filter(({ data }) => data?.createUpload?.upload)).toHaveLength(10);
    for (const one of heard.filter(({ errors }) => errors)) expectRefused(one, 'UNATTACHED_BYTES', LIMIT);
    expectRefused(await announce(board(), 1), 'UNATTACHED_BYTES', LIMIT);
    expectRefused(await announce(board(), 1, { validateOnly: true }), 'UNATTACHED_BYTES', LIMIT);
    // another board, another token of the same board's
    expect((await announce(s.token('BOARD', '430000-2024-07'), 50 * MIB)).errors).toBeUndefined();
    const colleague = await change(
      s,
      bureau(),
      'issueToken',
      { role: 'BOARD', label: '同事', consortiumId: s.actor('BOARD', CODE).consortiumId },
      'secret userErrors { code }',
    );
    expect((await announce(colleague.secret, 50 * MIB)).errors).toBeUndefined();
    const [{ n }] = await s.owner.query('SELECT sum(byte_size)::bigint n FROM upload WHERE token_id = $1', [
      s.actor('BOARD', CODE).tokenId,
    ]);
    expect(Number(n)).toBe(LIMIT);
    s.clock.now = new Date(s.clock.now.getTime() + HOUR - 1000);
    const [last] = [await announce(board(), 1)];
    expectRefused(last, 'UNATTACHED_BYTES', LIMIT, 1);
    s.clock.now = new Date(s.clock.now.getTime() + 1000);
    expect((await announce(board(), 50 * MIB)).errors).toBeUndefined();
  });

  it('say when there is room again: as soon as enough of them are older than an hour', async () => {
    for (let i = 0; i < 10; i++) {
      expect((await announce(board(), 50 * MIB)).errors).toBeUndefined();
      s.clock.now = new Date(s.clock.now.getTime() + 60_000);
    }
    // the first was announced ten minutes ago
    const refused = await announce(board(), 50 * MIB);
    expectRefused(refused, 'UNATTACHED_BYTES', LIMIT);
    expect(refused.retryAfter).toBe(String(50 * 60));
    s.clock.now = new Date(s.clock.now.getTime() + 50 * 60_000);
    expect((await announce(board(), 50 * MIB)).errors).toBeUndefined();
    expectRefused(await announce(board(), 50 * MIB), 'UNATTACHED_BYTES', LIMIT, 60);
  });

  it('count no more once they are attached, and again once another takes their place', async () => {
    const obligation = await obligationOf(s, board(), 'ANNUAL_SUMMARY', 2026);
    let { report } = await change(s, board(), 'createReportDraft', { obligationId: obligation.id });
    const bytes = await word('预算');
    const attach = async (uploadId: string) => {
      const input = { reportId: report.id, expectedVersion: report.version, kind: 'WORD', uploadId };
      const answer = await change(s, board(), 'attachReportDocument', input);
      expect(answer.userErrors).toEqual([]);
      report = answer.report;
    };
    const uploads = [await upload(s, board(), 'a.docx', bytes), await upload(s, board(), 'b.docx', bytes)];
    for (let i = 0; i < 9; i++) expect((await announce(board(), 50 * MIB)).errors).toBeUndefined();
    const left = 50 * MIB - 2 * bytes.length;
    expectRefused(await announce(board(), left + 1), 'UNATTACHED_BYTES', LIMIT);
    await attach(uploads[0]);
    expect((await announce(board(), left + bytes.length)).errors).toBeUndefined();
    expectRefused(await announce(board(), 1), 'UNATTACHED_BYTES', LIMIT);
    // the second takes the first one's place: one in, one out
    await attach(uploads[1]);
    expectRefused(await announce(board(), 1), 'UNATTACHED_BYTES', LIMIT);
  });

  it('of the province: a template that is in place counts no more', async () => {
    const bytes = await word('致{consortium.name}');
    const uploadId = await upload(s, province(), '模板.docx', bytes);
    for (let i = 0; i < 9; i++) expect((await announce(province(), 50 * MIB)).errors).toBeUndefined();
    expectRefused(await announce(province(), 50 * MIB), 'UNATTACHED_BYTES', LIMIT);
    await change(s, province(), 'replaceReportTemplate', { kind: 'ANNUAL_WORK_PLAN', uploadId }, 'userErrors { code }');
    expect((await announce(province(), 50 * MIB)).errors).toBeUndefined();
  });

  it('may be sent: what was announced within the budget arrives', async () => {
    const bytes = randomBytes(5 * MIB);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const sent = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { data } = await announce(board(), bytes.length, { sha256 });
        return (await fetch(data.createUpload.upload.url, { method: 'PUT', body: new Uint8Array(bytes) })).status;
      }),
    );
    expect(sent).toEqual(Array(8).fill(204));
  });
});

describe('rows that one token begins within an hour', () => {
  it('uploads: 3,000, also of one byte', async () => {
    const { tokenId, provinceId, cityId, consortiumId } = s.actor('BOARD', CODE);
    await s.owner.query(
      `INSERT INTO upload (id, province_id, city_id, consortium_id, token_id, file_name, byte_size, sha256, storage_key, created_at, expires_at)
       SELECT 'upl_many' || i, $1, $2, $3, $4, 'a', 1, 'x', 'x' || i, $5, $5 FROM generate_series(1, 2997) i`,
      [provinceId, cityId, consortiumId, tokenId, s.clock.now],
    );
    const heard = await Promise.all(Array.from({ length: 12 }, (_, i) => announce(board(), 1, {}, base(i))));
    expect(heard.filter(({ data }) => data?.createUpload?.upload)).toHaveLength(3);
    for (const one of heard.filter(({ errors }) => errors)) expectRefused(one, 'UPLOADS', 3000);
    expect((await announce(s.token('BOARD', '430000-2024-07'), 1)).errors).toBeUndefined();
    await s.owner.query("DELETE FROM upload WHERE id LIKE 'upl_many%'");
  });

  /** As they would be there: what counts them would count each of them. */
  const many = async (role: string, code: string | undefined, action: string, n: number) => {
    const { tokenId, accountId, provinceId } = s.actor(role, code);
    await s.owner.query('ALTER TABLE audit_entry DISABLE TRIGGER guard_change_budget');
    await s.owner.query(
      `INSERT INTO audit_entry (at, actor_role, account_id, token_id, action, subject_id, province_id)
       SELECT $1, $2, $3, $4, $5, 'x' || i, $6 FROM generate_series(1, ${n}) i`,
      [s.clock.now, role, accountId, tokenId, action, provinceId],
    );
    await s.owner.query('ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER guard_change_budget');
  };

  it('tokens, archives and whatever else leaves an audit row: 1,000 of a kind; a refused one leaves nothing', async () => {
    const calls: [string, object, string][] = [
      ['issueToken', { role: 'ANALYST', label: '甲' }, 'IssueTokenInput'],
      ['requestReportArchive', { year: 2026 }, 'RequestReportArchiveInput'],
      [
        'decideSealRequirement',
        { effectiveOn: '2030-01-01', units: ['LEAD_SCHOOL', 'LEAD_ENTERPRISE'] },
        'DecideSealRequirementInput',
      ],
    ];
    const rows = async () =>
      (
        await s.owner.query(
          "SELECT (SELECT count(*) FROM access_token)::int t, (SELECT count(*) FROM account)::int a, (SELECT count(*) FROM seal_requirement)::int r, (SELECT count(*) FROM outbox_event)::int o, (SELECT count(*) FROM audit_entry WHERE subject_id NOT LIKE 'x%')::int e",
        )
      )[0];
    for (const [name, input, type] of calls) {
      await many('PROVINCE', undefined, name, 999);
      const before = await rows();
      const query = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
      const heard = await Promise.all(Array.from({ length: 6 }, (_, i) => post(base(i), province(), query, { input })));
      expect(heard.filter(({ errors }) => !errors)).toHaveLength(1);
      for (const one of heard.filter(({ errors }) => errors)) expectRefused(one, 'CHANGES', 1000);
      const after = await rows();
      expect({ name, e: after.e - before.e, o: after.o - before.o }).toEqual({ name, e: 1, o: 1 });
      expect(after.t - before.t).toBe(name === 'issueToken' ? 1 : 0);
      expect(after.a - before.a).toBe(name === 'issueToken' ? 1 : 0);
    }
    // not another token's, nor another kind of change
    expect(
      (
        await change(
          s,
          bureau(),
          'issueToken',
          { role: 'CITY_DEPARTMENT', department: 'FINANCE', label: '乙' },
          'userErrors { code }',
        )
      ).userErrors,
    ).toEqual([]);
    s.clock.now = new Date(s.clock.now.getTime() + HOUR);
    expect(
      (await change(s, province(), 'requestReportArchive', { year: 2026 }, 'userErrors { code }')).userErrors,
    ).toEqual([]);
  });

  it('seal tokens count by themselves, and steps of the way up to 10,000', async () => {
    const draft = await readyDraft(s, '430000-2024-07', 'ANNUAL_SUMMARY', 2026);
    const token = s.token('BOARD', '430000-2024-07');
    const { data } = await s.ask(token, 'query { consortium(code: "430000-2024-07") { leadSchools { id } } }');
    const input = { reportId: draft.id, organizationId: data.consortium.leadSchools[0].id };
    const seal = () =>
      post(
        s.base,
        token,
        'mutation ($input: IssueSealTokenInput!) { issueSealToken(input: $input) { userErrors { code } } }',
        {
          input,
        },
      );
    await many('BOARD', '430000-2024-07', 'issueSealToken', 999);
    expect((await seal()).data.issueSealToken.userErrors).toEqual([]);
    expectRefused(await seal(), 'CHANGES', 1000);
    const submit = (expectedVersion: number) =>
      post(
        s.base,
        token,
        'mutation ($input: SubmitReportInput!) { submitReport(input: $input) { report { version } userErrors { code } } }',
        {
          input: { reportId: draft.id, expectedVersion },
        },
      );
    await many('BOARD', '430000-2024-07', 'submitReport', 10_000);
    expectRefused(await submit(draft.version), 'CHANGES', 10_000);
    s.clock.now = new Date(s.clock.now.getTime() + HOUR);
    expect((await submit(draft.version)).data.submitReport.userErrors).toEqual([]);
  }, 120_000);
});

describe('answers kept for keys: 10 MiB of a token and hour', () => {
  const LIMIT = 10 * MIB;
  const KEPT = 262_144;
  const ISSUE =
    'mutation ($label: String!) { issueToken(input: { role: ANALYST, label: $label }) { token { id } userErrors { code } } }';
  const issue = (key: string | undefined, at = s.base) => post(at, province(), ISSUE, { label: '丙' }, key);
  const tokens = async () => (await s.owner.query('SELECT count(*)::int n FROM access_token'))[0].n;
  const held = (n: number, answered = true) =>
    s.owner.query(
      `INSERT INTO idempotent_answer (token_id, key, body_hash, answer, changed, created_at, weight)
       SELECT $1, 'held' || gen_random_uuid(), 'x', ${answered ? `'{"text": "x"}'` : 'NULL'}, true, $2, ${KEPT} FROM generate_series(1, ${n})`,
      [s.actor('PROVINCE').tokenId, s.clock.now],
    );

  it('are never more, however many keys come at once; what is refused was not done, and its key is free', async () => {
    await held(36);
    const before = await tokens();
    const heard = await Promise.all(Array.from({ length: 16 }, (_, i) => issue(`race-${i}`, base(i))));
    const done = heard.filter(({ errors }) => !errors);
    // each is counted for the longest answer while it runs; what one of a kilobyte leaves, the next may take
    expect(done.length).toBeGreaterThanOrEqual(4);
    expect(await tokens()).toBe(before + done.length);
    for (const one of heard.filter(({ errors }) => errors)) {
      expectRefused(one, 'ANSWERS', LIMIT, 1);
      expect(one.status).toBe(429);
    }
    const [{ n }] = await s.owner.query(
      'SELECT sum(weight)::int n FROM idempotent_answer WHERE token_id = $1 AND created_at = $2',
      [s.actor('PROVINCE').tokenId, s.clock.now],
    );
    expect(n).toBe(36 * KEPT + done.length * 1024);

    await held(3);
    const full = await tokens();
    const refused = await issue('full');
    expectRefused(refused, 'ANSWERS', LIMIT);
    expect(await tokens()).toBe(full);
    // what was answered before is answered again, without a key it goes on, and other tokens have budgets of their own
    const [again] = heard.flatMap(({ errors }, i) => (errors ? [] : [i]));
    expect((await issue(`race-${again}`)).data).toEqual(heard[again].data);
    expect((await issue(undefined)).errors).toBeUndefined();
    const keyed = await post(
      s.base,
      bureau(),
      'mutation ($label: String!) { issueToken(input: { role: CITY_DEPARTMENT, department: FINANCE, label: $label }) { userErrors { code } } }',
      { label: '丁' },
      'k',
    );
    expect(keyed.errors).toBeUndefined();
    s.clock.now = new Date(s.clock.now.getTime() + HOUR);
    expect((await issue('full')).errors).toBeUndefined();
  });

  it('of 256 KiB at most: a longer one is given once, and its change is not made again', async () => {
    const obligation = await obligationOf(s, s.token('BOARD', '430000-2024-08'), 'ANNUAL_SUMMARY', 2026);
    const token = s.token('BOARD', '430000-2024-08');
    const aliased = (n: number) =>
      `mutation ($input: CreateReportDraftInput!) { createReportDraft(input: $input) { report { draft { ${Array.from({ length: n }, (_, i) => `a${i}: summary`).join(' ')} } } userErrors { code } } }`;
    const input = { obligationId: obligation.id, summary: '长'.repeat(5000) };
    const first = await post(s.base, token, aliased(20), { input }, 'long');
    expect(JSON.stringify(first.data).length).toBeGreaterThan(90_000);
    const second = await post(s.base, token, aliased(20), { input }, 'long');
    const { code, retryable } = second.errors![0].extensions;
    expect({ code, retryable }).toEqual({ code: 'CONFLICT', retryable: false });
    expect(second.errors![0].message).toMatch(/已经执行.*256 KiB/);
    const [{ n, weight }] = await s.owner.query(
      "SELECT count(*)::int n, max(weight) weight FROM idempotent_answer WHERE key = 'long'",
    );
    expect({ n, weight }).toEqual({ n: 1, weight: 1024 });
    const reports = await s.owner.query('SELECT id FROM report WHERE obligation_id = $1', [obligation.id]);
    expect(reports).toHaveLength(1);
    // a shorter one is kept whole, and counted by its bytes
    const kept = () =>
      post(
        s.base,
        token,
        'mutation ($input: UpdateReportDraftInput!) { updateReportDraft(input: $input) { report { draft { a: summary b: summary } } userErrors { code } } }',
        { input: { reportId: reports[0].id, expectedVersion: 1, title: '新' } },
        'short',
      );
    const { status, ...answer } = await kept();
    expect((await kept()).data).toEqual(answer.data);
    expect(status).toBe(200);
    const [row] = await s.owner.query(
      "SELECT weight, octet_length(answer ->> 'text') bytes FROM idempotent_answer WHERE key = 'short'",
    );
    expect(row.weight).toBe(row.bytes);
    expect(row.weight).toBeGreaterThan(30_000);
  });
});

it('codes without a request: ids, answers and errors name no table, function or constraint', async () => {
  await s.owner.query(
    `INSERT INTO audit_entry (at, actor_role, account_id, token_id, action, subject_id) SELECT $1, 'PROVINCE', 'x', $2, 'requestReportArchive', 'y' FROM generate_series(1, 1000)`,
    [s.clock.now, s.actor('PROVINCE').tokenId],
  );
  const heard = await post(
    s.base,
    province(),
    'mutation { requestReportArchive(input: { year: 2026 }) { userErrors { code } } }',
    {},
  );
  expect(codeOf(heard)).toBe('RATE_LIMITED');
  expect(JSON.stringify(heard)).not.toMatch(/guard|audit|IECRL|budget_/);
});
