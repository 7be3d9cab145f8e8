import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { DataSource } from 'typeorm';
import { JOB } from './access/actor.js';
import { assertWalls } from './access/complete.js';
import { Door } from './access/door.js';
import { Tokens } from './access/tokens.js';
import { idempotently } from './audit/idempotency.js';
import { type Config, projectRoot } from './config.js';
import { servingDataSource } from './database/data-source.js';
import { entities } from './entities.js';
import { FileLinks } from './files/links.js';
import { fileRoutes } from './files/routes.js';
import { UrlSigner } from './files/signing.js';
import { localStorage, type Storage } from './files/storage.js';
import { Context } from './reading/context.js';
import { Reader } from './reading/reader.js';
import { FileAccess, withAssignments } from './reports/file-access.js';
import { ensureObligations } from './reports/obligations.js';
import { createSchema, pages } from './schema.js';
import { createHttpServer } from './server/http.js';
import { LastUsed } from './tokens/last-used.js';

export type ServiceOptions = {
  config: Config;
  /** The owner's connection string; requests take the role that owns nothing. */
  url: string;
  now?: () => Date;
  /** What the query page offers to sign in with. */
  demoAccounts?: () => { label: string; token: string }[];
};

export type Service = {
  app: FastifyInstance;
  door: Door;
  tokens: Tokens;
  storage: Storage;
  source: DataSource;
  stop(): Promise<void>;
};

type ServiceContext = Context & { links: FileLinks; tokens: Tokens; storage: Storage };

/** How often the rule of the obligations is applied: a new year's appear by themselves. */
const OBLIGATIONS_EVERY = 60 * 60_000;

/** Everything that serves, assembled; not yet listening. */
export async function createService({
  config,
  url,
  now = () => new Date(),
  demoAccounts = () => [],
}: ServiceOptions): Promise<Service> {
  const tokens = await Tokens.open(config.dataDir, config.production, now);
  const source = await servingDataSource({ url, entities, poolSize: config.poolSize }).initialize();
  await assertWalls(source);
  const door = new Door(source, now);
  const reader = new Reader(source, pages);
  const storage = localStorage(join(config.dataDir, 'files'));
  const signer = new UrlSigner(tokens.fileSecret);
  const links = new FileLinks(signer, config.publicUrl);
  const access = new FileAccess(door, tokens);
  const lastUsed = new LastUsed(door);
  lastUsed.start();
  const obligations = setInterval(() => void keepObligations(door).catch(() => {}), OBLIGATIONS_EVERY);
  obligations.unref();

  const app = await createHttpServer<ServiceContext>({
    schema: await createSchema(),
    interpret: config.interpret,
    async openContext(request) {
      const known = await tokens.actorOf(request.authorization);
      const actor = await withAssignments(door, known);
      if (actor.tokenId) lastUsed.note(actor.tokenId);
      const { language, requestId, publicBase } = request;
      const query = !request.mutation;
      return Object.assign(new Context({ door, reader, actor, language, requestId, query, publicBase }), {
        links,
        tokens,
        storage,
      });
    },
    closeContext: (context, failed) => context.close(failed),
    idempotently: ({ actor }, key, bodyHash, execute) => idempotently(door, actor, key, bodyHash, execute),
    async ready() {
      try {
        await source.query('SELECT 1');
        return { ok: true };
      } catch {
        return { ok: false, reason: '数据库暂不可用。 The database does not answer.' };
      }
    },
    plugins: [
      (instance) =>
        fileRoutes(instance, { storage, signer, now, onUpload: access.onUpload, onDownload: access.onDownload }),
    ],
    graphiql: { accounts: demoAccounts, examples: examples() },
  });

  return {
    app,
    door,
    tokens,
    storage,
    source,
    async stop() {
      clearInterval(obligations);
      await app.close();
      await lastUsed.stop().catch(() => {});
      await source.destroy();
    },
  };
}

export const keepObligations = (door: Door): Promise<unknown> =>
  door.writing(JOB, (tx) => ensureObligations((sql: string, params: unknown[]) => tx.query(sql, params), door.now()));

/** The files under examples/, each executed by a test; their first line is the title. */
function examples(): { title: string; query: string }[] {
  const folder = join(projectRoot, 'examples');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((query) => ({ title: query.split('\n')[0].replace(/^#\s*/, ''), query }));
}
