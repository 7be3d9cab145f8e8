import { readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ALL_ROLES } from '../../migrations/access/roles.js';
import { migrations } from '../../migrations/index.js';
import { DATABASE_ROLE } from '../../src/access/actor.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

const FILE = new URL('./manifest.txt', import.meta.url);

/** What no schema diff of the ORM can see. The owner's own privileges go without saying. */
const CATALOGUE = `
  SELECT format('rls %s %s%s', relname, CASE WHEN relrowsecurity THEN 'on' ELSE 'OFF' END, CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END) line
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'migrations'
  UNION ALL
  SELECT format('policy %s %s %s to %s%s%s', tablename, policyname, cmd, array_to_string(roles, ', '),
    ' using ' || regexp_replace(qual, '\\s+', ' ', 'g'), ' check ' || regexp_replace(with_check, '\\s+', ' ', 'g'))
  FROM pg_policies WHERE schemaname = 'public'
  UNION ALL
  SELECT format('grant %s %s %s', c.relname, coalesce(g.rolname, 'PUBLIC'), string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type))
  FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
  WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner GROUP BY c.relname, g.rolname
  UNION ALL
  SELECT format('grant %s %s %s (%s)', c.relname, coalesce(g.rolname, 'PUBLIC'), a.privilege_type, string_agg(t.attname, ', ' ORDER BY t.attname))
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN aclexplode(t.attacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
  WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner GROUP BY c.relname, g.rolname, a.privilege_type
  UNION ALL
  SELECT format('trigger %s %s%s', c.relname, regexp_replace(pg_get_triggerdef(t.oid), '^CREATE (CONSTRAINT )?TRIGGER ', ''),
    CASE t.tgenabled WHEN 'A' THEN ' always' WHEN 'O' THEN '' ELSE ' DISABLED' END)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('function %s(%s) as %s, %s; executed by %s', p.proname, pg_get_function_identity_arguments(p.oid),
    CASE WHEN p.prosecdef THEN 'its owner' ELSE 'whoever asks' END, array_to_string(p.proconfig, ' '),
    coalesce((SELECT string_agg(coalesce(g.rolname, 'PUBLIC'), ', ' ORDER BY g.rolname) FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE a.grantee <> p.proowner), 'triggers alone'))
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
`;

describe('what the database holds by itself', () => {
  let database: OwnedDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await ownedDatabase();
    client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const catalogue = async () => {
    const { rows } = await client.query<{ line: string }>(CATALOGUE);
    const lines = rows.map(({ line }) => line.trim()).sort();
    return `${lines.join('\n')}\n`;
  };

  it('is what manifest.txt says; run once with UPDATE_MANIFEST=1 and review the difference', async () => {
    const found = await catalogue();
    if (process.env.UPDATE_MANIFEST) writeFileSync(FILE, found);
    expect(found.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
  });

  it('can be undone, and done again to the same', async () => {
    const source = new DataSource({
      type: 'postgres',
      url: database.ownerUrl,
      migrations,
      migrationsTransactionMode: 'each',
    });
    await source.initialize();
    try {
      const before = await catalogue();
      for (const _ of migrations) await source.undoLastMigration();
      expect(await catalogue()).toBe('\n');
      await source.runMigrations();
      expect(await catalogue()).toBe(before);
    } finally {
      await source.destroy();
    }
  });

  it('has a policy for every table but those of the machinery', async () => {
    const { rows } = await client.query<{ relname: string }>(`
      SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) ORDER BY 1`);
    expect(rows.map((row) => row.relname)).toEqual(['migrations', 'workflow_transition']);
  });

  it('keeps the roles apart: none is a member of another, none bypasses a policy', async () => {
    const { rows } = await client.query(
      `
      SELECT r.rolname AS name, r.rolsuper OR r.rolbypassrls OR r.rolcanlogin
          OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS more
      FROM pg_roles r WHERE r.rolname ~ '^iec_[a-z_]+$' AND r.rolname = ANY ($1) ORDER BY 1`,
      [ALL_ROLES.map((role) => `iec_${role}`)],
    );
    // all that there are, those of every kind of actor among them
    const actors = Object.values(DATABASE_ROLE);
    expect(ALL_ROLES.map((role) => `iec_${role}`)).toEqual(expect.arrayContaining(actors));
    expect(rows).toEqual(
      ALL_ROLES.map((role) => ({ name: `iec_${role}`, more: false })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    const granted = new Set((await catalogue()).match(/\biec_[a-z_]+/g));
    expect([...granted].filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
  });
});
