import { type Started, start } from './fixture.js';

/** What comes from outside is measured before a resolver hears of it, wherever it stands. */
describe.each([
  ['compiled', false],
  ['interpreted', true],
])('texts and lists from outside, %s', (_, interpret) => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ interpret });
  });
  afterAll(() => server.app.close());

  const long = 'x'.repeat(101);
  const within = 'x'.repeat(100);
  const many = Array(101).fill('a');
  const CASES: [string, string, Record<string, unknown>, [what: string, limit: number, actual: number]][] = [
    ['a literal', `{ echo(text: "${long}") }`, {}, ['characters', 100, 101]],
    ['a block string', `{ echo(text: """${long}""") }`, {}, ['characters', 100, 101]],
    ['a literal in an object', `{ echo(where: { not: { eq: "${long}" } }) }`, {}, ['characters', 100, 101]],
    ['a literal in a list', `{ echo(list: ["a", "${long}"]) }`, {}, ['characters', 100, 101]],
    ['a literal for a list', `{ echo(list: "${long}") }`, {}, ['characters', 100, 101]],
    ['a number for an id', `{ nodes(ids: [${'9'.repeat(101)}]) { id } }`, {}, ['characters', 100, 101]],
    ['a list', `{ echo(list: ${JSON.stringify(many)}) }`, {}, ['values', 100, 101]],
    ['a literal in a fragment', `{ ...F } fragment F on Query { echo(text: "${long}") }`, {}, ['characters', 100, 101]],
    ['a literal behind @skip', `{ hello echo(text: "${long}") @skip(if: true) }`, {}, ['characters', 100, 101]],
    ['a variable', 'query ($v: String) { echo(text: $v) }', { v: long }, ['characters', 100, 101]],
    ['a default', `query ($v: String = "${long}") { echo(text: $v) }`, {}, ['characters', 100, 101]],
    ['an id', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: ['a', long] }, ['characters', 100, 101]],
    ['ids', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: many }, ['values', 100, 101]],
    ['an id that is a number', 'query ($v: ID!) { nodes(ids: [$v]) { id } }', { v: long }, ['characters', 100, 101]],
    [
      'deep in a variable',
      'query ($v: Filter) { echo(where: $v) }',
      { v: { and: [{ not: { eq: long } }] } },
      ['characters', 100, 101],
    ],
    [
      'many in a variable',
      'query ($v: Filter) { echo(where: $v) }',
      { v: { and: many.map(() => ({})) } },
      ['values', 100, 101],
    ],
    [
      'a variable in a literal',
      'query ($v: String) { echo(where: { and: [{ eq: $v }] }) }',
      { v: long },
      ['characters', 100, 101],
    ],
    [
      'a variable in a nested field',
      'query ($v: String) { city { page(after: $v) { nodes { id } } } }',
      { v: 'x'.repeat(4001) },
      ['characters', 4000, 4001],
    ],
    ['a name of introspection', `{ __type(name: "${long}") { name } }`, {}, ['characters', 100, 101]],
  ];
  it.each(CASES)('%s', async (_, query, variables, [what, limit, actual]) => {
    for (let again = 0; again < 3; again++) {
      const opened = server.opened.length;
      const { body } = await server.ask(query, variables);
      expect(body.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', params: { what, limit, actual } });
      expect(body.data).toBeUndefined();
      expect(server.opened.length).toBe(opened);
    }
  });

  it('what is within the bound passes, and characters are counted, not their halves', async () => {
    for (const text of [within, '𠮷'.repeat(100)])
      for (const [query, variables] of [
        [`{ echo(text: "${text}", list: ["${text}"], where: { eq: "${text}" }) }`],
        ['query ($v: String) { echo(text: $v, list: [$v], where: { eq: $v }) }', { v: text }],
      ] as const) {
        const { body } = await server.ask(query, variables);
        expect(JSON.parse(body.data.echo)).toMatchObject({ text, list: [text], where: { eq: text } });
      }
    expect((await server.ask(`{ echo(text: "${'𠮷'.repeat(101)}") }`)).body.errors[0].extensions.params.actual).toBe(
      101,
    );
  });

  it('by GET too', async () => {
    const { read } = await import('./fixture.js');
    const query = encodeURIComponent('query ($v: String) { echo(text: $v) }');
    const { body } = await read(server.url, {}, `/graphql?query=${query}&variables={"v":"${long}"}`);
    expect(body.errors[0].extensions.params).toMatchObject({ what: 'characters', limit: 100 });
  });

  const name = (n: number) => 'n'.repeat(n);
  it.each([
    ['an alias', (n: string) => `{ ${n}: hello }`],
    ['an alias of introspection', (n: string) => `{ __schema { ${n}: queryType { name } } }`],
    ['an alias in a fragment', (n: string) => `{ ...F } fragment F on Query { ${n}: hello }`],
    ['an operation', (n: string) => `query ${n} { hello }`],
    ['a fragment', (n: string) => `{ ...${n} } fragment ${n} on Query { hello }`],
    ['a variable', (n: string) => `query ($${n}: Boolean = true) { hello @include(if: $${n}) }`],
  ])('a long name: %s', async (_, document) => {
    for (let again = 0; again < 3; again++) {
      expect((await server.ask(document(name(64)))).body.errors).toBeUndefined();
      const { body } = await server.ask(document(name(65)));
      expect(body.errors[0].extensions).toMatchObject({
        code: 'QUERY_TOO_COSTLY',
        params: { what: 'name', limit: 64, actual: 65 },
      });
    }
    expect((await server.ask(document(name(100_000)))).body.errors[0].extensions.code).toBe('QUERY_TOO_COSTLY');
  });
});
