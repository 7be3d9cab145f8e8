import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One real PostgreSQL for the run: DATABASE_URL, or the embedded one in a temporary folder; its databases are clones of one template. */
export default async function setup() {
  process.env.TEST_RUN = randomBytes(6).toString('hex');
  if (process.env.DATABASE_URL) {
    process.env.TEST_DATABASE_URL = process.env.DATABASE_URL;
    return;
  }
  const { startEmbedded } = await import('../../dist/src/database/embedded/server.js');
  const folder = await mkdtemp(join(tmpdir(), 'consortia-test-'));
  const server = await startEmbedded(folder, () => {});
  process.env.TEST_DATABASE_URL = server.ownerUrl;
  const superuser = new URL(server.ownerUrl);
  superuser.username = 'postgres';
  superuser.password = await readFile(join(folder, 'postgres', 'superuser.password'), 'utf8');
  superuser.pathname = '/postgres';
  process.env.TEST_SUPERUSER_URL = superuser.href;
  globalThis.stopTestDatabase = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
