import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import { runInNewContext } from 'node:vm';
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

const accounts = [{ label: '省', token: 'demo-token' }];
const examples = [
  { title: '名单 List', query: 'query List { hello }' },
  { title: '其他 Other', query: 'query Other { hello }' },
];
const scriptsOf = (html: string) => [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((m) => m[1]!);

/** The page's first script, run as a browser would at this address: what it asks, and of whom. */
function opened(html: string, address: string) {
  const sent: { url: string; headers: Headers }[] = [];
  const select = () => ({ options: [] as unknown[], value: '', add() {}, addEventListener() {} });
  const fetch = (url: string, init: { headers: Headers }) => sent.push({ url, headers: init.headers });
  const window: Record<string, any> = { fetch };
  const elements: Record<string, ReturnType<typeof select>> = {};
  const byId = (id: string) => (elements[id] ??= select());
  const location = new URL(address);
  const world = {
    URL,
    Request,
    Headers,
    URLSearchParams,
    Option: class {},
    window,
    location,
    document: { getElementById: byId },
  };
  runInNewContext(scriptsOf(html)[0]!, { ...world, localStorage: { getItem: () => null, setItem() {} } });
  return {
    page: window.PAGE,
    ask: (init: object) => window.fetch(window.PAGE.endpoint, init),
    sent,
    choose: (label: string) => (byId('account').value = label),
  };
}

describe('the query page', () => {
  it('opens on the first example, which shows something, below its welcome', async () => {
    const server = await start({ graphiql: { accounts: () => accounts, examples } });
    const { page } = opened(await (await fetch(`${server.url}/graphiql`)).text(), `${server.url}/graphiql`);
    expect(page.tabs[0].query).toBe(page.welcome);
    expect(page.welcome).toMatch(/^# 市域产教联合体数据服务\n(#.*\n)+query List \{ hello \}$/);
    expect(page.tabs.map(({ query }: { query: string }) => query)).toEqual([page.welcome, examples[1]!.query]);
    expect((await server.ask(page.welcome)).body.data).toEqual({ hello: 'hello' });
    await server.app.close();
  });

  it('asks the API beside it, behind a prefix that a proxy takes away as well', async () => {
    const server = await start({ graphiql: { accounts: () => accounts, examples } });
    const proxy = createServer((incoming, outgoing) => {
      if (!incoming.url!.startsWith('/some/prefix')) return void outgoing.writeHead(404).end('not here');
      const path = incoming.url!.slice('/some/prefix'.length) || '/';
      const onward = request(
        `${server.url}${path}`,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(onward);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const outside = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    try {
      // the bare address leads to the page
      const page = await fetch(`${outside}/some/prefix/`);
      expect([page.status, new URL(page.url).pathname]).toEqual([200, '/some/prefix/graphiql']);
      const browser = opened(await page.text(), page.url);
      expect(browser.page.endpoint).toBe('/some/prefix/graphql');
      browser.choose('省');
      browser.ask({
        method: 'POST',
        body: JSON.stringify({ query: '{ who }' }),
        headers: { 'content-type': 'application/json' },
      });
      const [{ url, headers }] = browser.sent as [{ url: string; headers: Headers }];
      const answer = await fetch(new URL(url, page.url), {
        method: 'POST',
        body: JSON.stringify({ query: '{ who }' }),
        headers,
      });
      expect(((await answer.json()) as any).data.who).toMatch(/^Bearer demo-token\|/);
      // and what it would have asked of the host is somebody else's
      expect((await fetch(`${outside}/graphql`)).status).toBe(404);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
      await server.app.close();
    }
  });

  it('is found from the bare address of a prefix without its slash, which the public address tells', async () => {
    const server = await start({ publicBase: 'https://data.example.cn/x' });
    const to = async (host: string) => {
      const answer = await server.app.inject({ url: '/', headers: { host } });
      return [answer.statusCode, new URL(answer.headers.location as string, `http://${host}/x/`).href];
    };
    expect(await to('data.example.cn')).toEqual([302, 'https://data.example.cn/x/graphiql']);
    // past the proxy there is no prefix
    expect(await to('127.0.0.1:4000')).toEqual([302, 'http://127.0.0.1:4000/x/graphiql']);
    await server.app.close();
  });

  it('hands demo tokens out under its own names alone, and says so under others', async () => {
    const names = ['Desk.example.cn:8080', '192.168.7.8', 'fd00::7'];
    const server = await start({ graphiql: { accounts: () => accounts, examples, names } });
    const tokensAt = async (host: string) => {
      const { body } = await server.app.inject({ url: '/graphiql', headers: { host } });
      expect(body.includes('演示身份只在')).toBe(!body.includes('demo-token'));
      return body.includes('demo-token');
    };
    const own = [
      'localhost',
      'LOCALHOST:4000',
      '127.0.0.1:4000',
      '127.8.9.1',
      '[::1]:4000',
      '[::1]',
      'desk.example.cn',
    ];
    for (const host of [...own, 'DESK.example.cn:9', '192.168.7.8:4000', '[fd00::7]:4000'])
      expect([host, await tokensAt(host)]).toEqual([host, true]);
    const foreign = [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.example:4000',
      '10.0.0.7',
    ];
    for (const host of [
      ...foreign,
      '[fd00::8]',
      'notlocalhost',
      'localhost@evil.example',
      'xdesk.example.cn',
      '0.0.0.0',
    ])
      expect([host, await tokensAt(host)]).toEqual([host, false]);
    await server.app.close();
  });

  it('says nothing of accounts where there are none', async () => {
    const server = await start({ graphiql: { accounts: () => [], examples } });
    const { body } = await server.app.inject({ url: '/graphiql', headers: { host: 'data.example.cn' } });
    expect(body.includes('演示身份只在')).toBe(false);
    await server.app.close();
  });
});
