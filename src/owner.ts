import type { DataSource } from 'typeorm';
import { migrations } from '../migrations/index.js';
import type { Config } from './config.js';
import { connectOwner } from './database/data-source.js';
import { startEmbedded } from './database/embedded/server.js';

/** For a command beside the service: as the owner of the database, joining the embedded one where it runs. */
export async function asOwner<T>(config: Config, work: (owner: DataSource) => Promise<T>): Promise<T> {
  const embedded = config.databaseUrl ? undefined : await startEmbedded(config.dataDir, () => {});
  try {
    const owner = await connectOwner({ url: config.databaseUrl || embedded!.ownerUrl, migrations });
    try {
      return await work(owner);
    } finally {
      await owner.destroy();
    }
  } finally {
    await embedded?.stop();
  }
}
