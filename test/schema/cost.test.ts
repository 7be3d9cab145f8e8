import { readdirSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  type ExecutionResult,
  type GraphQLSchema,
  getIntrospectionQuery,
  getOperationAST,
  graphqlSync,
} from 'graphql';
import { projectRoot } from '../../src/config.js';
import { createSchema } from '../../src/schema.js';
import { checkLists, costOf } from '../../src/server/cost.js';
import { Documents } from '../../src/server/documents.js';
import { LIMITS } from '../../src/server/limits.js';
import { Refusal } from '../../src/server/problems.js';

let schema: GraphQLSchema;
let documents: Documents;
beforeAll(async () => {
  schema = await createSchema();
  documents = new Documents(schema);
});

/** Its cost, or the refusal's parameters. */
function cost(query: string, variables: Record<string, unknown> = {}): any {
  const admitted = documents.admit(query);
  try {
    return costOf(schema, admitted, getOperationAST(admitted.document)!, variables);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.errors[0].extensions.params;
  }
}
const many = (n: number, make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(' ');

it('a list that does not say how many it holds stops the start', () => {
  expect(() => checkLists(schema)).not.toThrow();
  const silent = buildSchema(
    'type Query { cities: [City!]! } type City { names: [String!] page: Cities } type Cities { nodes: [City] pageInfo: Int }',
  );
  expect(() => checkLists(silent)).toThrow(/: Query\.cities, City\.names$/);
});

const folder = `${projectRoot}/examples`;
it.each(readdirSync(folder).filter((name) => name.endsWith('.graphql')))(
  '%s costs less than a third of the limit',
  (name) => {
    expect(cost(readFileSync(`${folder}/${name}`, 'utf8'))).toBeLessThan(LIMITS.cost / 3);
  },
);

it.each([
  [
    'the progress table of a province',
    '{ consortia(first: 100) { nodes { code name city { name } obligations(year: 2026) { kind kindLabel filedAt timeliness timelinessLabel deadline { dueOn dueAt daysRemaining isWorkday } viewerCan { createReportDraft { allowed reason reasonLabel } extendObligation { allowed } } report { id state stateLabel submittedAt viewerCan { approve { allowed } return { allowed } accept { allowed } } } } } } }',
  ],
  [
    'the whole list with everything',
    '{ consortia(first: 100) { totalCount nodes { id code listNumber name status statusLabel city { code name } designation { documentNumber signedOn } parks { id name city { name } } leadSchools { id name } leadEnterprises { id name } board { id form formLabel } } pageInfo { hasNextPage endCursor } } }',
  ],
  [
    'a report with all its revisions and its history',
    '{ report(id: "x") { id version state revisions { number title summary submittedAt documents { kind fileName byteSize sha256 downloadUrl check { state pageCount findings { code severity message } } } seals { organization { name } attestedAt page } requiredSeals { id name } receipts { number downloadUrl } } history { at from to actorRole actorName reason comment } } }',
  ],
  ['a board’s members', '{ consortia(first: 100) { nodes { board { members { name positionLabel } } } } }'],
])('%s stays within the limit', (_, query) => {
  expect(cost(query)).toBeLessThan(LIMITS.cost * 0.6);
});

it.each([
  ['cities of provinces', '{ province { cities { province { cities { province { cities { name } } } } } } }'],
  [
    'obligations of consortia',
    '{ consortia { nodes { obligations { consortium { obligations { consortium { id } } } } } } }',
  ],
  [
    'through fragments',
    '{ ...P } fragment P on Query { province { cities { ...C } } } fragment C on City { province { cities { ...D } } } fragment D on City { province { cities { id } } }',
  ],
  [
    'reports of consortia',
    '{ reports(first: 100) { nodes { consortium { reports(first: 100) { nodes { consortium { id } } } } } } }',
  ],
  [
    'summaries under many names',
    `{ reports(first: 100) { nodes { currentRevision { ${many(20, (i) => `s${i}: summary`)} } } } }`,
  ],
  [
    'long names',
    `{ consortia(first: 100) { nodes { parks { ${many(150, (i) => `${'a'.repeat(60)}${i}: name`)} } } } }`,
  ],
  [
    'introspection under many names',
    `{ ${many(20, (i) => `s${i}: __schema { types { fields { name args { name description type { name } } type { name } } } }`)} }`,
  ],
])('is refused: %s', (_, query) => {
  expect(cost(query)).toMatchObject({ limit: LIMITS.cost, cost: expect.any(Number) });
});

it('names and long values cost what they weigh, ordinary ones a tenth', () => {
  const page = (fields: string) =>
    cost(`{ reports(first: 100) { nodes { currentRevision { ${fields} } } } }`) -
    cost('{ reports(first: 100) { nodes { currentRevision { id } } } }') +
    10;
  expect(page('pairSimilarity')).toBe(10);
  expect(page(`${'n'.repeat(24)}: number`)).toBe(10);
  expect(page(`${'n'.repeat(64)}: number`)).toBe(18);
  expect(page('summary')).toBeGreaterThan(2_000);
});

it('a year has three obligations, all years many; ids are counted', () => {
  const of = (args: string) => cost(`{ consortium(code: "x") { obligations${args} { id } } }`);
  expect(of('(year: 2026)')).toBe(Math.ceil(1 + 3 * 1.1));
  expect(of('(year: null)')).toBe(1 + 60 * 1.1);
  expect(of('')).toBe(1 + 60 * 1.1);
  expect(cost('query ($i: [ID!]!) { nodes(ids: $i) { id } }', { i: ['a', 'b'] })).toBe(Math.ceil(2 * 1.1));
});

const objects = (value: unknown): number =>
  Array.isArray(value)
    ? value.reduce((sum: number, item) => sum + objects(item), 0)
    : value && typeof value === 'object'
      ? 1 + Object.values(value).reduce((sum: number, item) => sum + objects(item), 0)
      : 0;

it.each([
  getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
  '{ __schema { types { name fields { name args { name } type { name fields { name type { name } } } } } } }',
  '{ __schema { types { possibleTypes { name fields { name } } interfaces { name } } } }',
  '{ __type(name: "Mutation") { fields { name args { name type { ofType { inputFields { name } } } } type { fields { name } } } } }',
  `{ ${many(20, (i) => `s${i}: __type(name: "Mutation") { fields { args { type { ofType { inputFields { name } } } } } }`)} }`,
  '{ __type(name: "Node") { possibleTypes { name fields { name } } } }',
  '{ __type(name: "DocumentFindingCode") { enumValues { name description } } }',
])('introspection costs what it answers: %s', (query) => {
  const { data } = graphqlSync({ schema, source: query }) as ExecutionResult;
  const counted = objects(data);
  expect(counted).toBeGreaterThan(10);
  expect(cost(query)).toBeGreaterThan(0.9 * counted);
  expect(cost(query)).toBeLessThan(LIMITS.cost / 2);
});
