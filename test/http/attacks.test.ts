import { connect } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { Documents } from '../../src/server/documents.js';
import { Refusal } from '../../src/server/problems.js';
import { type Answer, read, type Started, schema, start } from './fixture.js';

const BUDGET_MS = 3000;
const repeat = (n: number, make: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => make(i)).join(' ');
const nested = (n: number): string => `{ city ${'{ twin '.repeat(n)} { id } ${'}'.repeat(n)} }`;

/** Rows of different lengths: jest would pass a callback where the last value is absent. */
const titled = <R extends readonly [string, ...unknown[]]>(rows: R[]) => rows.map((row) => [row[0], row] as const);

/** Each: a coded error within the budget, nothing of the inside in the answer, and the server still serves. */
describe.each([
  ['compiled', false],
  ['interpreted', true],
])('attacks, %s', (_, interpret) => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ interpret });
    await server.ask('{ hello }');
  });
  afterAll(() => server.app.close());

  const expectRefused = (answer: Answer, code: string, params?: Record<string, unknown>): void => {
    expect(answer.body.errors.length).toBeLessThanOrEqual(20);
    for (const error of answer.body.errors) {
      expect(error.extensions).toMatchObject({ code, retryable: false, requestId: answer.headers.get('x-request-id') });
      expect(error.message).not.toMatch(/Did you mean/);
    }
    if (params) expect(answer.body.errors[0].extensions.params).toMatchObject(params);
    expect(answer.body.data).toBeUndefined();
    expect(answer.text).not.toMatch(/Did you mean|node_modules|\bat \/|RangeError|SELECT|hunter2/);
    expect(answer.text.length).toBeLessThan(20_000);
    expect(answer.ms).toBeLessThan(BUDGET_MS);
  };

  const queries: [string, string, string, Record<string, unknown>?][] = [
    [
      'a thousand aliases',
      `{ ${repeat(1000, (i) => `a${i}: hello`)} }`,
      'QUERY_TOO_COSTLY',
      { what: 'aliases', limit: 200, actual: 1000 },
    ],
    [
      'aliases through fragments',
      `{ ...F ...F ...F } fragment F on Query { ${repeat(100, (i) => `a${i}: hello`)} }`,
      'QUERY_TOO_COSTLY',
      { actual: 300 },
    ],
    [
      'ten thousand directives',
      `{ hello ${repeat(10_000, () => '@include(if: true)')} }`,
      'QUERY_TOO_COSTLY',
      { what: 'tokens' },
    ],
    [
      'a thousand directives',
      `{ hello ${repeat(1000, () => '@skip(if: false)')} }`,
      'QUERY_TOO_COSTLY',
      { what: 'directives', limit: 100, actual: 1000 },
    ],
    ['directives on the operation', `query ${repeat(1000, () => '@a')} { hello }`, 'QUERY_TOO_COSTLY'],
    ['1 MB of braces', '{'.repeat(1_000_000), 'BAD_USER_INPUT'],
    ['1 MB of nested fields', '{a'.repeat(500_000), 'QUERY_TOO_'],
    ['1 MB of a comment', `# ${'x'.repeat(1_000_000)}`, 'BAD_USER_INPUT'],
    ['16 levels', nested(15), 'QUERY_TOO_DEEP', { limit: 15, actual: 17 }],
    ['2,000 levels', nested(2000), 'QUERY_TOO_DEEP', { limit: 15 }],
    // whichever is met first: the stack's end or that of the tokens
    ['4,900 levels', `${'{ twin '.repeat(4900)}{ id }${'}'.repeat(4900)}`, 'QUERY_TOO_'],
    [
      'depth through fragments',
      `{ city { ...A } } ${repeat(20, (i) => `fragment ${'A'.repeat(i + 1)} on City { twin { ${i < 19 ? `...${'A'.repeat(i + 2)}` : 'id'} } }`)}`,
      'QUERY_TOO_DEEP',
      { actual: 22 },
    ],
    [
      'a fragment cycle',
      '{ city { ...A } } fragment A on City { twin { ...B } } fragment B on City { twin { ...A } }',
      'BAD_USER_INPUT',
    ],
    [
      'fragments that double',
      `{ city { ...F0 } } ${repeat(60, (i) => `fragment F${i} on City { ${i < 59 ? `...F${i + 1} ...F${i + 1}` : 'id'} }`)}`,
      'QUERY_TOO_COSTLY',
      { what: 'selections' },
    ],
    [
      'the same field two thousand times',
      `{ ${repeat(2001, () => 'hello')} }`,
      'QUERY_TOO_COSTLY',
      { what: 'selections' },
    ],
    [
      'conflicting fields',
      `{ ${repeat(900, (i) => `city(n: ${i}) { id }`)} }`,
      'QUERY_TOO_COSTLY',
      { what: 'repeats', limit: 50 },
    ],
    [
      'one name in many fragments',
      `{ ${repeat(190, (i) => `...F${i}`)} } ${repeat(190, (i) => `fragment F${i} on Query { ${repeat(5, () => 'city { id }')} }`)}`,
      'QUERY_TOO_COSTLY',
      { what: 'repeats', limit: 50 },
    ],
    [
      'fields that combine without end',
      `{ ${repeat(40, () => `city { ${repeat(48, () => 'twin { id }')} }`)} }`,
      'QUERY_TOO_',
    ],
    [
      'fragments without end',
      `{ city { ${repeat(700, (i) => `...F${i}`)} } } ${repeat(700, (i) => `fragment F${i} on City { id }`)}`,
      'QUERY_TOO_COSTLY',
      { what: 'definitions' },
    ],
    [
      'a costly page',
      '{ cities(first: 100) { nodes { page(first: 100) { nodes { page(first: 100) { nodes { id } } } } } } }',
      'QUERY_TOO_COSTLY',
      {
        limit: 20_000,
        mostExpensive: ['cities.nodes.page.nodes.page', 'cities.nodes.page.nodes.page.nodes', 'cities.nodes.page'],
      },
    ],
    ['a field declared dear', '{ dear { id } }', 'QUERY_TOO_COSTLY', { cost: 30_001 }],
    [
      'lists in lists',
      '{ city { twins { twins { twins { twins { twins { twins { twins { id } } } } } } } } }',
      'QUERY_TOO_COSTLY',
    ],
    [
      'introspection many times',
      `{ ${repeat(100, (i) => `a${i}: __schema { types { name fields { name args { name type { name } } type { name } } } }`)} }`,
      'QUERY_TOO_COSTLY',
    ],
    [
      'introspection in circles',
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
      'BAD_USER_INPUT',
    ],
    [
      'an unknown field like a known one',
      '{ helo }',
      'BAD_USER_INPUT',
      { detail: 'Cannot query field "helo" on type "Query".' },
    ],
    ['an unknown type', 'query ($a: Strin) { hello }', 'BAD_USER_INPUT'],
    ['a hundred unknown fields', `{ ${repeat(100, (i) => `x${i}`)} }`, 'BAD_USER_INPUT'],
    ['NUL in a literal', '{ echo(text: "a\\u0000b") }', 'BAD_USER_INPUT'],
    ['NUL in the document', '{ echo(text: "a\0b") }', 'BAD_USER_INPUT'],
    ['half a pair in a literal', '{ echo(text: "\\uD83D") }', 'BAD_USER_INPUT'],
    ['a value of another type', '{ city(n: "hunter2") { id } }', 'BAD_USER_INPUT'],
    ['an enum that is none', '{ echo(colour: REDD) }', 'BAD_USER_INPUT'],
    [
      'deep lists in a literal',
      `{ echo(list: ${'['.repeat(100)}${']'.repeat(100)}) }`,
      'BAD_USER_INPUT',
      { limit: 50 },
    ],
    ['very deep lists in a literal', `{ echo(list: ${'['.repeat(4500)}${']'.repeat(4500)}) }`, ''],
    ['@defer', '{ ... @defer { hello } }', 'BAD_USER_INPUT'],
    ['a subscription', 'subscription { hello }', 'BAD_USER_INPUT'],
    ['two operations, no name', 'query A { hello } query B { hello }', 'BAD_USER_INPUT'],
    ['no operation', 'fragment F on City { id }', 'BAD_USER_INPUT'],
    ['a type definition', 'type A { b: C }', 'BAD_USER_INPUT'],
  ];
  it.each(titled(queries))('%s', async (_, [, query, code, params]) => {
    for (let again = 0; again < 3; again++) {
      const answer = await server.ask(query);
      expect(answer.status).toBe(answer.text.includes('limit":1048576') ? 413 : 200);
      if (/^[A-Z_]*[A-Z]$/.test(code)) expectRefused(answer, code, params);
      else
        expect(answer.body.errors[0].extensions.code).toMatch(new RegExp(`^(${code}|BAD_USER_INPUT|QUERY_TOO_DEEP)`));
      expect(answer.ms).toBeLessThan(BUDGET_MS);
    }
  });

  const deep = (n: number, leaf: unknown = 'x'): unknown => Array.from({ length: n }).reduce((inner) => [inner], leaf);
  const deepFilter = (n: number): unknown => Array.from({ length: n }).reduce((inner) => ({ not: inner }), { eq: 'x' });
  const withVariables: [string, string, Record<string, unknown>, Record<string, unknown>?][] = [
    ['NUL', 'query ($v: String) { echo(text: $v) }', { v: 'a\0b' }],
    ['half a pair', 'query ($v: String) { echo(text: $v) }', { v: 'a\ud83d' }],
    ['half a pair in a key', 'query ($v: Filter) { echo(where: $v) }', { v: { '\udc00': 1 } }],
    ['NUL in an unused variable', '{ hello }', { v: ['\0'] }],
    ['deep lists', 'query ($v: [String]) { echo(list: $v) }', { v: deep(60) }],
    ['deep objects', 'query ($v: Filter) { echo(where: $v) }', { v: deepFilter(60) }],
    [
      'a number for a text',
      'query ($v: String) { echo(text: $v) }',
      { v: 42 },
      { variable: '$v', detail: 'Expected type "String".' },
    ],
    [
      'a text for a number',
      'query ($v: Int) { city(n: $v) { id } }',
      { v: 'hunter2' },
      { variable: '$v', detail: 'Expected type "Int".' },
    ],
    [
      'an item of a list',
      'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
      { v: ['a', {}] },
      { variable: '$v[1]', detail: 'Expected type "ID!".' },
    ],
    ['no value', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', {}, { variable: '$v' }],
    ['null', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: null }, { variable: '$v' }],
    [
      'an unknown key',
      'query ($v: Filter) { echo(where: $v) }',
      { v: { not: { equ: 'hunter2' } } },
      { variable: '$v.not' },
    ],
    [
      'an enum that is none',
      'query ($v: Filter) { echo(where: $v) }',
      { v: { colour: 'hunter2' } },
      { variable: '$v.colour', detail: 'Expected type "Colour".' },
    ],
    ['a scalar of ours', 'query ($v: Day) { echo(day: $v) }', { v: 'hunter2' }],
    ['a thousand wrong items', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: Array(1000).fill({}) }],
  ];
  it.each(titled(withVariables))('in variables: %s', async (_, [, query, variables, params]) => {
    for (let again = 0; again < 3; again++) expectRefused(await server.ask(query, variables), 'BAD_USER_INPUT', params);
  });

  it('keeps what a scalar of ours says, in the language of the request', async () => {
    const { body } = await server.post(
      { query: 'query ($v: Day) { echo(day: $v) }', variables: { v: 'x' } },
      { 'accept-language': 'en' },
    );
    expect(body.errors[0].message).toBe('The day is not valid; write it as 2026-01-01.');
    const literal = await server.ask('{ echo(day: "x") }');
    expect(literal.body.errors[0].message).toBe('日期无效，请写成 2026-01-01。');
  });

  const bodies: [string, string | Uint8Array, number][] = [
    ['broken JSON', '{"query": ', 400],
    ['no JSON', 'query { hello }', 400],
    ['half a megabyte of brackets', '['.repeat(500_000), 400],
    ['a batch', '[{"query":"{hello}"},{"query":"{hello}"}]', 400],
    ['a string', '"{ hello }"', 400],
    ['null', 'null', 400],
    ['__proto__', '{"query":"{hello}","variables":{"__proto__":{"a":1}}}', 400],
    ['bytes that are no text', new Uint8Array([123, 34, 255, 254, 34, 58, 49, 125]), 400],
    ['more than a megabyte', JSON.stringify({ query: `{ hello } # ${'x'.repeat(1_100_000)}` }), 413],
    ['a query that is none', '{"query": 1}', 400],
    ['variables that are none', '{"query": "{hello}", "variables": [1]}', 400],
    ['only a persisted query', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}', 400],
  ];
  it.each(bodies)('as body: %s', async (_, body, status) => {
    const answer = await server.post(body);
    expect(answer.status).toBe(status);
    expectRefused(answer, 'BAD_USER_INPUT');
  });

  it('says of a body by how much it is too large', async () => {
    const body = JSON.stringify({ query: `{ hello } # ${'x'.repeat(1_100_000)}` });
    const { extensions } = (await server.post(body)).body.errors[0];
    expect(extensions.params).toEqual({ limit: 1_048_576, actual: body.length });
  });

  it('what was refused once is not looked at again', async () => {
    const valid = `{ ${repeat(40, () => `city { ${repeat(48, () => 'twin { id }')} }`)} }`;
    const documents = new Documents(schema);
    const refusals = [1, 2].map(() => {
      try {
        return documents.admit(valid);
      } catch (refusal) {
        return refusal;
      }
    });
    expect(refusals[0]).toBeInstanceOf(Refusal);
    expect(refusals[1]).toBe(refusals[0]);
  });

  it('an address that can not be decoded is refused in our words', async () => {
    const answer = await read(server.url, { headers: { 'accept-language': 'en' } }, '/%');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.body).toEqual({
      errors: [
        {
          message: 'The request is not valid; correct it.',
          extensions: { code: 'BAD_USER_INPUT', retryable: false, requestId: answer.headers.get('x-request-id') },
        },
      ],
    });
  });

  it('more values in variables than anybody needs', async () => {
    const answer = await server.ask('query ($v: Filter) { echo(where: $v) }', {
      v: { and: Array.from({ length: 300_000 }, () => ({})) },
    });
    expect(answer.body.errors[0].extensions).toMatchObject({
      code: 'QUERY_TOO_COSTLY',
      params: { what: 'values', limit: 10_000 },
    });
  });

  it('deep JSON in a body is refused without recursion', async () => {
    const json = `{"query":"query ($v: [String]) { echo(list: $v) }","variables":{"v":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`;
    expectRefused(await server.post(json), 'BAD_USER_INPUT', { limit: 50 });
  });

  it('other media types, charsets and methods', async () => {
    const as = (type: string) => server.post('{"query":"{hello}"}', { 'content-type': type });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=gbk',
    ]) {
      const answer = await as(type);
      expect(answer.status).toBe(415);
      expectRefused(answer, 'BAD_USER_INPUT');
    }
    expect((await as('application/json; charset=UTF-8')).status).toBe(200);
    const put = await read(server.url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const html = await server.post({ query: '{ hello }' }, { accept: 'text/html' });
    expect(html.status).toBe(406);
    expectRefused(html, 'BAD_USER_INPUT');
  });

  it('bytes that are no HTTP', async () => {
    const { port } = server.app.server.address() as { port: number };
    const answer = await new Promise<string>((done) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk)).on('close', () => done(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toMatch(/BAD_USER_INPUT/);
  });

  it('what a compiler might take for code stays text', async () => {
    const mark = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
    const texts = [
      `${mark}globalThis.owned=1`,
      `\\u005f${mark.slice(1)}globalThis.owned=1`,
      '");globalThis.owned=1;("',
      '`;globalThis.owned=1;`',
    ];
    for (const text of texts) {
      const literal = text.startsWith('\\u') ? `"${text}"` : JSON.stringify(text);
      for (let again = 0; again < 4; again++) {
        const { body } = await server.ask(`{ echo(text: ${literal}) }`);
        expect(JSON.parse(body.data.echo).text).toBe(text.replace('\\u005f', '_'));
      }
    }
    expect((globalThis as { owned?: number }).owned).toBeUndefined();
    for (let again = 0; again < 4; again++) {
      const { text } = await server.ask('{ __proto__: hello constructor: hello city { __proto__: id } }');
      expect(text).toContain('"data":{"__proto__":"hello","constructor":"hello","city":{"__proto__":"cty_1"}}');
    }
  });

  it('is bounded in memory under documents without end', async () => {
    const filler = 'x'.repeat(10_000);
    for (let i = 0; i < 400; i++) await server.ask(`{ a${i}: hello } # ${filler}`);
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 400; i++) await server.ask(`{ b${i}: hello } # ${filler}`);
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
  });

  it('still serves, introspection too', async () => {
    expect((await server.ask('{ hello }')).body).toEqual({
      data: { hello: 'hello' },
      extensions: { cost: { requested: 1, limit: 20_000 } },
    });
    const { body } = await server.ask(
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    );
    expect(body.errors).toBeUndefined();
    expect(body.extensions.cost.requested).toBeLessThan(10_000);
    expect(server.log()).toBe('');
  });
});
