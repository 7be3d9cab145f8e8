import { lineOf } from '../../src/server/addresses.js';
import { Rates } from '../../src/server/rates.js';
import { read, type Started, start } from './fixture.js';

const PROXY = ['127.0.0.1'];

describe('so many points a minute', () => {
  let server: Started | undefined;
  const begin = async (options: Parameters<typeof start>[0] = {}) => {
    server = await start({
      rates: { token: 10, address: 5 },
      holderOf: async ({ authorization }) => /^Bearer (t\d)$/.exec(authorization ?? '')?.[1],
      ...options,
    });
    return server;
  };
  afterEach(() => server?.app.close());

  const statuses = async (s: Started, times: number, headers: Record<string, string> = {}, query = '{ hello }') => {
    const found: number[] = [];
    for (let n = 0; n < times; n++) found.push((await s.post({ query }, headers)).status);
    return found;
  };
  const many = (status: number, times: number) => Array(times).fill(status);
  const by = (token: string) => ({ authorization: `Bearer ${token}` });

  it('then RATE_LIMITED with Retry-After, readable for pages too, and nothing is opened for it', async () => {
    const s = await begin({ allowedOrigins: ['https://page.example'] });
    expect(await statuses(s, 5)).toEqual(many(200, 5));
    s.opened.length = 0;
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { status, headers, body } = await s.post(
        { query: '{ hello }' },
        { accept, origin: 'https://page.example', 'accept-language': 'en' },
      );
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(headers.get('access-control-allow-origin')).toBe('https://page.example');
      expect(headers.get('access-control-expose-headers')).toContain('retry-after');
      expect(body).toEqual({
        errors: [
          {
            message: 'Too many requests; try again later.',
            extensions: {
              code: 'RATE_LIMITED',
              retryable: true,
              params: { retryAfter: Number(headers.get('retry-after')) },
              requestId: headers.get('x-request-id'),
            },
          },
        ],
      });
    }
    expect(s.opened).toEqual([]);
  });

  it('for each token by itself, and for an address that comes without one that counts', async () => {
    const s = await begin();
    expect(await statuses(s, 6)).toEqual([...many(200, 5), 429]);
    expect(await statuses(s, 11, by('t1'))).toEqual([...many(200, 10), 429]);
    expect(await statuses(s, 2, by('t2'))).toEqual([200, 200]);
    // a token that does not hold is a stranger's
    expect(await statuses(s, 1, by('wrong'))).toEqual([429]);
  });

  it('on every path but those that ask how the service is', async () => {
    const s = await begin();
    expect(await statuses(s, 5)).toEqual(many(200, 5));
    for (const path of ['/graphiql', '/nowhere', '/files/documents/doc_1', '/graphql?query=%7Bhello%7D', '/']) {
      const { status, headers, body } = await read(s.url, {}, path);
      expect([path, status, body.errors[0].extensions.code]).toEqual([path, 429, 'RATE_LIMITED']);
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
    }
    for (const path of ['/healthz', '/readyz']) expect((await read(s.url, {}, path)).status).toBe(200);
  });

  it('a point for each 100 of the cost and each 16 KiB of the body; what is refused takes nothing', async () => {
    const s = await begin({ rates: { token: 100, address: 10 } });
    // a cost of 261: three points in all
    const costly = '{ cities(first: 40) { nodes { twins { id } } } }';
    expect(await statuses(s, 3, {}, costly)).toEqual([200, 200, 200]);
    // one point is left for its arrival, none for its cost
    expect(await statuses(s, 1, {}, costly)).toEqual([429]);
    expect(await statuses(s, 1)).toEqual([429]);
    const long = `{ hello } # ${'x'.repeat(70_000)}`;
    expect(await statuses(s, 21, by('t1'), long)).toEqual([...many(200, 20), 429]);
  });

  it('zero is without end', async () => {
    const s = await begin({ rates: { token: 0, address: 0 } });
    expect(await statuses(s, 30)).toEqual(many(200, 30));
  });

  it('believes X-Forwarded-For from the proxies that are named, and from nobody else', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const open = await begin();
    expect(await statuses(open, 5, from('203.0.113.1'))).toEqual(many(200, 5));
    expect(await statuses(open, 1, from('203.0.113.2'))).toEqual([429]);
    await open.app.close();
    const s = await begin({ trustedProxies: PROXY });
    expect(await statuses(s, 6, from('203.0.113.1'))).toEqual([...many(200, 5), 429]);
    expect(await statuses(s, 1, from('203.0.113.2'))).toEqual([200]);
    // what a client wrote stands before what the proxy added
    expect(await statuses(s, 1, from('198.51.100.7, 203.0.113.1'))).toEqual([429]);
    expect(await statuses(s, 1, from('203.0.113.2, 127.0.0.1'))).toEqual([200]);
    // of IPv6 the /64
    expect(await statuses(s, 5, from('2001:db8:0:1::1'))).toEqual(many(200, 5));
    expect(await statuses(s, 1, from('2001:db8:0:1:ffff::2'))).toEqual([429]);
    expect(await statuses(s, 1, from('2001:db8:0:2::1'))).toEqual([200]);
  });

  it('links are made as the proxy was asked, where it is named', async () => {
    const asked = { 'x-forwarded-host': 'data.example', 'x-forwarded-proto': 'https' };
    const who = async (s: Started) => (await s.post({ query: '{ who }' }, asked)).body.data.who.split('|')[2];
    const open = await begin();
    expect(await who(open)).toBe(open.url);
    await open.app.close();
    expect(await who(await begin({ trustedProxies: PROXY }))).toBe('https://data.example');
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:DB8::5', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['nonsense', 'nonsense'],
  ])('%s answers as %s', (address, line) => expect(lineOf(address)).toBe(line));

  it('remembers so many payers, and forgets whom it has not heard of for longest', async () => {
    const rates = new Rates({ token: 1, address: 1 }, 10);
    const charge = (key: string) =>
      rates.charge({ token: false, key }, 1).then(
        () => 'taken',
        ({ code }) => code,
      );
    expect([await charge('first'), await charge('first')]).toEqual(['taken', 'RATE_LIMITED']);
    for (let n = 0; n < 9; n++) await charge(`other ${n}`);
    expect(await charge('first')).toBe('RATE_LIMITED');
    for (let n = 0; n < 10; n++) await charge(`another ${n}`);
    expect(await charge('first')).toBe('taken');
  });
});
