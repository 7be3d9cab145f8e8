import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeLiteral } from 'pg';
import { benchActor, tokenOf } from '../../bench/actors.js';
import { generate } from '../../bench/generate.js';
import { benchId } from '../../bench/ids.js';
import { type Actor, DATABASE_ROLE, PUBLIC } from '../../src/access/actor.js';
import { Session, type Statement } from '../../src/access/session.js';
import { readConfig } from '../../src/config.js';
import { createService, type Service } from '../../src/service.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

const SIZE = 100_000;
// biome-ignore format: one glance
const BIG = ['consortium', 'report', 'report_obligation', 'report_revision', 'report_document', 'board_member', 'membership', 'organization'];

let database: OwnedDatabase;
let service: Service;
let dataDir: string;
let base: string;
let db: Client;
const seen: { actor: Actor; statement: Statement; values: unknown[] }[] = [];
const asked = Session.prototype.query;

beforeAll(async () => {
  database = await ownedDatabase();
  await generate(database.ownerUrl, SIZE);
  dataDir = await mkdtemp(join(tmpdir(), 'consortia-data-'));
  service = await createService({ config: readConfig({ DATA_DIR: dataDir, POOL_SIZE: '4' }), url: database.ownerUrl });
  base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  Session.prototype.query = function (this: Session, statement, values = [], last = false) {
    seen.push({ actor: this.actor, statement, values });
    return asked.call(this, statement, values, last) as never;
  };
  const url = new URL(database.ownerUrl);
  url.searchParams.set('options', '-c role=iec_login -c jit=off');
  db = new Client({ connectionString: url.href });
  await db.connect();
}, 480_000);
afterAll(async () => {
  Session.prototype.query = asked;
  await db?.end();
  await service?.stop();
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

async function ask(actor: Actor, query: string): Promise<any> {
  const token = actor === PUBLIC ? undefined : await tokenOf(service.tokens, actor);
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as any;
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return escapeLiteral(`{${value.map((v) => JSON.stringify(v)).join(',')}}`);
  return escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
};

const BIG_SCAN = new RegExp(`Seq Scan on (?:public\\.)?(?:${BIG.join('|')})(?: |$)`);

/** A named statement's plan is settled at its sixth use: planned for these values, or once for all. */
const SETTLED = 7;

/** The plans of the statement, at first and when settled, in which a line is like this. */
async function plansWith(line: RegExp, { actor, statement, values }: (typeof seen)[number]): Promise<string[]> {
  await db.query(`BEGIN READ ONLY; SET LOCAL ROLE ${DATABASE_ROLE[actor.role]}`);
  try {
    const { accountId, tokenId, provinceId, cityId, department, consortiumId } = actor;
    const scope = { accountId, tokenId, provinceId, cityId, department, consortiumId };
    for (const [name, value] of Object.entries(scope))
      await db.query('SELECT set_config($1, $2, true)', [
        `app.${name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`,
        value ?? '',
      ]);
    await db.query(`PREPARE looked_at AS ${statement.text}`);
    const given = values.length ? `(${values.map(literal).join(', ')})` : '';
    const found = new Set<string>();
    for (let use = 1; use <= SETTLED; use++) {
      const { rows } = await db.query(`EXPLAIN EXECUTE looked_at${given}`);
      const plan: string[] = rows.map((row) => row['QUERY PLAN']);
      if (plan.some((text) => line.test(text))) found.add(`${statement.text}\n${plan.join('\n')}`);
    }
    return [...found];
  } finally {
    await db.query('ROLLBACK; DEALLOCATE ALL');
  }
}

const BUREAU = benchActor('CITY_BUREAU', 0);
const BOARD = benchActor('BOARD', 1);
const PROVINCE = benchActor('PROVINCE');
const ANALYST = benchActor('ANALYST');
const EXPERT = benchActor('EXPERT');
const ADMINISTRATOR = benchActor('ADMINISTRATOR');

const CONSORTIUM =
  'id name city { name } parks { name } leadSchools { name } leadEnterprises { name } board { form members { name } } designation { year }';
const REPORT =
  'id state consortium { name city { name } } obligation { year } currentRevision { number title documents { kind } }';
const OBLIGATION = 'id year timeliness consortium { name } report { id state }';
const ORGANIZATION = 'id name kind';
const TOKEN = 'id label role consortium { name }';

type List = { name: string; fields: string; actors: Actor[]; sorts: string[]; arguments: string[] };
const city = 'cityCode: { eq: "430100" }';
const LISTS: List[] = [
  {
    name: 'consortia',
    fields: CONSORTIUM,
    actors: [PUBLIC, BUREAU],
    sorts: ['LIST_NUMBER', 'NAME', 'CITY'],
    arguments: [
      `filter: { ${city} }`,
      'filter: { cityCode: { in: ["430100", "110100"] } }',
      'filter: { cityCode: { ne: "430100" } }',
      'filter: { cityCode: { startsWith: "4301" } }',
      'filter: { status: { eq: ACTIVE } }',
      'filter: { status: { notIn: [REMOVED] } }',
      'filter: { listNumber: { gte: 10, lt: 20 } }',
      'filter: { listNumber: { eq: 7 } }',
      'filter: { name: { eq: "没有" } }',
      'filter: { name: { contains: "机械" } }',
      'filter: { name: { startsWith: "第1省" } }',
      `filter: { organizationId: { eq: "${benchId('org', 'e7')}" } }`,
      `filter: { organizationId: { ne: "${benchId('org', 'e7')}" } }`,
      `filter: { parkId: { in: ["${benchId('prk', '0-0')}"] } }`,
      `filter: { or: [{ ${city} }, { not: { listNumber: { gt: 3 } } }] }`,
      'query: "机械"',
      'query: "xdny"',
      'query: "轨道交通", sort: { field: NAME }',
      `query: "机", filter: { ${city} }`,
    ],
  },
  {
    name: 'organizations',
    fields: ORGANIZATION,
    actors: [PUBLIC],
    sorts: [],
    arguments: [
      'filter: { kind: { eq: SCHOOL } }',
      'filter: { name: { contains: "有限" } }',
      'filter: { name: { startsWith: "第1" } }',
      'query: "学院"',
    ],
  },
  {
    name: 'reports',
    fields: REPORT,
    actors: [BOARD, BUREAU, PROVINCE, ANALYST, EXPERT],
    sorts: ['SUBMITTED_AT', 'UPDATED_AT', 'DUE_ON'],
    arguments: [
      'filter: { state: { eq: SUBMITTED } }, sort: { field: SUBMITTED_AT, direction: ASC }',
      'filter: { state: { in: [SUBMITTED, RETURNED] } }',
      `filter: { ${city} }`,
      'filter: { year: { eq: 2026 }, kind: { eq: ANNUAL_WORK_PLAN } }',
      `filter: { consortiumId: { eq: "${benchId('con', 1)}" } }`,
    ],
  },
  {
    name: 'reportObligations',
    fields: OBLIGATION,
    actors: [BOARD, BUREAU, PROVINCE, ANALYST, EXPERT],
    sorts: ['DUE_ON', 'CONSORTIUM'],
    arguments: [
      'filter: { hasReport: false }',
      'filter: { dueOn: { lte: "2026-01-31" } }',
      `filter: { ${city}, year: { eq: 2026 } }`,
      `filter: { consortiumId: { eq: "${benchId('con', 1)}" } }`,
    ],
  },
  { name: 'accessTokens', fields: TOKEN, actors: [BUREAU, PROVINCE, ADMINISTRATOR], sorts: [], arguments: [] },
];

const cases = LISTS.flatMap((list) =>
  list.actors.flatMap((actor) =>
    [
      '',
      ...list.sorts.flatMap((s) => ['ASC', 'DESC'].map((d) => `sort: { field: ${s}, direction: ${d} }`)),
      ...list.arguments,
    ].map((args) => ({ list, actor, role: actor.role, name: list.name, args })),
  ),
);

describe('at 100,000 consortia no list reads a big table from end to end', () => {
  it.each(cases)('$name($args) as $role', async ({ list, actor, args }) => {
    seen.length = 0;
    const page = (more: string) => {
      const all = [args, more].filter(Boolean).join(', ');
      return `{ ${list.name}(${all}) { nodes { ${list.fields} } pageInfo { hasNextPage endCursor startCursor } } }`;
    };
    const first = (await ask(actor, page('first: 5')))[list.name];
    if (first.pageInfo.endCursor) {
      await ask(actor, page(`first: 5, after: "${first.pageInfo.endCursor}"`));
      await ask(actor, page(`last: 5, before: "${first.pageInfo.endCursor}"`));
    }
    await ask(actor, page('last: 5'));
    const found: string[] = [];
    for (const one of seen.filter(({ actor: who }) => who.role === actor.role))
      found.push(...(await plansWith(BIG_SCAN, one)));
    expect(found).toEqual([]);
  });
});

describe('a page by city', () => {
  it.each(['ASC', 'DESC'])('is read off its index, and no city is sorted: %s', async (direction) => {
    seen.length = 0;
    const page = (more: string) =>
      `{ consortia(sort: { field: CITY, direction: ${direction} }, ${more}) { nodes { id name } pageInfo { endCursor } } }`;
    const { endCursor } = (await ask(PUBLIC, page('first: 5'))).consortia.pageInfo;
    await ask(PUBLIC, page(`first: 5, after: "${endCursor}"`));
    await ask(PUBLIC, page(`last: 5, before: "${endCursor}"`));
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const one of seen) expect(await plansWith(/Sort Key: .*city_sort/, one)).toEqual([]);
  });
});
