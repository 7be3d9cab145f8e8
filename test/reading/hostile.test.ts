import { readList } from '../../seeds/list.js';
import { translated } from '../../src/access/database-errors.js';
import { submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

/** What clients write that the compiler of selections must tell apart, and what hostile ones send. */
let s: TestService;
let province: string;
let filed: string;
beforeAll(async () => {
  s = await testService();
  await submitted(s, '430000-2024-06', 'ANNUAL_SUMMARY', 2026);
  filed = s.actor('BOARD', '430000-2024-06').consortiumId!;
  province = s.token('PROVINCE');
});
afterAll(() => s?.close());

const data = async (token: string | null, query: string, variables?: object) => {
  const answer = await s.ask(token, query, variables);
  expect(answer.errors).toBeUndefined();
  return answer.data;
};
const codes = async (token: string | null, query: string, variables?: object) =>
  ((await s.ask(token, query, variables)).errors ?? []).map((e) => e.extensions.code);

describe('one name with different arguments at two places', () => {
  const years = (rows: { year: number }[]) => [...new Set(rows.map((row) => row.year))];

  it('nodes and edges', async () => {
    const { consortia } = await data(
      province,
      '{ consortia(first: 1) { nodes { o: obligations(year: 2025) { year } } edges { node { o: obligations(year: 2026) { year } } } } }',
    );
    expect(years(consortia.nodes[0].o)).toEqual([2025]);
    expect(years(consortia.edges[0].node.o)).toEqual([2026]);
  });

  it('two aliases of a list', async () => {
    const { consortia } = await data(
      province,
      '{ consortia(first: 1) { a: nodes { o: obligations(year: 2025) { year } } b: nodes { o: obligations(year: 2026) { year kind } } } }',
    );
    expect(years(consortia.a[0].o)).toEqual([2025]);
    expect(years(consortia.b[0].o)).toEqual([2026]);
    expect(consortia.b[0].o[0].kind).toBeTruthy();
  });

  it('two aliases of an object, lists and pages', async () => {
    const { list } = await data(
      province,
      `query ($id: ID!) { list: reportObligations(first: 1, filter: { consortiumId: { eq: $id } }) { nodes {
        a: consortium { o: obligations(year: 2025) { year } r: reports(filter: { year: { eq: 2025 } }) { totalCount } x: code }
        b: consortium { o: obligations(year: 2026) { year } r: reports(filter: { year: { eq: 2026 } }) { nodes { state } } x: name }
      } } }`,
      { id: filed },
    );
    const [{ a, b }] = list.nodes;
    expect([years(a.o), years(b.o)]).toEqual([[2025], [2026]]);
    expect([a.r, b.r]).toEqual([{ totalCount: 0 }, { nodes: [{ state: 'SUBMITTED' }] }]);
    expect([a.x, b.x]).toEqual(['430000-2024-06', expect.stringContaining('衡阳')]);
  });

  it('the same arguments under two names, with other fields', async () => {
    const { consortium } = await data(
      province,
      `query ($y: Int) { consortium(code: "430000-2024-06") {
        a: reports(first: 2, filter: { year: { eq: $y } }) { nodes { id } }
        b: reports(filter: { year: { eq: 2026 } }, first: 2) { totalCount nodes { state } }
        c: obligations(year: 2026) { id }
        d: obligations(year: $y) { kind }
      } }`,
      { y: 2026 },
    );
    expect(Object.keys(consortium.a.nodes[0])).toEqual(['id']);
    expect(consortium.b).toEqual({ totalCount: 1, nodes: [{ state: 'SUBMITTED' }] });
    expect(Object.keys(consortium.c[0])).toEqual(['id']);
    expect(Object.keys(consortium.d[0])).toEqual(['kind']);
  });
});

describe('a blank search', () => {
  const FILTER = 'query Q($q: String) { consortia(filter: { name: { contains: $q } }) { totalCount } }';
  const QUERY = 'query Q($q: String) { consortia(query: $q) { totalCount } }';
  const count = async (query: string, q: string | null) => (await data(null, query, { q })).consortia.totalCount;

  it.each([FILTER, QUERY])('restricts nothing, whatever was asked before: %s', async (query) => {
    // by name: 长沙市望城区…; the search knows pinyin as well, and finds no more here
    const named = readList().consortia.filter(({ name }) => name.includes('长沙')).length;
    expect(named).toBeGreaterThan(0);
    for (const document of [query, `${query} `]) {
      const order = document === query ? ['', '长沙', ' ', null] : ['长沙', '', '\n', '　'];
      for (const q of order) {
        expect({ q, n: await count(document, q) }).toEqual({ q, n: q === '长沙' ? named : 21 });
      }
    }
    expect(await count(QUERY, '衡阳')).toBe(1);
  });

  it('finds what was copied from a PDF, and what nobody sees is blank', async () => {
    for (const query of [FILTER, QUERY]) {
      for (const q of ['衡\u200b阳', '\u202a衡阳\u202c', '衡\u00ad阳\ufe0f', '衡\ufeff阳'])
        expect(await count(query, q)).toBe(1);
      expect(await count(query, '⻓沙')).toBe(await count(query, '长沙'));
      expect(await count(query, '\u200b\u200e')).toBe(21);
      // a hundred characters that unfold into eighteen each
      expect(await codes(null, query, { q: '\ufdfa'.repeat(100) })).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('does not reach over the line between a name and its initials', async () => {
    expect(await count(QUERY, '体\nc')).toBe(0);
    expect(await count(QUERY, '体\u2028c')).toBe(0);
    expect(await count(QUERY, '衡阳\t')).toBe(1);
  });
});

describe('empty filters', () => {
  const count = async (filter: object) =>
    (await data(null, 'query ($f: ConsortiumFilter) { consortia(filter: $f) { totalCount } }', { f: filter })).consortia
      .totalCount;
  const first = { listNumber: { eq: 1 } };

  it('restrict nothing, wherever they stand', async () => {
    for (const filter of [
      {},
      { and: [] },
      { or: [] },
      { not: {} },
      { or: [{}, { and: [{}] }] },
      { not: { not: {} } },
      { name: {} },
      { name: { contains: ' ' } },
      { not: { name: { eq: null } } },
    ])
      expect(await count(filter)).toBe(21);
    expect(await count({ or: [{}, first] })).toBe(1);
    expect(await count({ and: [{}, first], not: {} })).toBe(1);
    expect(await count({ not: { or: [first, {}] } })).toBe(20);
    expect(await count({ listNumber: { in: [] } })).toBe(0);
  });

  it('make the same cursor as no filter', async () => {
    const { a, b } = await data(
      null,
      '{ a: consortia(first: 1) { pageInfo { endCursor } } b: consortia(first: 1, filter: { and: [{}] }, query: " ") { pageInfo { endCursor } } }',
    );
    expect(a).toEqual(b);
  });

  it.each([
    ['rows', { first: 101 }, 100, 101],
    ['characters', { query: '长'.repeat(101) }, 100, 101],
    ['values', { filter: { listNumber: { in: Array.from({ length: 102 }, (_, i) => i) } } }, 100, 102],
    ['branches', { filter: { and: Array.from({ length: 60 }, () => ({ listNumber: { eq: 1 } })) } }, 50, 60],
    [
      'comparisons',
      { filter: { and: Array.from({ length: 20 }, () => ({ listNumber: { gt: 1, lt: 3, ne: 2 } })) } },
      50,
      60,
    ],
  ])('or too many %s: the error says which limit and by how much', async (what, variables, limit, actual) => {
    const { errors } = await s.ask(
      null,
      'query ($first: Int, $query: String, $filter: ConsortiumFilter) { consortia(first: $first, query: $query, filter: $filter) { totalCount } }',
      variables,
    );
    expect(errors![0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', params: { what, limit, actual } });
  });

  it('are counted before anything is compiled', async () => {
    const query = 'query ($f: ConsortiumFilter) { consortia(filter: $f) { totalCount } }';
    const many = (n: number) => ({ f: { and: Array.from({ length: n }, () => ({})) } });
    expect(await codes(null, query, many(51))).toEqual(['BAD_USER_INPUT']);
    expect(await codes(null, query, { f: { or: Array.from({ length: 51 }, () => ({ not: {} })) } })).toEqual([
      'BAD_USER_INPUT',
    ]);
    expect(await codes(null, query, many(300_000))).toEqual(['QUERY_TOO_COSTLY']);
  });
});

describe('arguments that the statement does not need', () => {
  it.each([
    '{ consortia(query: "长沙") { __typename } }',
    '{ consortia(filter: { cityCode: { eq: "430400" } }) { __typename } }',
    '{ consortia(query: "长沙") { totalCount @skip(if: true) __typename } }',
    '{ reports(filter: { year: { eq: 2025 } }) { __typename } }',
    '{ consortium(code: "430000-2024-06") { reports(filter: { year: { eq: 2025 } }) { __typename } } }',
    '{ consortium(code: "430000-2024-06") { reports(filter: { year: { eq: 2025 } }, first: 3) { pageInfo { hasNextPage } } } }',
  ])('%s', async (query) => {
    for (const token of [null, province, s.token('BOARD', '430000-2024-06'), s.token('ADMINISTRATOR')])
      await data(token, query);
  });

  it('a cursor, when only the total is asked for', async () => {
    const page = await data(
      province,
      '{ consortia(first: 1) { pageInfo { endCursor } } consortium(code: "430000-2024-06") { reports(first: 1) { pageInfo { endCursor } } } }',
    );
    const total = await data(province, 'query ($c: String) { consortia(after: $c) { totalCount } }', {
      c: page.consortia.pageInfo.endCursor,
    });
    expect(total.consortia.totalCount).toBe(21);
    const within = await data(
      province,
      'query ($c: String) { consortium(code: "430000-2024-06") { reports(first: 1, after: $c) { totalCount } } }',
      { c: page.consortium.reports.pageInfo.endCursor },
    );
    expect(within.consortium.reports.totalCount).toBe(1);
  });
});

describe('root fields that are merged', () => {
  it.each([
    'query ($x: Boolean!) { consortia(first: 1) { nodes { id } } consortia(first: 1) @include(if: $x) { nodes { name } } }',
    'query ($x: Boolean!) { consortia(first: 1) { nodes { id } } ...F @include(if: $x) } fragment F on Query { consortia(first: 1) { nodes { name } } }',
    'query ($x: Boolean!, $n: Int) { consortia(first: 1) { nodes { id } } consortia(first: 1) @include(if: $x) { nodes { name obligations(year: $n) { year } } } }',
  ])('are one, or the other: %s', async (query) => {
    for (const [x, n] of [
      [false, 2025],
      [true, 2026],
      [true, 2025],
      [false, 2026],
    ] as const) {
      const [node] = (await data(province, query, { x, n })).consortia.nodes;
      expect(Object.keys(node)).toEqual(x ? ['id', 'name', ...(query.includes('$n') ? ['obligations'] : [])] : ['id']);
      for (const { year } of node.obligations ?? []) expect(year).toBe(n);
    }
  });
});

describe('a forged cursor', () => {
  const forged = (cursor: string, values: string[]) => {
    const [mark] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Buffer.from(JSON.stringify([mark, ...values])).toString('base64url');
  };
  const BAD: Record<string, string[]> = {
    reportObligations: ['now', 'infinity', 'epoch', 'J2450000', '2026-02-30', '2026-1-1', '2026-01-01 00:00', 'x', ''],
    consortia: ['0x10', '1.5', '1e3', ' 1', '99999999999', '', '１'],
    accessTokens: [
      '2024-01-01 00:00 nosuch/zone',
      '2024-01-01T00:00:00+99:99',
      'now',
      '-infinity',
      '2024-01-01',
      '2024-02-30 00:00:00+00',
      '2024-01-01 25:00:00+00',
    ],
    organizations: ['a\u0000b', '\ud800'],
  };
  it.each(Object.keys(BAD))('%s', async (list) => {
    const token = s.token('PROVINCE');
    const page = await data(token, `{ l: ${list}(first: 1) { pageInfo { endCursor } } }`);
    const cursor = page.l.pageInfo.endCursor as string;
    const query = `query ($c: String) { ${list}(first: 1, after: $c) { pageInfo { hasNextPage } } }`;
    await data(token, query, { c: cursor });
    for (const value of BAD[list]) {
      const [, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
      expect([value, await codes(token, query, { c: forged(cursor, [value, ...values.slice(1)]) })]).toEqual([
        value,
        ['BAD_USER_INPUT'],
      ]);
    }
  });
});

it('a cursor of a page inside a row belongs to that row alone', async () => {
  // members of two consortia, by another's lead schools
  await s.owner.query(
    `INSERT INTO membership (id, province_id, consortium_id, organization_id, role, position)
     SELECT 'mem_' || c.list_number || '_' || o.n, c.province_id, c.id, o.id, 'MEMBER', o.n
     FROM consortium c, (SELECT id, row_number() OVER (ORDER BY id) n FROM organization LIMIT 4) o WHERE c.list_number IN (1, 2)`,
  );
  const page = (code: string, rest: string) =>
    `query${rest.includes('$c') ? ' ($c: String)' : ''} { consortium(code: "${code}") { members(${rest}) { totalCount nodes { id } pageInfo { endCursor } } } }`;
  const first = (await data(null, page('430000-2024-01', 'first: 2'))).consortium.members;
  const c = first.pageInfo.endCursor;
  const next = (await data(null, page('430000-2024-01', 'first: 2, after: $c'), { c })).consortium.members;
  expect(new Set([...first.nodes, ...next.nodes].map(({ id }: { id: string }) => id)).size).toBe(4);
  expect(await codes(null, page('430000-2024-02', 'first: 2, after: $c'), { c })).toEqual(['BAD_USER_INPUT']);
  expect(await codes(null, 'query ($c: String) { organizations(after: $c) { nodes { id } } }', { c })).toEqual([
    'BAD_USER_INPUT',
  ]);
});

describe('a token that no longer holds', () => {
  it.each([
    '{ enumLabels(name: "ReportState") { value } }',
    '{ __schema { queryType { name } } }',
    '{ __typename }',
    '{ node(id: "x") { id } }',
    '{ nodes(ids: []) { id } }',
    '{ consortium { id } }',
    '{ consortia(after: "x") { nodes { id } } }',
    '{ consortia(first: 1) { nodes { id } } }',
    '{ consortium(code: "430000-2024-06") { id } enumLabels(name: "Nothing") { value } }',
    '{ viewer { role } }',
  ])('is refused whatever is asked: %s', async (query) => {
    const token = s.token('ANALYST');
    const { tokenId } = s.actor('ANALYST');
    await s.owner.query('UPDATE access_token SET revoked_at = now() WHERE id = $1', [tokenId]);
    try {
      const answer = await s.ask(token, query);
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors!.map((e) => e.extensions.code)).toEqual(['TOKEN_REVOKED']);
      const response = await fetch(`${s.base}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(401);
    } finally {
      await s.owner.query('ALTER TABLE access_token DISABLE TRIGGER USER');
      await s.owner.query('UPDATE access_token SET revoked_at = NULL WHERE id = $1', [tokenId]);
      await s.owner.query('ALTER TABLE access_token ENABLE TRIGGER USER');
    }
  });
});

it('the database’s refusals have codes', () => {
  const code = (sqlState: string, writing = false) => {
    const error = translated(Object.assign(new Error('x'), { code: sqlState }), writing) as any;
    return [error.code, error.unexpected];
  };
  expect(code('22023')).toEqual(['BAD_USER_INPUT', false]);
  expect(code('22009')).toEqual(['BAD_USER_INPUT', false]);
  expect(code('57014')).toEqual(['QUERY_TOO_COSTLY', false]);
  expect(code('57014', true)).toEqual(['UNAVAILABLE', false]);
  expect(code('23503')).toEqual(['CONFLICT', false]);
  expect(code('23514')).toEqual(['BAD_USER_INPUT', true]);
  expect(code('42501')).toEqual(['FORBIDDEN', true]);
  expect(code('IEC02')).toEqual(['FORBIDDEN', true]);
  expect(code('IEC03')).toEqual(['FORBIDDEN', true]);
  expect(code('IEC05')).toEqual(['FORBIDDEN', true]);
  for (const nobodys of ['IEC01', 'IEC04', 'IEC06']) expect(code(nobodys, true)).toEqual([nobodys, undefined]);
  expect(code('XX000')).toEqual(['XX000', undefined]);
});
