import { readdirSync, readFileSync } from 'node:fs';
import { demoBoards } from '../../seeds/demo/boards.js';
import { demoReports } from '../../seeds/demo/reports.js';
import { projectRoot } from '../../src/config.js';
import { MAX_ANSWER_BYTES } from '../../src/graph/answer-size.js';
import { type TestService, testService } from '../support/service.js';

/** What an answer may weigh and a list may hold, with rows that really are so many. */
let s: TestService;
let province: string;
beforeAll(async () => {
  s = await testService();
  await demoBoards(s.owner);
  await demoReports(s.owner, s.service, s.accounts, s.clock.now);
  province = s.token('PROVINCE');
});
afterAll(() => s?.close());

const many = (n: number, make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(' ');
const objects = (value: unknown): number =>
  Array.isArray(value)
    ? value.reduce((sum: number, item) => sum + objects(item), 0)
    : value && typeof value === 'object'
      ? 1 + Object.values(value).reduce((sum: number, item) => sum + objects(item), 0)
      : 0;

const examples = readdirSync(`${projectRoot}/examples`)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => readFileSync(`${projectRoot}/examples/${name}`, 'utf8'))
  .filter((query) => !/\$\w+: \w+!/.test(query));

it.each([
  ...examples,
  '{ province { cities { name departments { name } province { cities { name departments { name } } } } } }',
  '{ cities { name departments { name } province { name } } }',
  '{ consortia(first: 21) { edges { node { id board { members { name contact { phone } organization { name } } } obligations { id consortium { id } report { id } } } } } }',
  '{ reports(first: 1) { nodes { history { at } revisions { documents { check { findings { code } signatures { signedBy } } } seals { organization { id } } requiredSeals { id } receipts { id } } } } }',
  '{ reports(first: 100) { nodes { viewerCan { approve { allowedRoles allowedRoleLabels } submit { allowed } } } } }',
  '{ sealRequirements { units unitLabels province { name } } }',
])('no more objects than it costs: %s', async (query) => {
  const response = await fetch(`${s.base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${province}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors, extensions } = (await response.json()) as any;
  expect(errors).toBeUndefined();
  expect(extensions.cost.requested).toBeGreaterThanOrEqual(objects(data) - 1);
});

it('a list that has grown too long is refused as a whole, by rows and by the text of the database alike', async () => {
  await s.owner.query(
    `INSERT INTO consortium_park (id, province_id, consortium_id, park_id, position)
     SELECT 'lnk_' || n, c.province_id, c.id, p.id, 100 + n FROM consortium c,
       (SELECT id, row_number() OVER (ORDER BY id) n FROM park p) p
     WHERE c.list_number = 1 AND n <= 14 AND NOT EXISTS (SELECT FROM consortium_park k WHERE k.consortium_id = c.id AND k.park_id = p.id)`,
  );
  const [{ n }] = await s.owner.query(
    'SELECT count(*)::int n FROM consortium_park l JOIN consortium c ON c.id = l.consortium_id WHERE c.list_number = 1',
  );
  expect(n).toBeGreaterThan(10);
  for (const query of [
    '{ consortia(first: 1) { nodes { name parks { name } } } }',
    '{ consortia(first: 1) { nodes { name statusLabel parks { name } } } }',
    '{ consortium(code: "430000-2024-01") { parks { name } } }',
  ])
    for (let again = 0; again < 3; again++) {
      const { errors } = await s.ask(null, query);
      expect(errors?.[0].extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', params: { what: 'rows', limit: 10 } });
    }
  // whoever does not ask for it is answered
  expect((await s.ask(null, '{ consortium(code: "430000-2024-01") { name } }')).errors).toBeUndefined();
  await s.owner.query("DELETE FROM consortium_park WHERE id LIKE 'lnk\\_%'");
  expect((await s.ask(null, '{ consortium(code: "430000-2024-01") { parks { name } } }')).errors).toBeUndefined();
});

describe('with names of 30 KB', () => {
  beforeAll(() => s.owner.query("UPDATE consortium SET name = name || repeat('长', 10000)"));
  afterAll(() => s.owner.query('UPDATE consortium SET name = left(name, 20)'));

  const aliases = many(20, (i) => `a${i}: name`);
  it.each([
    ['as the database writes it', `{ consortia(first: 100) { nodes { ${aliases} } } }`],
    ['as rows', `{ consortia(first: 100) { nodes { statusLabel ${aliases} } } }`],
    [
      'several fields of one object',
      `{ node(id: "x") { id } consortium(code: "430000-2024-01") { obligations { consortium { ${many(190, (i) => `a${i}: name`)} } } } }`,
    ],
    ['ids', 'ids'],
    [
      'several fields, each below it',
      `{ ${many(12, (i) => `r${i}: consortia(first: 100) { nodes { b: name c: name } }`)} }`,
    ],
    [
      'introspection beside it',
      `{ __schema { types { name } } ${many(12, (i) => `r${i}: consortia(first: 100) { nodes { b: name c: name } }`)} }`,
    ],
  ])('an answer of more than 10 MiB is refused: %s', async (kind, query) => {
    const ids =
      kind === 'ids' && (await s.owner.query('SELECT id FROM consortium')).map(({ id }: { id: string }) => id);
    const document = ids ? `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Consortium { ${aliases} } } }` : query;
    for (let again = 0; again < 2; again++) {
      const { data, errors } = await s.ask(province, document, ids ? { ids } : undefined);
      expect(data).toBeUndefined();
      expect(errors).toEqual([
        expect.objectContaining({
          extensions: expect.objectContaining({
            code: 'QUERY_TOO_COSTLY',
            params: { what: 'bytes', limit: MAX_ANSWER_BYTES },
          }),
        }),
      ]);
    }
  });

  it('the database does not send it first', async () => {
    const query = `{ consortia(first: 100) { nodes { ${aliases} x: name } } }`;
    for (let again = 0; again < 2; again++) await s.ask(null, query);
    const before = await received();
    const { errors } = await s.ask(null, query);
    expect(errors?.[0].extensions.code).toBe('QUERY_TOO_COSTLY');
    expect((await received()) - before).toBeLessThan(1_000_000);
  });
});

/** Bytes that came over this process' sockets, but for those between itself and the service. */
async function received(): Promise<number> {
  const own = Number(new URL(s.base).port);
  const sockets = (process as any)._getActiveHandles().filter((h: any) => h.remotePort && h.bytesRead !== undefined);
  return sockets
    .filter((h: any) => h.remotePort !== own && h.localPort !== own)
    .reduce((sum: number, h: any) => sum + h.bytesRead, 0);
}

it('more values in a filter than it takes, and more parts of names', async () => {
  const query = 'query ($f: ConsortiumFilter) { consortia(filter: $f) { totalCount } }';
  const values = Array.from({ length: 100 }, (_, i) => i);
  const lists = { f: { and: Array.from({ length: 6 }, () => ({ listNumber: { in: values } })) } };
  expect((await s.ask(null, query, lists)).errors?.[0].extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    params: { what: 'values', limit: 500, actual: 600 },
  });
  const parts = { f: { or: Array.from({ length: 11 }, () => ({ name: { contains: '长沙' } })) } };
  expect((await s.ask(null, query, parts)).errors?.[0].extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    params: { what: 'parts', limit: 10, actual: 11 },
  });
});
