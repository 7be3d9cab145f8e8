import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ALL_ROLES, createRoles } from '../../migrations/access/roles.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

const connected = async (url: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
};

describe('roles, which belong to the whole server', () => {
  const mark = randomBytes(4).toString('hex');
  let database: OwnedDatabase;
  let owner: Client;

  beforeAll(async () => {
    database = await ownedDatabase();
    owner = await connected(database.ownerUrl);
  });
  afterAll(async () => {
    await owner?.end();
    await database?.drop();
  });

  it('are made once, however many begin at the same moment', async () => {
    const text = createRoles(ALL_ROLES).replaceAll("'iec_", `'iec${mark}_`);
    const clients = await Promise.all(Array.from({ length: 6 }, () => connected(database.ownerUrl)));
    try {
      await Promise.all(
        clients.map(async (client) => {
          await client.query('BEGIN');
          await client.query(text);
          await client.query('COMMIT');
        }),
      );
      const { rows } = await owner.query(
        `SELECT rolname FROM pg_roles WHERE rolname LIKE 'iec${mark}%' AND NOT rolcanlogin AND NOT rolinherit`,
      );
      expect(rows).toHaveLength(ALL_ROLES.length);
      for (const role of ALL_ROLES) await owner.query(`BEGIN; SET LOCAL ROLE iec${mark}_${role}; ROLLBACK`);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      await owner.query(`DROP ROLE IF EXISTS ${ALL_ROLES.map((role) => `iec${mark}_${role}`).join(', ')}`);
    }
  });

  it('change nothing the second time', async () => {
    await owner.query(`BEGIN; ${createRoles(ALL_ROLES)} ROLLBACK`);
  });

  it('that may not be taken end the start with a sentence for the administrator', async () => {
    const stranger = `iec_test_stranger_${mark}`;
    await owner.query(`CREATE ROLE ${stranger} LOGIN PASSWORD 'tests-only'`);
    try {
      const client = await connected(
        Object.assign(new URL(database.ownerUrl), { username: stranger, password: 'tests-only' }).href,
      );
      const refused = await client.query(createRoles(ALL_ROLES)).catch((error) => error);
      await client.end();
      expect(refused.code).toBe('42501');
      expect(refused.message).toMatch(/请由数据库管理员执行/);
      expect(refused.message).toMatch(new RegExp(`GRANT iec_login TO ${stranger}`));
    } finally {
      await owner.query(`DROP ROLE ${stranger}`);
    }
  });
});
