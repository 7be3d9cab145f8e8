import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { DataSource } from 'typeorm';
import { JOB } from './access/actor.js';
import { Door } from './access/door.js';
import { Tokens } from './access/tokens.js';
import { archiveAccess } from './archive/archives.js';
import { assertComplete } from './complete.js';
import { type Config, projectRoot } from './config.js';
import { clockNotice } from './database/clock.js';
import { servingDataSource } from './database/data-source.js';
import { Lifeline } from './database/lifeline.js';
import { entities } from './entities.js';
import { FileLinks } from './files/links.js';
import { openStorage } from './files/open-storage.js';
import { fileRoutes } from './files/routes.js';
import { UrlSigner } from './files/signing.js';
import type { Storage } from './files/storage.js';
import { both } from './graph/language.js';
import { forgetAnswers, idempotently } from './idempotency/idempotency.js';
import { Context } from './reading/context.js';
import { Reader } from './reading/reader.js';
import { jwksRoute } from './receipts/jwks-route.js';
import { ReceiptKeys } from './receipts/receipt-keys.js';
import { Receipts, receiptAccess } from './receipts/receipts.js';
import { Checks } from './reports/checks.js';
import { documentAccess, uploadAccess } from './reports/file-access.js';
import { ensureObligations } from './reports/obligations.js';
import { DOCUMENTS_IN_USE, sweepFiles } from './reports/orphans.js';
import { createSchema, pages } from './schema.js';
import { createHttpServer } from './server/http.js';
import type { Patience } from './server/sockets.js';
import { Filler } from './templates/filler.js';
import { TEMPLATES_IN_USE, templateAccess } from './templates/templates.js';
import { LastUsed } from './tokens/last-used.js';
import { LinkHolder, withAssignments } from './tokens/link-holder.js';

export type ServiceOptions = {
  config: Config;
  /** The owner's connection string; requests take the role that owns nothing. */
  url: string;
  now?: () => Date;
  /** What the query page offers to sign in with. */
  demoAccounts?: () => { label: string; token: string }[];
  patience?: Partial<Patience>;
};

export type Service = {
  app: FastifyInstance;
  door: Door;
  tokens: Tokens;
  storage: Storage;
  checks: Checks;
  receipts: Receipts;
  source: DataSource;
  stop(): Promise<void>;
};

type ServiceContext = Context & {
  links: FileLinks;
  tokens: Tokens;
  storage: Storage;
  checks: Checks;
  filler: Filler;
  receipts: Receipts;
  /** Handed out in this request; no stored answer has them. */
  secrets: string[];
};

const HOURLY = 60 * 60_000;
/** The first time: one that is started anew more often than every hour sweeps too. */
const SWEPT_AFTER = 30_000;
/** What the hourly sweep of files leaves alone. */
export const FILES_IN_USE = [DOCUMENTS_IN_USE, TEMPLATES_IN_USE];

/** Everything that serves, assembled; not yet listening. */
export async function createService({
  config,
  url,
  now = () => new Date(),
  demoAccounts = () => [],
  patience,
}: ServiceOptions): Promise<Service> {
  const tokens = await Tokens.open(config.dataDir, config.production, now);
  const signer = new UrlSigner(tokens.fileSecret);
  const links = new FileLinks(signer);
  const { storage, receiver, close } = await openStorage(config, links, now);
  const source = await servingDataSource({ url, entities, poolSize: config.poolSize }).initialize();
  await assertComplete(source);
  const door = new Door(source, now);
  const reader = new Reader(source, pages);
  const holder = new LinkHolder(door, tokens);
  const receipts = new Receipts(await ReceiptKeys.open(config.dataDir, config.production));
  const log = (error: unknown) => app.log.error({ err: error }, 'jobs');
  const checks = new Checks(door, storage, new Lifeline(url), log);
  const filler = new Filler();
  const lastUsed = new LastUsed(door, log);
  lastUsed.start();
  const sweeping = () => void sweepFiles(door, storage, FILES_IN_USE).catch(log);
  // several that start at once do not sweep at once
  const first = setTimeout(sweeping, SWEPT_AFTER * (1 + Math.random())).unref();
  const hourly = setInterval(() => {
    for (const job of JOBS) job(door).catch(log);
    sweeping();
    clockNotice(source, now).then((notice) => notice && app.log.warn(both(notice)), log);
  }, HOURLY);
  hourly.unref();

  const app: FastifyInstance = await createHttpServer<ServiceContext>({
    schema: await createSchema(),
    interpret: config.interpret,
    async openContext(request) {
      const known = await tokens.actorOf(request.authorization);
      const actor = await withAssignments(door, known);
      if (actor.tokenId) lastUsed.note(actor.tokenId);
      const { language, requestId, publicBase } = request;
      const query = !request.mutation;
      const own = door.forRequest(request.call);
      return Object.assign(new Context({ door: own, reader, actor, language, requestId, query, publicBase }), {
        links,
        tokens,
        storage,
        checks,
        filler,
        receipts,
        secrets: [],
      });
    },
    async holderOf({ authorization, url }) {
      if (authorization !== undefined)
        return tokens.actorOf(authorization).then(
          ({ tokenId }) => tokenId ?? undefined,
          () => undefined,
        );
      return url.startsWith('/files/') ? signer.verify(url, now())?.claims.token : undefined;
    },
    rates: config.rates,
    trustedProxies: config.trustedProxies,
    patience,
    closeContext: (context, failed) => context.close(failed),
    idempotently,
    async ready() {
      try {
        await source.query('SELECT 1');
        return { ok: true };
      } catch {
        return { ok: false, reason: '数据库暂不可用。 The database does not answer.' };
      }
    },
    allowedOrigins: config.allowedOrigins,
    publicBase: config.publicUrl || undefined,
    plugins: [
      (instance) =>
        fileRoutes(instance, {
          storage,
          receiver,
          signer,
          now,
          onUpload: uploadAccess(holder),
          onDownload: {
            documents: documentAccess(holder),
            receipts: receiptAccess(holder, storage),
            templates: templateAccess(holder, storage, filler),
            archives: archiveAccess(holder, storage),
          },
        }),
      jwksRoute(receipts.keys),
    ],
    graphiql: {
      accounts: demoAccounts,
      examples: examples(),
      names: [config.host, ...(config.publicUrl ? [new URL(config.publicUrl).host] : [])],
    },
  });

  checks.start();
  return {
    app,
    door,
    tokens,
    storage,
    checks,
    receipts,
    source,
    async stop() {
      clearInterval(hourly);
      clearTimeout(first);
      await app.close();
      await checks.stop();
      await filler.stop();
      await lastUsed.stop().catch(log);
      await source.destroy();
      close();
    },
  };
}

/** A new year's obligations appear by themselves. */
export const keepObligations = (door: Door): Promise<unknown> =>
  door.writing(JOB, (tx) => ensureObligations((sql: string, params: unknown[]) => tx.query(sql, params), door.now()));

/** At the start and every hour, however often it was said before. */
export const JOBS: ((door: Door) => Promise<unknown>)[] = [keepObligations, forgetAnswers];

/** The files under examples/, each executed by a test; their first line is the title. */
function examples(): { title: string; query: string }[] {
  const folder = join(projectRoot, 'examples');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((query) => ({ title: query.split('\n')[0].replace(/^#\s*/, ''), query }));
}
