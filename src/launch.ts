import 'reflect-metadata';
import { migrations } from '../migrations/index.js';
import { type DemoEntry, loadDemo } from '../seeds/demo/load.js';
import { loadList } from '../seeds/load.js';
import type { Config } from './config.js';
import { clockNotice } from './database/clock.js';
import { connectOwner } from './database/data-source.js';
import { migrate } from './database/prepare.js';
import { refuseProduction, refuseUnfit, takeForProduction } from './database/production.js';
import type { Text } from './graph/language.js';
import { createService, JOBS, type Service } from './service.js';
import { welcome } from './welcome.js';

type Start = {
  say(text: Text): void;
  /** Between the parts: whoever was told to stop does not begin the next. */
  goOn(): void;
  /** What was started, to be stopped in the reverse order. */
  undo: (() => Promise<unknown>)[];
};

/** Once there is a database: prepared, served, listening. */
export async function launch(config: Config, url: string, { say, goOn, undo }: Start): Promise<void> {
  say({ zh: '准备数据库：迁移与名单…', en: 'Preparing the database: migrations and the list…' });
  let demo: DemoEntry[] = [];
  let service: Service;
  const owner = await connectOwner({ url, migrations });
  try {
    await (config.production ? refuseUnfit : refuseProduction)(owner);
    await migrate(owner, () => loadList(owner, say).then(() => {}));
    if (config.production) await takeForProduction(owner);
    const notice = await clockNotice(owner, () => new Date());
    if (notice) say(notice);
    goOn();
    service = await createService({
      config,
      url,
      demoAccounts: () => demo.map(({ label, token }) => ({ label, token })),
    });
    undo.push(() => service.stop());
    for (const job of JOBS) await job(service.door);
    if (!config.production) demo = await loadDemo({ owner, service, dataDir: config.dataDir, now: new Date(), say });
  } finally {
    await owner.destroy();
  }
  const address = await service.app.listen({ port: config.port, host: config.host });
  console.log(welcome(address, config, demo));
  setTimeout(() => void warm(service).catch(() => {}), WARMED_AFTER_MS).unref();
}

const WARMED_AFTER_MS = 1000;

/**
 * What no start waits for, loaded while nobody waits: the query page, and what draws papers. Later node_modules may be
 * another, or gone for a minute, where somebody installs beside a running server.
 */
const warm = ({ app }: Service): Promise<unknown> =>
  Promise.all([app.inject('/graphiql'), import('./receipts/receipt-pdf.js'), import('./archive/archive.js')]);
