import 'reflect-metadata';
import { migrations } from './migrations/index.js';
import { readConfig } from './src/config.js';
import { ownerDataSource } from './src/database/data-source.js';
import { startEmbedded } from './src/database/embedded/server.js';
import { entities } from './src/entities.js';

/** For the TypeORM command line: DATABASE_URL, or the embedded database in DATA_DIR (it ends with the process). */
async function configure() {
  const { databaseUrl, dataDir } = readConfig();
  const url = databaseUrl || (await startEmbedded(dataDir, () => {})).ownerUrl;
  return ownerDataSource({ url, entities, migrations });
}

export default configure();
