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
