import { type Actor, DATABASE_ROLE } from '../../src/access/actor.js';
import { condition, typed } from '../../src/access/conditions.js';
import { abilityFor, UNREAD } from '../../src/access/policy.js';
import { PLACES, type Scope, scopeOf } from '../database/fixture.js';
import { actorOf, ROLES, type World, world } from './world.js';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

type Row = Record<string, any>;
const ACTORS = [...Object.keys(ROLES), 'JOB'] as Actor['role'][];

/** Where the walls differ on purpose, and by what. One that is no longer true fails. */
const OWN_ANSWERS = 'policy shows more';
const COARSER = new Set([
  // state and version, to lock the one report, and which of its revisions holds the PDF: column grants hide the content
  'SEAL_UNIT Report: policy shows more',
  'SEAL_UNIT ReportRevision: policy shows more',
  // kept answers are read by the idempotency of the server, never by a rule: UNREAD
  ...ACTORS.filter((role) => role !== 'PUBLIC').map((role) => `${role} IdempotentAnswer: ${OWN_ANSWERS}`),
]);

describe('the two walls', () => {
  it('show every actor the same rows: rules in memory, rules as SQL, policies alone', async () => {
    const differ = new Set<string>();
    for (const table of w.owner.entityMetadatas) {
      const key = table.primaryColumns[0];
      const columns = table.columns.map((c) => `t.${c.databaseName} AS "${c.propertyName}"`);
      const nested = table.findRelationWithPropertyPath('revision');
      const rows: Row[] = await w.owner.query(
        `SELECT ${columns}${nested ? ", (SELECT json_build_object('number', r.number, 'approvedAt', r.approved_at, 'acceptedAt', r.accepted_at, 'reportId', r.report_id) FROM report_revision r WHERE r.id = t.revision_id) AS revision" : ''} FROM ${table.tableName} t`,
      );
      for (const role of ACTORS)
        for (const at of PLACES) {
          const actor = actorOf(role, at);
          const ability = abilityFor(role, actor);
          const memory = rows
            .filter((row) => ability.can('read', typed(table.name, { ...row })))
            .map((row) => String(row[key.propertyName]));
          const values: unknown[] = [];
          const bind = (value: unknown) => `$${values.push(value)}`;
          const where = condition(role, 'read', table, 't', { scope: (name) => bind(actor[name]), constant: bind });
          const id = `t.${key.databaseName}::text AS id`;
          // the owner is under no policy
          const sql: Row[] = await w.owner.query(`SELECT ${id} FROM ${table.tableName} t WHERE ${where}`, values);
          const database = DATABASE_ROLE[role].replace('iec_', '');
          const scope: Scope = role === 'JOB' ? {} : scopeOf(database, at);
          const policy: Row[] = await w.door
            .as(database, scope, (client) => client.query(`SELECT ${id} FROM ${table.tableName} t`))
            .then(
              (result) => result.rows,
              (error) => {
                if (error.code === '42501') return [];
                throw error;
              },
            );
          const ids = (some: Row[]) => some.map((row) => String(row.id)).sort();
          expect({ table: table.name, role, at, sql: ids(sql) }).toEqual({
            table: table.name,
            role,
            at,
            sql: memory.sort(),
          });
          if (JSON.stringify(ids(policy)) !== JSON.stringify(ids(sql)))
            differ.add(
              `${role} ${table.name}: ${ids(policy).length > sql.length ? 'policy shows more' : 'policy shows less'}`,
            );
        }
    }
    expect([...differ].sort()).toEqual([...COARSER].sort());
  });

  it('stand before every entity', async () => {
    for (const table of w.owner.entityMetadatas) {
      const ruled = ACTORS.some(
        (role) => abilityFor(role, actorOf(role, PLACES[0])).rulesFor('read', table.name).length > 0,
      );
      expect({ table: table.name, ruled }).toEqual({
        table: table.name,
        ruled: !UNREAD.some((name) => name === table.name),
      });
      const [{ on, n }] = await w.owner.query(
        'SELECT relrowsecurity AS on, (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS n FROM pg_class c WHERE oid = $1::regclass',
        [table.tableName],
      );
      expect({ table: table.name, on, policies: n > 0 }).toEqual({ table: table.name, on: true, policies: true });
    }
  });
});
