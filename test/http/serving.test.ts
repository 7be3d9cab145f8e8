import { request } from 'node:http';
import { connect } from 'node:net';
import { ApiError } from '../../src/graph/errors.js';
import { languageOf } from '../../src/graph/language.js';
import { read, type Started, start } from './fixture.js';

const EN = { 'accept-language': 'en-GB,en;q=0.9,zh;q=0.5' };
const NEW = { accept: 'application/graphql-response+json' };

describe('serving', () => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ allowedOrigins: ['https://page.example'] });
  });
  afterAll(() => server.app.close());
  beforeEach(() => {
    server.closed.length = 0;
    server.opened.length = 0;
  });

  it('health and unknown paths', async () => {
    expect(await read(server.url, {}, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await read(server.url, {}, '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    const lost = await read(server.url, { headers: EN }, '/nowhere?q=1');
    expect(lost.status).toBe(404);
    expect(lost.body.errors[0]).toMatchObject({
      message: 'No such path; the API is at /graphql.',
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('is not ready with a reason, or when the check itself fails', async () => {
    let ready = async (): Promise<{ ok: false; reason: string }> => ({ ok: false, reason: '数据库未连接' });
    const other = await start({ ready: () => ready() });
    expect(await read(other.url, {}, '/readyz')).toMatchObject({ status: 503, body: { reason: '数据库未连接' } });
    ready = async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.1');
    };
    const failed = await read(other.url, {}, '/readyz');
    expect(failed.status).toBe(503);
    expect(failed.text).not.toContain('ECONNREFUSED');
    expect(other.log()).toContain('ECONNREFUSED');
    expect((await read(other.url, {}, '/healthz')).status).toBe(200);
    await other.app.close();
  });

  it('sends security headers and a request id, its own or the one given', async () => {
    const { headers } = await server.ask('{ hello }');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    const given = await server.post({ query: '{ hello }' }, { 'x-request-id': 'page-42:1' });
    expect(given.headers.get('x-request-id')).toBe('page-42:1');
    const bad = await server.post({ query: '{ hello }' }, { 'x-request-id': 'a b"<' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('tells the context who asks, how, and closes it once', async () => {
    const answer = await server.post(
      { query: 'mutation { shout(text: "a") }' },
      { authorization: 'Bearer t', 'idempotency-key': 'k1', 'x-request-id': 'r1', ...EN },
    );
    expect(answer.body.data.shout).toBe('a!true');
    const { publicBase, call, ...request } = server.opened[0].request;
    expect(call).toMatchObject({ ended: false, heavy: false });
    expect(publicBase()).toBe(server.url);
    expect(request).toEqual({
      authorization: 'Bearer t',
      language: 'en',
      requestId: 'r1',
      mutation: true,
    });
    expect(server.closed).toEqual([{ failed: false }]);
    await server.ask('{ city { forbidden } }');
    expect(server.closed).toEqual([{ failed: false }, { failed: true }]);
    expect(server.opened[1]?.request.mutation).toBe(false);
  });

  it('opens no context for what is refused before', async () => {
    for (const query of ['{', '{ nothing }', '{ dear { id } }', 'query ($v: Int!) { city(n: $v) { id } }'])
      await server.ask(query);
    await read(server.url, {}, '/graphql?query=mutation%7Bshout%7D');
    expect(server.opened).toEqual([]);
  });

  it('answers an error at closing instead of a result that was not kept', async () => {
    const other = await start({
      closeContext: async () => {
        throw new Error('could not commit');
      },
    });
    const answer = await other.ask('{ hello }');
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL', retryable: true } }] });
    expect(answer.body.data).toBeUndefined();
    expect(other.log()).toContain('could not commit');
    await other.app.close();
  });

  it('refuses a token with 401 in both media types, in the language of the request', async () => {
    for (const accept of [{}, NEW]) {
      const answer = await server.post({ query: '{ hello }' }, { authorization: 'Bearer expired', ...EN, ...accept });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.body.errors[0]).toMatchObject({
        message: 'The access token has expired; ask whoever issued it for a new one.',
        extensions: { code: 'TOKEN_EXPIRED', retryable: false, requestId: answer.headers.get('x-request-id') },
      });
    }
    const late = await server.ask('{ revoked }');
    expect(late.status).toBe(401);
    expect(late.body).toMatchObject({ data: null, errors: [{ extensions: { code: 'TOKEN_REVOKED' } }] });
    expect(server.opened).toHaveLength(1);
  });

  it.each([
    [undefined, 'zh'],
    ['en;q=0.1,zh;q=0.9', 'zh'],
    ['zh;q=0,en', 'en'],
    ['en-GB,en;q=0.9,zh;q=0.5', 'en'],
    ['en;q=0.5, zh;q=0.5', 'en'],
    ['fr, zh-TW;q=0.8, en;q=0.2', 'zh'],
    ['english, en;q=x', 'zh'],
    ['*', 'zh'],
  ])('Accept-Language %s is %s', (header, language) => expect(languageOf(header)).toBe(language));

  it('speaks both languages for every kind of error', async () => {
    const queries = [
      '{',
      '{ nothing }',
      '{ dear { id } }',
      '{ city { secret } }',
      '{ city { forbidden } }',
      'query($v:Int!){city(n:$v){id}}',
    ];
    for (const query of queries) {
      const { message, extensions } = (await server.ask(query)).body.errors[0];
      // what graphql-js says of the place is English, and stands behind our sentence
      const zh = message.replace(extensions.params?.detail ?? '', '');
      const en = (await server.post({ query }, EN)).body.errors[0].message;
      expect(zh).toMatch(/^[^a-z]*\p{Script=Han}/u);
      expect(zh).not.toMatch(/ [a-z]+ [a-z]+ /);
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it('masks what it does not know and logs it under the request id', async () => {
    for (let again = 0; again < 3; again++) {
      const answer = await server.post({ query: '{ city { id secret } }' }, { 'x-request-id': `masked-${again}` });
      expect(answer.status).toBe(200);
      expect(answer.body.data).toEqual({ city: { id: 'cty_1', secret: null } });
      expect(answer.body.errors).toEqual([
        {
          message: '服务器内部错误，请稍后重试并提供请求编号。',
          locations: [{ line: 1, column: 13 }],
          path: ['city', 'secret'],
          extensions: { code: 'INTERNAL', retryable: true, requestId: `masked-${again}` },
        },
      ]);
      const line = server
        .log()
        .split('\n')
        .find((l) => l.includes(`masked-${again}`));
      expect(JSON.parse(line!)).toMatchObject({
        requestId: `masked-${again}`,
        path: ['city', 'secret'],
        err: { message: expect.stringContaining('password') },
      });
    }
    const missing = await server.ask('{ required }');
    expect(missing.body).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL' } }] });
    const crash = await server.post({ query: '{ hello }' }, { authorization: 'Bearer crash' });
    expect(crash.status).toBe(500);
    expect(crash.text).not.toContain('10.0.0.1');
    expect(server.log()).toContain('10.0.0.1');
  });

  it('shows our own errors with permission and place', async () => {
    const { body } = await server.ask('{ city { forbidden } }');
    expect(body.errors[0]).toMatchObject({
      path: ['city', 'forbidden'],
      extensions: { code: 'FORBIDDEN', requiredPermission: 'city.read', retryable: false },
    });
  });

  it('status follows the media type for what is wrong with the query', async () => {
    for (const query of ['{', '{ nothing }', '{ dear { id } }']) {
      expect((await server.post({ query })).status).toBe(200);
      const strict = await server.post({ query }, NEW);
      expect(strict.status).toBe(400);
      expect(strict.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    }
  });

  it('GET is for queries, and not from pages of other sites', async () => {
    const get = (query: string, headers: Record<string, string> = {}) =>
      read(server.url, { headers }, `/graphql?query=${encodeURIComponent(query)}`);
    expect((await get('{ hello }')).body.data).toEqual({ hello: 'hello' });
    const change = await get('mutation { shout(text: "a") }');
    expect([change.status, change.headers.get('allow'), change.body.errors[0].extensions.code]).toEqual([
      405,
      'POST',
      'BAD_USER_INPUT',
    ]);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ] as Record<string, string>[]) {
      expect((await get('{ hello }', headers)).status).toBe(403);
      expect((await get('{ hello }', { ...headers, 'apollo-require-preflight': '1' })).status).toBe(200);
    }
    expect((await get('{ hello }', { 'sec-fetch-site': 'same-origin', origin: server.url })).status).toBe(200);
    const twice = await read(server.url, {}, '/graphql?query=%7Bhello%7D&query=%7Bhello%7D');
    expect(twice.status).toBe(400);
    const variables = await read(server.url, {}, '/graphql?query=%7Bhello%7D&variables=%7B');
    expect(variables.status).toBe(400);
  });

  it('lets pages of allowed origins in, and no others', async () => {
    const preflight = (origin: string) =>
      read(server.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const ours = await preflight('https://page.example');
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, 'https://page.example']);
    const other = await preflight('https://evil.example');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    const answer = await server.post({ query: '{ hello }' }, { origin: 'https://page.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://page.example');
  });

  it('reports the cost', async () => {
    const cost = async (query: string, variables?: Record<string, unknown>) =>
      (await server.ask(query, variables)).body.extensions.cost.requested;
    expect(await cost('{ city { id name } }')).toBe(2);
    expect(await cost('{ cities { nodes { id } } }')).toBe(23);
    const page = 'query ($n: Int) { cities(first: $n) { nodes { twins { id } } } }';
    expect(await cost(page, { n: 10 })).toBe(1 + 10 * (1 + 5 * 1.1));
    expect(await cost(page, { n: 100 })).toBe(651);
    expect(await cost(page, { n: 1_000_000 })).toBe(651);
    expect(await cost('query ($i: [ID!]!) { nodes(ids: $i) { twin { id } } }', { i: Array(100).fill('1') })).toBe(210);
  });

  it('counts by the declared variables, whatever others are called', async () => {
    const page =
      'query Z($n: Int = 100) { cities(first: $n) { nodes { page(first: $n) { nodes { page(first: $n) { nodes { id } } } } } } }';
    const code = async (variables: Record<string, unknown>) =>
      (await server.ask(page, variables)).body.errors?.[0].extensions.code;
    expect(await code({})).toBe('QUERY_TOO_COSTLY');
    expect(await code({ x: 'a', n: 1 })).toBeUndefined();
    expect(await code({ 'x:s,n': 1 })).toBe('QUERY_TOO_COSTLY');
    expect(await code({ 'x:text,n': 1 })).toBe('QUERY_TOO_COSTLY');
  });

  it('repeats no host header that is none', async () => {
    const { port } = server.app.server.address() as { port: number };
    const who = (host: string) =>
      new Promise<string>((done, fail) => {
        const headers = { host, 'content-type': 'application/json' };
        const sent = request(
          { port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers },
          async (response) => {
            let text = '';
            for await (const chunk of response) text += chunk;
            done(JSON.parse(text).data.who);
          },
        );
        sent.on('error', fail).end(JSON.stringify({ query: '{ who }' }));
      });
    expect(await who('data.example:8443')).toBe('|zh|http://data.example:8443');
    expect(await who('a"><script>')).toBe(`|zh|${server.url}`);
  });

  it('takes routes of others with their own content types and errors', async () => {
    const other = await start({
      plugins: [
        async (app) => {
          app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
          app.put<{ Params: { key: string } }>('/files/:key', { bodyLimit: 5_000_000 }, async (request) => {
            if (request.params.key === 'none') throw new ApiError('NOT_FOUND');
            return { bytes: (request.body as Buffer).length, key: request.params.key.length };
          });
        },
      ],
    });
    const put = (key: string, headers = {}) =>
      read(other.url, { method: 'PUT', headers, body: Buffer.alloc(2_000_000) }, `/files/${key}`);
    expect(await put('k'.repeat(1000))).toMatchObject({ status: 200, body: { bytes: 2_000_000, key: 1000 } });
    expect(await put('none', EN)).toMatchObject({
      status: 404,
      body: { errors: [{ message: 'No such object.', extensions: { code: 'NOT_FOUND' } }] },
    });
    await other.app.close();
  });

  it('does not wait for a body that does not come, nor for a request that does not end when it closes', async () => {
    const other = await start({ patience: { body: 300, closing: 300 } });
    const { port } = other.app.server.address() as { port: number };
    const half = () =>
      new Promise<{ text: string; ms: number }>((done) => {
        const began = performance.now();
        let text = '';
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(
            'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
          ),
        );
        socket.on('data', (chunk) => (text += chunk));
        socket.on('error', () => {});
        socket.on('close', () => done({ text, ms: performance.now() - began }));
      });
    const late = await half();
    expect(late.text).toMatch(/^HTTP\/1.1 408 [\s\S]*没有及时到达[\s\S]*"BAD_USER_INPUT"/);
    expect(late.ms).toBeLessThan(20_000);
    // a request in time, and one that takes longer than a body may
    expect((await other.ask('{ city { id } }')).status).toBe(200);
    await other.app.close();

    const closing = await start({ patience: { body: 60_000, closing: 300 } });
    const port2 = (closing.app.server.address() as { port: number }).port;
    const stuck = connect(port2, '127.0.0.1');
    stuck.on('error', () => {});
    stuck.write('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    await new Promise((done) => setTimeout(done, 100));
    const began = performance.now();
    await closing.app.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    stuck.destroy();
  });

  it('lets running requests end when it closes', async () => {
    const other = await start();
    const running = other.ask('{ slow }');
    await new Promise((done) => setTimeout(done, 80));
    await other.app.close();
    expect((await running).body.data).toEqual({ slow: 'done' });
    expect(other.closed).toEqual([{ failed: false }]);
    await expect(fetch(`${other.url}/healthz`)).rejects.toThrow();
  });
});
