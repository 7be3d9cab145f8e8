import { Checks } from '../../src/reports/checks.js';
import { upload, word } from '../support/files.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const ISSUE =
  'mutation ($label: String!) { issueToken(input: { role: ANALYST, label: $label }) { token { id } secret userErrors { code } } }';
const issue = (label: string, key: string) => s.ask(s.token('PROVINCE'), ISSUE, { label }, { 'idempotency-key': key });
const tokens = async () => (await s.owner.query('SELECT count(*)::int n FROM access_token'))[0].n;

describe('Idempotency-Key', () => {
  it('answers the same request once, and keeps no secret', async () => {
    const before = await tokens();
    const first = await issue('甲', 'k1');
    expect(first.data.issueToken.secret).toMatch(/^ey/);
    const second = await issue('甲', 'k1');
    expect(second.data.issueToken).toEqual({ ...first.data.issueToken, secret: null });
    expect(await tokens()).toBe(before + 1);
    const [{ n }] = await s.owner.query(
      "SELECT count(*)::int n FROM idempotent_answer WHERE answer::text LIKE '%ey%.%.%'",
    );
    expect(n).toBe(0);
  });

  it('refuses the key for another body, and does nothing', async () => {
    await issue('乙', 'k2');
    const before = await tokens();
    expect((await issue('丙', 'k2')).errors![0].extensions.code).toBe('BAD_USER_INPUT');
    expect(await tokens()).toBe(before);
  });

  it('lets one of many at once act; the rest get its answer or are told to wait', async () => {
    const before = await tokens();
    const answers = await Promise.all(Array.from({ length: 10 }, () => issue('丁', 'k3')));
    expect(await tokens()).toBe(before + 1);
    for (const { data, errors } of answers)
      expect(errors ? errors[0].extensions.code : data.issueToken.token.id).toMatch(/^(CONFLICT|tok_)/);
  });

  it('keeps what only looks like a secret', async () => {
    const label = 'eye-plan.v2.docx';
    const aliased = (key: string) =>
      s.ask(
        s.token('PROVINCE'),
        'mutation ($label: String!) { mine: issueToken(input: { role: ANALYST, label: $label }) { token { label } key: secret } }',
        { label },
        { 'idempotency-key': key },
      );
    expect((await aliased('k4')).data.mine).toEqual({ token: { label }, key: expect.stringMatching(/^ey/) });
    expect((await aliased('k4')).data.mine).toEqual({ token: { label }, key: null });
  });

  it('does nothing twice of which a part failed', async () => {
    const mixed = (key: string, first: string) =>
      s.ask(
        s.token('PROVINCE'),
        `mutation { a: ${first} { userErrors { code } } b: acceptReport(input: { reportId: "rep_0", expectedVersion: 1 }) { userErrors { code } } }`,
        {},
        { 'idempotency-key': key },
      );
    const before = await tokens();
    const [first, second] = [
      await mixed('k5', 'issueToken(input: { role: ANALYST, label: "戊" })'),
      await mixed('k5', 'issueToken(input: { role: ANALYST, label: "戊" })'),
    ];
    expect(first.errors).toMatchObject([{ path: ['b'], extensions: { code: 'NOT_FOUND' } }]);
    expect(second).toEqual(first);
    expect(await tokens()).toBe(before + 1);
    // where nothing was changed the key is free again
    await mixed('k6', 'revokeToken(input: { tokenId: "tok_0" })');
    expect(await s.owner.query("SELECT FROM idempotent_answer WHERE key = 'k6'")).toEqual([]);
  });

  it('is free again where nothing came of it, and not even a file was taken in', async () => {
    const board = s.token('BOARD', '430000-2024-06');
    const uploadId = await upload(s, board, '计划.docx', await word('k9'));
    const attach = `mutation { attachReportDocument(input: { reportId: "rep_0", expectedVersion: 1, kind: WORD, uploadId: "${uploadId}" }) { userErrors { code } } }`;
    const { errors } = await s.ask(board, attach, {}, { 'idempotency-key': 'k9' });
    expect(errors![0].extensions.code).toBe('NOT_FOUND');
    const [{ received_at: received }] = await s.owner.query('SELECT received_at FROM upload WHERE id = $1', [uploadId]);
    expect(received).toBeNull();
    expect(await s.owner.query("SELECT FROM idempotent_answer WHERE key = 'k9'")).toEqual([]);
  });

  it('does not make a change again whose answer was lost', async () => {
    const now = s.clock.now;
    const before = await tokens();
    await issue('己', 'k7');
    await s.owner.query("UPDATE idempotent_answer SET answer = NULL WHERE key = 'k7'");
    expect((await issue('己', 'k7')).errors![0]).toMatchObject({ extensions: { code: 'CONFLICT', retryable: true } });
    s.clock.now = new Date(now.getTime() + 61_000);
    const [lost] = (await issue('己', 'k7')).errors!;
    expect(lost).toMatchObject({ extensions: { code: 'CONFLICT', retryable: false } });
    expect(lost.message).toMatch(/已经执行/);
    expect(await tokens()).toBe(before + 1);
    // what changed nothing may be asked again
    await s.owner.query("UPDATE idempotent_answer SET changed = false WHERE key = 'k7'");
    s.clock.now = new Date(now.getTime() + 122_000);
    expect((await issue('己', 'k7')).data.issueToken.secret).toMatch(/^ey/);
    s.clock.now = now;
  });

  it('lets a request that takes longer than a minute change nothing once another has taken the key', async () => {
    const now = s.clock.now;
    const uploadId = await upload(s, s.token('PROVINCE'), '模板.docx', await word('致{consortium.name}'));
    const replace = () =>
      s.ask(
        s.token('PROVINCE'),
        `mutation { replaceReportTemplate(input: { kind: ANNUAL_WORK_PLAN, uploadId: "${uploadId}" }) { userErrors { code } } }`,
        {},
        { 'idempotency-key': 'k11' },
      );
    const { inspect } = Checks.prototype;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      Checks.prototype.inspect = async function (...all) {
        resolve();
        await held;
        return inspect.apply(this, all);
      };
    });
    const slow = replace();
    await reached;
    Checks.prototype.inspect = inspect;
    s.clock.now = new Date(now.getTime() + 61_000);
    const second = await replace();
    expect(second.data.replaceReportTemplate.userErrors).toEqual([]);
    goOn();
    expect((await slow).errors![0].extensions).toMatchObject({ code: 'CONFLICT' });
    expect(await replace()).toEqual(second);
    const [{ n }] = await s.owner.query(
      "SELECT count(*)::int n FROM audit_entry WHERE action = 'replaceReportTemplate'",
    );
    expect(n).toBe(1);
    s.clock.now = now;
  });

  it('keeps no error that says try again for a change that was made', async () => {
    const { Session } = await import('../../src/access/session.js');
    const { end } = Session.prototype;
    const before = await tokens();
    let broken = false;
    Session.prototype.end = async function (this: InstanceType<typeof Session>, outcome) {
      await end.call(this, outcome);
      // the commit went through, and the connection broke before we heard of it
      if (outcome !== 'commit' || broken || (await tokens()) === before) return;
      broken = true;
      throw new Error('Connection terminated unexpectedly');
    };
    const now = s.clock.now;
    try {
      expect((await issue('辛', 'k10')).errors![0].extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    } finally {
      Session.prototype.end = end;
    }
    expect(await tokens()).toBe(before + 1);
    s.clock.now = new Date(now.getTime() + 61_000);
    expect((await issue('辛', 'k10')).errors![0].extensions).toMatchObject({ code: 'CONFLICT', retryable: false });
    expect(await tokens()).toBe(before + 1);
    s.clock.now = now;
  });

  it('answers what was done, also to a token that it revoked itself', async () => {
    const made = (
      await s.ask(
        s.token('ADMINISTRATOR'),
        'mutation { issueToken(input: { role: ADMINISTRATOR, label: "庚" }) { token { id } secret } }',
      )
    ).data.issueToken;
    const revoke = () =>
      s.ask(
        made.secret,
        'mutation ($id: ID!) { revokeToken(input: { tokenId: $id }) { token { id } userErrors { code } } }',
        { id: made.token.id },
        { 'idempotency-key': 'k8' },
      );
    const first = await revoke();
    expect(first).toMatchObject({ data: { revokeToken: { token: null, userErrors: [] } } });
    expect(first.errors).toBeUndefined();
    expect((await revoke()).errors![0].extensions.code).toBe('TOKEN_REVOKED');
  });

  it('is forgotten after a day', async () => {
    const { JOBS } = await import('../../src/service.js');
    const run = async () => {
      for (const job of JOBS) await job(s.service.door);
      return s.owner.query("SELECT key FROM idempotent_answer WHERE key = 'k1'");
    };
    const now = s.clock.now;
    expect(await run()).toHaveLength(1);
    s.clock.now = new Date(now.getTime() + 24 * 3_600_000 + 1);
    expect(await run()).toEqual([]);
    s.clock.now = now;
  });
});
