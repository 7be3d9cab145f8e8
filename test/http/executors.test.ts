import { getOperationAST } from 'graphql';
import { Lru } from '../../src/graph/lru.js';
import { Documents } from '../../src/server/documents.js';
import { Executor } from '../../src/server/executor.js';
import { type Started, schema, start } from './fixture.js';

/** Whatever the compiler runs must answer as graphql-js does; each query is sent until it would be compiled. */
describe('executors', () => {
  let compiled: Started;
  let interpreted: Started;
  beforeAll(async () => {
    compiled = await start();
    interpreted = await start({ interpret: true });
  });
  afterAll(async () => {
    await compiled.app.close();
    await interpreted.app.close();
  });

  const ECHO = 'query ($t: String, $w: Filter, $l: [String], $c: Colour, $n: Float, $f: Boolean, $d: Day)';
  const all = `${ECHO} { echo(text: $t, where: $w, list: $l, colour: $c, number: $n, flag: $f, day: $d) }`;
  const cases: [string, Record<string, unknown>?][] = [
    ['{ hello }'],
    ['{ city { id name twin { id } twins { name } } named { __typename name } }'],
    ['{ a: city(n: 1) { ...F } b: city(n: 2) { ...F x: name } } fragment F on City { id twin { id name } }'],
    ['{ named { ... on City { id } ... on Named { name } } }'],
    ['{ city { secret forbidden twin { secret } } }'],
    ['{ required }'],
    ['{ hello required }'],
    ['{ revoked }'],
    ['{ cities(first: 3) { nodes { id page { nodes { name } } } pageInfo { hasNextPage } } }'],
    ['{ nodes(ids: ["1", 2]) { id } }'],
    ['query ($i: [ID!]!) { nodes(ids: $i) { id } }', { i: ['a', 7] }],
    ['query ($i: [ID!]!) { nodes(ids: $i) { id } }', { i: 'single' }],
    ['query ($n: Int) { city(n: $n) { id } }'],
    ['query ($n: Int) { city(n: $n) { id } }', { n: null }],
    ['query ($n: Int = 5) { city(n: $n) { id } }'],
    ['query ($n: Int = 5) { must(n: $n) { id } }', { n: null }],
    ['query ($n: Int) { must(n: $n) { id } }', { n: null }],
    ['query ($n: Int) { must(n: $n) { id } }'],
    ['query ($n: Int) { city(n: $n) { id } }', { n: 1.5 }],
    ['query ($n: Int) { city(n: $n) { id } }', { n: 3_000_000_000 }],
    [all],
    [
      all,
      {
        t: 'x',
        w: { eq: 'a', and: [{ not: { eq: 'b' } }] },
        l: ['a', null],
        c: 'RED',
        n: 1,
        f: false,
        d: '2026-01-01',
      },
    ],
    [all, { t: null, w: null, l: null, c: null, n: null, f: null, d: null }],
    [all, { l: 'single', w: { and: { eq: 'c' } } }],
    [all, { w: { day: '2026-01-01', colour: 'GREEN' } }],
    [all, { c: 'BLUE' }],
    [all, { n: '1' }],
    [all, { f: 'true', t: 1, l: [1], w: { x: 1 } }],
    [all, { d: 'never' }],
    ['query ($t: String) { echo(where: { eq: $t, not: { eq: $t } }, list: [$t, "x"]) }'],
    ['query ($t: String) { echo(where: { eq: $t, not: { eq: $t } }, list: [$t, "x"]) }', { t: 'v' }],
    ['{ echo(day: "2026-01-01", where: { day: "2026-01-01" }) }'],
    ['{ echo(text: "中文 \\" \\n \\u2028 </script> `", colour: GREEN, number: 1e3, list: "single") }'],
    ['query ($d: Day = "2026-01-01") { echo(day: $d) }'],
    ['query ($w: Filter = { eq: "d" }) { echo(where: $w) }'],
    [
      'query ($s: Boolean!) { hello @skip(if: $s) city { id @include(if: $s) ...F } } fragment F on City { name @skip(if: $s) }',
      { s: true },
    ],
    [
      'query ($s: Boolean!) { hello @skip(if: $s) city { id @include(if: $s) ...F } } fragment F on City { name @skip(if: $s) }',
      { s: false },
    ],
    ['mutation { a: shout(text: "1") b: shout(text: "2") }'],
    ['{ __typename __type(name: "City") { name fields { name } } }'],
    ['query constructor { toString: hello hasOwnProperty: hello then: hello }'],
  ];
  it.each(cases.map((row) => [`${row[0]} ${JSON.stringify(row[1] ?? {})}`, row] as const))(
    '%s',
    async (_, [query, variables]) => {
      const body = { query, variables };
      const headers = { 'x-request-id': 'same', accept: 'application/graphql-response+json' };
      const wanted = await interpreted.post(body, headers);
      for (let again = 0; again < 4; again++) {
        const answer = await compiled.post(body, headers);
        expect([answer.status, answer.body]).toEqual([wanted.status, wanted.body]);
      }
    },
  );

  it('compiles at the second use, keeps a bounded number, and leaves out what it must', async () => {
    const documents = new Documents(schema);
    const executor = new Executor(schema, false);
    const uses = async (source: string, times: number) => {
      const admitted = documents.admit(source);
      const operation = getOperationAST(admitted.document)!;
      for (let i = 0; i < times; i++)
        await executor.execute({ admitted, operation, variables: {}, coerced: {}, contextValue: {} });
      return executor.isCompiled(operation);
    };
    expect(await uses('{ hello }', 1)).toBe(false);
    expect(await uses('{ hello }', 1)).toBe(true);
    expect(await uses('query ($t: String) { echo(text: $t) }', 2)).toBe(true);
    for (const source of [
      '{ hello @skip(if: false) }',
      '{ __schema { types { name } } }',
      '{ echo(text: "\\u0041") }',
      '{ echo(text: "MAGIC") }',
      '{ echo(day: "2026-01-01") }',
      'query ($t: String) { echo(list: [$t]) }',
    ]) {
      expect(await uses(source, 3)).toBe(false);
    }
    const began = performance.now();
    expect(await uses('query ($w: Filter) { echo(where: $w) }', 2)).toBe(true);
    expect(performance.now() - began).toBeLessThan(10_000);
    for (let i = 0; i < 320; i++) await uses(`{ a${i}: hello }`, 2);
    expect(await uses('{ hello }', 0)).toBe(false);
  });

  it('forgets by weight, the longest unused first', () => {
    const evicted: string[] = [];
    const lru = new Lru<string, string>(10, (value) => evicted.push(value));
    lru.set('a', 'A', 4);
    lru.set('b', 'B', 4);
    lru.get('a');
    lru.set('c', 'C', 4);
    lru.set('huge', 'H', 11);
    expect([evicted, lru.size, lru.get('a'), lru.get('b'), lru.get('huge')]).toEqual([
      ['B'],
      2,
      'A',
      undefined,
      undefined,
    ]);
  });
});
