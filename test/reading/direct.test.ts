import { Executor } from '../../src/server/executor.js';
import { submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

/**
 * An answer that PostgreSQL writes whole must be the one that graphql-js gives: `ask` sends every query twice, and the
 * first time graphql-js executes it.
 */
const asked = Executor.prototype.direct;
let written: unknown[] = [];
let s: TestService;
beforeAll(async () => {
  s = await testService();
  await submitted(s, '430000-2024-06', 'ANNUAL_SUMMARY', 2026);
  Executor.prototype.direct = async function (...given) {
    const result = await asked.apply(this, given);
    written.push(result);
    return result;
  };
});
afterAll(async () => {
  Executor.prototype.direct = asked;
  await s?.close();
});

const ROLES = ['PUBLIC', 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR'];
const tokenOf = (role: string) =>
  role === 'PUBLIC'
    ? null
    : s.token(role, role === 'BOARD' ? '430000-2024-06' : role.startsWith('CITY') ? '430400' : undefined);

const DIRECT: [string, string][] = [
  ['a page', '{ consortia(first: 5) { nodes { id code status city { code province { name } } parks { name } } } }'],
  [
    'names of its own',
    '{ list: consortia(first: 2) { n: totalCount rows: nodes { x: id y: name x2: id __typename } __typename: totalCount } }',
  ],
  [
    'fragments',
    '{ consortia(first: 2) { ...C } } fragment C on ConsortiumConnection { nodes { ... on Consortium { name designation { signedOn } } } }',
  ],
  [
    'filters, search and order',
    '{ consortia(query: "衡阳", filter: { listNumber: { gte: 3 } }, sort: { field: NAME, direction: DESC }) { nodes { name } } }',
  ],
  [
    'a list within',
    '{ consortium(code: "430000-2024-06") { leadSchools { name kind } board { form members { name contact { phone } } } } }',
  ],
  ['none', '{ consortium(code: "430000-2024-99") { name } }'],
  ['an id that is none', '{ node(id: "x") { id } }'],
  [
    'states and instants',
    '{ reports(first: 3) { nodes { id version state submittedAt cityApprovedAt consortium { name } obligation { year kind filedAt } } } }',
  ],
  [
    'content',
    '{ reports(first: 3) { nodes { draft { title } revisions { number title submittedAt documents { kind byteSize sha256 } seals { attestedAt organization { name } } } currentRevision { number } } } }',
  ],
  [
    'organizations',
    '{ organizations(filter: { kind: { eq: SCHOOL } }, first: 3) { nodes { id name unifiedSocialCreditCode } } }',
  ],
  ['a city', '{ city(code: "430400") { name departments { kind name } } }'],
];
const USUAL: [string, string][] = [
  ['marks of a page', '{ consortia(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } }'],
  ['labels', '{ consortia(first: 2) { nodes { statusLabel } } }'],
  ['flags', '{ reports(first: 2) { nodes { viewerCan { submit { allowed reason } } } } }'],
  ['a page within', '{ consortia(first: 2) { nodes { members { totalCount } } } }'],
  ['two fields', '{ a: city(code: "430400") { name } b: city(code: "430100") { name } }'],
  ['the last ones', '{ consortia(last: 2) { nodes { id } } }'],
  ['nobody asked for rows', '{ consortia { totalCount } }'],
];

describe.each(ROLES)('%s', (role) => {
  it.each(DIRECT)('the same answer, written by PostgreSQL: %s', async (_name, query) => {
    const { errors } = await s.ask(tokenOf(role), query);
    expect(errors).toBeUndefined();
  });
  it.each(USUAL)('executed as usual: %s', async (_name, query) => {
    written = [];
    await s.ask(tokenOf(role), query);
    await s.ask(tokenOf(role), query);
    expect(written.filter((w) => w !== undefined)).toEqual([]);
  });
});

it('the ones above were written by PostgreSQL', async () => {
  for (const [, query] of DIRECT.filter(([name]) => name !== 'names of its own')) {
    written = [];
    await s.ask(s.token('CITY_BUREAU', '430400'), query);
    expect(written.some((w) => typeof w === 'string')).toBe(true);
  }
});

it('an error is the same on both ways', async () => {
  for (const query of [
    '{ consortia(first: 0) { nodes { id } } }',
    '{ consortium { name } }',
    '{ consortia(after: "x") { nodes { id } } }',
  ]) {
    const { errors } = await s.ask(null, query);
    expect(errors![0].extensions.code).toBe('BAD_USER_INPUT');
  }
});
