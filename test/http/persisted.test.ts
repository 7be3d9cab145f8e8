import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { Persisted } from '../../src/server/persisted.js';
import { read, type Started, start } from './fixture.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const by = (hash: unknown, version: unknown = 1) => ({ extensions: { persistedQuery: { version, sha256Hash: hash } } });
const QUERY = 'query City($n: Int) { city(n: $n) { id } }';

describe('automatic persisted queries', () => {
  let server: Started;
  /** What was sent: by whom is told by what it holds. */
  let sent: { method: string; query: boolean; hash: boolean }[];
  const watched: typeof fetch = (input, init) => {
    const url = new URL(String(input));
    const said = init?.method === 'POST' ? JSON.parse(String(init.body)) : Object.fromEntries(url.searchParams);
    sent.push({ method: init?.method ?? 'GET', query: 'query' in said, hash: JSON.stringify(said).includes('sha256') });
    return fetch(input, init);
  };
  beforeEach(async () => {
    server = await start({ allowedOrigins: ['https://page.example'] });
    sent = [];
  });
  afterEach(() => server.app.close());

  it.each([false, true])(
    "Apollo Client's link: hash, document, and from then on the hash (GET: %s)",
    async (useGET) => {
      const client = () =>
        new ApolloClient({
          cache: new InMemoryCache(),
          link: ApolloLink.from([
            new PersistedQueryLink({ sha256, useGETForHashedQueries: useGET }),
            new HttpLink({ uri: `${server.url}/graphql`, fetch: watched }),
          ]),
        });
      for (const n of [1, 2]) {
        const { data } = await client().query({ query: gql(QUERY), variables: { n } });
        expect(data).toMatchObject({ city: { id: `cty_${n}` } });
      }
      const method = useGET ? 'GET' : 'POST';
      expect(sent).toEqual([
        { method, query: false, hash: true },
        { method: 'POST', query: true, hash: true },
        { method, query: false, hash: true },
      ]);
    },
  );

  it.each([false, true])("urql's exchange does the same (GET: %s)", async (preferGetForPersistedQueries) => {
    const client = () =>
      new Client({
        url: `${server.url}/graphql`,
        fetch: watched,
        preferGetMethod: false,
        exchanges: [cacheExchange, persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
      });
    for (const n of [1, 2]) {
      const { data, error } = await client().query(QUERY, { n }).toPromise();
      expect([data?.city.id, error]).toEqual([`cty_${n}`, undefined]);
    }
    expect(sent.map(({ query }) => query)).toEqual([false, true, false]);
  });

  it('says so in the words that clients look for, in either language and media type', async () => {
    for (const headers of [{}, { 'accept-language': 'en' }, { accept: 'application/graphql-response+json' }] as Record<
      string,
      string
    >[]) {
      const { status, body } = await server.post(by(sha256(QUERY)), headers);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        errors: [
          { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', retryable: false } },
        ],
      });
      expect(body.data).toBeUndefined();
    }
  });

  it('takes no document under another hash, and keeps none that was not admitted', async () => {
    const other = await server.post({ query: '{ hello }', ...by(sha256(QUERY)) });
    expect([other.status, other.body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    const code = async (hash: string) => (await server.post(by(hash))).body.errors[0].extensions.code;
    expect(await code(sha256(QUERY))).toBe('PERSISTED_QUERY_NOT_FOUND');
    for (const query of ['{ nothing }', `{ ${'city { twin '.repeat(20)}`]) {
      expect((await server.post({ query, ...by(sha256(query)) })).body.errors[0].extensions.code).toMatch(/^BAD|DEEP$/);
      expect(await code(sha256(query))).toBe('PERSISTED_QUERY_NOT_FOUND');
    }
    for (const wrong of [
      by(sha256(QUERY).toUpperCase()),
      by('abc'),
      by(['x']),
      by(sha256(QUERY), 2),
      by(sha256(QUERY), '1'),
      { extensions: { persistedQuery: 'x' } },
    ])
      for (const query of [undefined, QUERY]) {
        const { status, body } = await server.post({ query, ...wrong });
        expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
      }
    // other extensions are nobody's
    expect((await server.post({ query: '{ hello }', extensions: { a: 1, persistedQuery: null } })).status).toBe(200);
    expect((await server.post({ extensions: {} })).status).toBe(400);
  });

  it('a hash stands under the rules of the document: GET, other sites, mutations, operation names, cost', async () => {
    const get = (hash: string, headers = {}) =>
      read(
        server.url,
        { headers },
        `/graphql?extensions=${encodeURIComponent(JSON.stringify(by(hash).extensions))}&variables=${encodeURIComponent('{"n":5}')}`,
      );
    const known = async (query: string) => {
      await server.post({ query, ...by(sha256(query)) });
      return sha256(query);
    };
    const city = await known(QUERY);
    expect((await get(city)).body.data).toEqual({ city: { id: 'cty_5' } });
    expect((await get(city, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const change = await known('mutation { shout(text: "a") }');
    const refused = await get(change);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await server.post(by(change))).body.data).toEqual({ shout: 'a!true' });
    const two = await known('query A { hello } query B { city { id } }');
    expect((await server.post(by(two))).body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await server.post({ ...by(two), operationName: 'A' })).body.data).toEqual({ hello: 'hello' });
    const dear = await known('{ dear { id } }');
    expect((await server.post(by(dear))).body.errors[0].extensions.code).toBe('QUERY_TOO_COSTLY');
  });

  it('keeps so many characters, the latest ones', () => {
    const persisted = new Persisted();
    const source = (n: number) => `{ a${n}: hello ${'#'.repeat(10_000)}\n}`;
    const has = (n: number) => {
      try {
        return persisted.sourceOf({ query: undefined, hash: sha256(source(n)) }) === source(n);
      } catch {
        return false;
      }
    };
    for (let n = 0; n < 100; n++) persisted.keep(sha256(source(n)), source(n));
    expect(Array.from({ length: 100 }, (_, n) => has(n)).filter(Boolean)).toHaveLength(49);
    expect([has(0), has(99)]).toEqual([false, true]);
  });
});
