import 'reflect-metadata';
import { readConfig } from '../src/config.js';
import { createService } from '../src/service.js';
import { serveParent } from './child.js';

type Start = { url: string; poolSize: number; dataDir: string; interpret: boolean };

serveParent<Start>(async ({ url, poolSize, dataDir, interpret }) => {
  const config = readConfig({
    DATA_DIR: dataDir,
    POOL_SIZE: String(poolSize),
    // it asks as fast as it is answered
    RATE_LIMIT_TOKEN: '0',
    RATE_LIMIT_ADDRESS: '0',
    GRAPHQL_INTERPRET: interpret ? '1' : '',
  });
  const service = await createService({ config, url });
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  return { base, stop: () => service.stop() };
});
