import { createHash } from 'node:crypto';
import { type Started, start } from './fixture.js';

describe('query page', () => {
  let server: Started;
  let accounts = [{ label: '理事会 </script><b>', token: 'first-demo-token' }];
  beforeAll(async () => {
    server = await start({
      graphiql: {
        accounts: () => accounts,
        examples: [{ title: '名单 List', query: 'query List { hello }', variables: '{"a":"</script>"}' }],
      },
    });
  });
  afterAll(() => server.app.close());
  const page = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/graphiql`, { headers });
    return { response, html: await response.text() };
  };

  it('is one page in Chinese with accounts and examples, that loads nothing from elsewhere', async () => {
    const { response, html } = await page();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const markup = html.replace(/<script>[\s\S]*?<\/script>/g, '<script>');
    // comparing booleans: a failure would else print the whole page
    expect(html.includes('<html lang="zh-CN">') && html.includes('理事会') && html.includes('query List')).toBe(true);
    expect(/\ssrc=|href="(?!data:)|@import|url\(["']?(?!data:|#)/.test(markup)).toBe(false);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it('has a policy that allows its own two scripts and no other host', async () => {
    const { response, html } = await page();
    const policy = response.headers.get('content-security-policy')!;
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((m) => m[1]!);
    expect(scripts).toHaveLength(2);
    for (const script of scripts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy.split('; ').filter((p) => p.includes('unsafe-inline'))).toEqual(["style-src 'unsafe-inline'"]);
  });

  it('is kept by the browser until it changes', async () => {
    const { response } = await page();
    const etag = response.headers.get('etag')!;
    expect((await page({ 'if-none-match': etag })).response.status).toBe(304);
    accounts = [{ label: '另一个', token: 'second-demo-token' }];
    const changed = await page({ 'if-none-match': etag });
    expect(changed.response.status).toBe(200);
    expect(changed.html.includes('second-demo-token')).toBe(true);
    expect(changed.html.includes('first-demo-token')).toBe(false);
  });
});
