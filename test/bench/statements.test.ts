import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchActor, tokenOf } from '../../bench/actors.js';
import { generate } from '../../bench/generate.js';
import { type Actor, JOB } from '../../src/access/actor.js';
import { Session } from '../../src/access/session.js';
import { readConfig } from '../../src/config.js';
import { createService, type Service } from '../../src/service.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

const folder = new URL('../../examples/', import.meta.url);
const examples = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
const asked = Session.prototype.query;
let statements = 0;

let database: OwnedDatabase;
let service: Service;
let dataDir: string;
let base: string;

beforeAll(async () => {
  database = await ownedDatabase();
  await generate(database.ownerUrl, 2100);
  dataDir = await mkdtemp(join(tmpdir(), 'consortia-data-'));
  service = await createService({ config: readConfig({ DATA_DIR: dataDir, POOL_SIZE: '4' }), url: database.ownerUrl });
  base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  Session.prototype.query = function (this: Session, ...given) {
    // jobs run by the clock, between requests
    if (this.actor !== JOB) statements++;
    return asked.apply(this, given) as never;
  };
});
afterAll(async () => {
  Session.prototype.query = asked;
  await service?.stop();
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const ACTORS: [string, Actor | null][] = [
  ['PUBLIC', null],
  ...(['BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR'] as const).map(
    (role): [string, Actor] => [role, benchActor(role, role === 'BOARD' ? 1 : 0)],
  ),
];

/** How many statements the request takes, and how many rows its lists held. */
async function ask(
  actor: Actor | null,
  query: string,
  variables: object,
): Promise<{ statements: number; rows: number }> {
  const authorization = actor && `Bearer ${await tokenOf(service.tokens, actor)}`;
  statements = 0;
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const took = statements;
  const { data, errors } = (await response.json()) as any;
  expect(errors).toBeUndefined();
  return { statements: took, rows: JSON.stringify(data).match(/[[,]\{/g)?.length ?? 0 };
}

/** The example's page with this many rows; its filters stay. */
const ofSize = (query: string, first: number): string =>
  query
    .replace(/\$first: Int = \d+/, `$first: Int = ${first}`)
    .replace(/first: \d+/g, `first: ${first}`)
    .replace(/\b(reports|consortia)\((?!first)/, `$1(first: ${first}, `)
    .replace(/first: \d+, first: \$first/, 'first: $first')
    .replace('"430000-2024-06"', '"430000-2026-06"');

describe.each(examples)('%s', (name) => {
  const query = readFileSync(new URL(name, folder), 'utf8');

  it.each(ACTORS)('takes as many statements for many rows as for one: %s', async (_role, actor) => {
    const [few, many] = [await ask(actor, ofSize(query, 1), {}), await ask(actor, ofSize(query, 30), {})];
    expect(many.statements).toBe(few.statements);
    expect(many.rows).toBeGreaterThanOrEqual(few.rows);
    // a root field is one statement, `nodes` one for each type among its ids; a viewer is put together from its scope
    const asked = query.includes('viewer {') ? 5 : query.includes('nodes(ids') ? 2 : 1;
    // an expert's assignments are one more
    expect(many.statements).toBeLessThanOrEqual(asked + (actor?.role === 'EXPERT' ? 1 : 0));
  });
});

describe('the comparison is worth something', () => {
  it('many rows are many', async () => {
    const list = readFileSync(new URL(examples.find((name) => name.includes('the-list'))!, folder), 'utf8');
    const [few, many] = [await ask(null, ofSize(list, 1), {}), await ask(null, ofSize(list, 30), {})];
    expect(many.rows).toBeGreaterThan(few.rows * 10);
    expect(few.statements).toBe(1);
  });
});
