import { read, type Started, start } from './fixture.js';

const PAGE = 'https://page.example';
/** What ordinary clients and the tools around them send along. */
const HEADERS = [
  'authorization',
  'content-type',
  'accept-language',
  'idempotency-key',
  'x-request-id',
  'range',
  'if-range',
  'apollographql-client-name',
  'apollographql-client-version',
  'apollographql-library-name',
  'apollographql-library-version',
  'x-apollo-operation-name',
  'x-apollo-operation-id',
  'x-apollo-cache-key',
  'apollo-require-preflight',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
  'x-requested-with',
  'x-b3-traceid',
  'newrelic',
  'cache-control',
  'pragma',
];

describe('pages on other origins', () => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ allowedOrigins: [PAGE, 'http://localhost:5173'] });
  });
  afterAll(() => server.app.close());

  const preflight = (origin: string, path = '/graphql', method = 'POST', asked = HEADERS.join(',')) =>
    read(
      server.url,
      {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': asked },
      },
      path,
    );
  const listed = (headers: Headers, name: string) =>
    (headers.get(name) ?? '').split(',').map((text) => text.trim().toLowerCase());

  it.each(HEADERS)('may send %s', async (name) => {
    for (const path of ['/graphql', '/files/uploads/upl_1']) {
      const { status, headers, text } = await preflight(PAGE, path, 'POST', name);
      expect([status, text, headers.get('access-control-allow-origin')]).toEqual([204, '', PAGE]);
      expect(listed(headers, 'access-control-allow-headers')).toContain(name);
      expect(listed(headers, 'vary')).toEqual(expect.arrayContaining(['origin', 'access-control-request-headers']));
    }
  });

  it('may use the methods that there are, and keeps that for a while', async () => {
    const { headers } = await preflight('http://localhost:5173');
    expect(headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(listed(headers, 'access-control-allow-methods')).toEqual(expect.arrayContaining(['get', 'post', 'put']));
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0);
    // no cookies: the token is a header
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([
    'https://evil.example',
    'https://page.example.evil',
    'https://page.example:8443',
    'null',
    'http://page.example',
  ])('no others: %s', async (origin) => {
    for (const path of ['/graphql', '/files/uploads/upl_1']) {
      const { status, headers } = await preflight(origin, path);
      expect(status).toBeGreaterThanOrEqual(400);
      for (const [name] of headers) expect(name).not.toMatch(/^access-control-/);
    }
    const answer = await server.post({ query: '{ hello }' }, { origin });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['an answer', '/graphql', { method: 'POST', body: '{"query":"{ hello }"}' }],
    ['a refusal', '/graphql', { method: 'POST', body: '{' }],
    ['a path that is none', '/nowhere', {}],
    ['health', '/healthz', {}],
  ])('read %s, with the headers that tell what to do next', async (_, path, init) => {
    const headers = { origin: PAGE, 'content-type': 'application/json' };
    const answer = await read(server.url, { ...init, headers }, path);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(listed(answer.headers, 'vary')).toContain('origin');
    expect(listed(answer.headers, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining(['x-request-id', 'retry-after', 'content-disposition', 'content-range', 'etag']),
    );
  });

  it('OPTIONS that asks for no method, and origins where none is allowed', async () => {
    const plain = await read(server.url, { method: 'OPTIONS' });
    expect([plain.status, plain.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const closed = await start();
    const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
    expect((await read(closed.url, { method: 'OPTIONS', headers })).status).toBe(405);
    await closed.app.close();
  });
});
