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
});
