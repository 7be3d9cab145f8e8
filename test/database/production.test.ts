import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { ownerDataSource } from '../../src/database/data-source.js';
import { refuseProduction, refuseUnfit, takeForProduction } from '../../src/database/production.js';
import { entities } from '../../src/entities.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

let database: OwnedDatabase;
let owner: DataSource;
beforeEach(async () => {
  database = await ownedDatabase();
  owner = await ownerDataSource({ url: database.ownerUrl, entities, migrations }).initialize();
});
afterEach(async () => {
  await owner?.destroy();
  await database?.drop();
});

const token = (id: string, demo: boolean) =>
  owner.transaction(async (db) => {
    await db.query('SET LOCAL ROLE iec_loader');
    await db.query("INSERT INTO account (id, display_name, created_at) VALUES ($1, 'x', now())", [`acc_${id}`]);
    await db.query(
      "INSERT INTO access_token (id, account_id, label, role, issued_by, created_at, expires_at, demo) VALUES ($1, $2, 'x', 'ADMINISTRATOR', 'x', now(), now() + interval '1 day', $3)",
      [`tok_${id}`, `acc_${id}`, demo],
    );
  });

it('keeps production and demonstration apart, whichever comes first', async () => {
  await refuseProduction(owner);
  await refuseUnfit(owner);
  // whose it is is known before anybody has a token
  await takeForProduction(owner);
  await takeForProduction(owner);
  expect(await owner.query("SELECT count(*)::int n FROM audit_entry WHERE action = 'startProduction'")).toEqual([
    { n: 1 },
  ]);
  await expect(refuseProduction(owner)).rejects.toThrow(/production one/);
  await refuseUnfit(owner);
});

it('tells a production database that was never marked by its tokens', async () => {
  await token('first', false);
  await refuseUnfit(owner);
  await expect(refuseProduction(owner)).rejects.toThrow(/production one/);
  await token('demo', true);
  await expect(refuseUnfit(owner)).rejects.toThrow(/holds demo accounts/);
});
