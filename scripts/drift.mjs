// Do the migrations make what the entities say? On a scratch database, embedded or DATABASE_URL's server.
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrations } from '../dist/migrations/index.js';
import { ownerDataSource } from '../dist/src/database/data-source.js';
import { startEmbedded } from '../dist/src/database/embedded/server.js';
import { entities } from '../dist/src/entities.js';

const folder = process.env.DATABASE_URL ? null : await mkdtemp(join(tmpdir(), 'consortia-drift-'));
const embedded = folder && (await startEmbedded(folder, () => {}));
const admin = new pg.Client({ connectionString: embedded?.ownerUrl ?? process.env.DATABASE_URL });
const name = `drift_${process.pid}`;
let drift = [];
await admin.connect();
try {
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(embedded?.ownerUrl ?? process.env.DATABASE_URL);
  url.pathname = `/${name}`;
  const source = await ownerDataSource({ url: url.href, entities, migrations }).initialize();
  try {
    await source.runMigrations();
    drift = (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
  } finally {
    await source.destroy();
  }
} finally {
  // without FORCE, which a plain owner is refused while an autovacuum is there
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.end();
  await embedded?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
}
if (drift.length) {
  console.error(`The entities and the migrations differ; write a migration that does this:\n${drift.join(';\n')}`);
  process.exit(1);
}
console.log('migrations: no drift');
