import pg from 'pg';
import { DataSource, type Logger, type MixedList } from 'typeorm';
import { Naming } from './naming.js';

// a day is a day, not a midnight of the server's time zone
pg.types.setTypeParser(pg.types.builtins.DATE, (day: string) => day);

/** The driver itself, lest TypeORM look it up by name and find another one, without what is set above. */
const POSTGRES = { type: 'postgres', driver: pg } as const;

/** What goes wrong is thrown, and said once by whoever catches it. */
const SILENT: Logger = {
  logQuery() {},
  logQueryError() {},
  logQuerySlow() {},
  logSchemaBuild() {},
  logMigration() {},
  log() {},
};

type Options = { url: string; entities: MixedList<Function> };
type OwnerOptions = { url: string; migrations?: MixedList<Function>; entities?: MixedList<Function> };

/**
 * Migrations and seeds: the owner, who has the schema and no role of an actor until it takes one. Closed before serving. It
 * speaks SQL; only who compares the tables with the entities gives these.
 */
export const ownerDataSource = ({ url, migrations, entities }: OwnerOptions) =>
  new DataSource({
    ...POSTGRES,
    url,
    entities,
    migrations,
    namingStrategy: new Naming(),
    migrationsTransactionMode: 'each',
    logger: SILENT,
    extra: { max: 2, connectionTimeoutMillis: 15_000 },
  });

/** At a start: what is the matter may lie in the connection string, and is told so. */
export const connectOwner = (options: OwnerOptions): Promise<DataSource> =>
  Promise.resolve()
    .then(() => ownerDataSource(options).initialize())
    .catch((error) => {
      throw Object.assign(error, { connecting: true });
    });

/**
 * How every connection of requests begins: as a role that owns nothing and sees nothing until an actor's role is set, reading
 * one picture and nothing else unless a transaction says otherwise. Set by a statement: a connection string may have options.
 */
const SETTINGS = {
  role: 'iec_login',
  timezone: 'UTC',
  statement_timeout: '30000',
  // whoever waits for somebody's row holds a connection that others wait for
  lock_timeout: '5000',
  idle_in_transaction_session_timeout: '60000',
  jit: 'off',
  default_transaction_read_only: 'on',
  default_transaction_isolation: 'repeatable read',
};
/**
 * glibc gives memory back to the system after every statement that took more than 128 KB, and asks for it again in the next,
 * until a larger piece was freed once: then it keeps as much (mallopt(3), M_MMAP_THRESHOLD). So one is, when a connection begins.
 */
const KEEP_MEMORY = "octet_length(repeat(repeat('x', 1000), 2000))";
const settings = (settings: Record<string, string>, local: boolean) =>
  Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', ${local})`);
/** A pooler makes up the process that it names; behind one nothing may be set that outlives a transaction. */
const first = (processID: number) =>
  `SELECT pg_backend_pid() = ${processID} AS direct, CASE WHEN pg_backend_pid() = ${processID} THEN (SELECT row(${settings(SETTINGS, false)}, ${KEEP_MEMORY})::text) END`;

const pooled = new WeakSet<pg.ClientBase>();
/** Through a pooler such as PgBouncer, which may hand each transaction to another process of the server. */
export const isPooled = (client: pg.ClientBase): boolean => pooled.has(client);

const {
  role: _role,
  default_transaction_read_only: _only,
  default_transaction_isolation: _level,
  ...LIMITS
} = SETTINGS;
/** What a connection of requests begins with, for one transaction; its role and its mode are said by whoever begins it. */
export const LOCAL_SETTINGS = `SELECT ${settings(LIMITS, true)}`;

/** Requests. */
export const servingDataSource = ({ url, entities, poolSize }: Options & { poolSize: number }) =>
  new DataSource({
    ...POSTGRES,
    url,
    entities,
    namingStrategy: new Naming(),
    extra: {
      max: poolSize,
      connectionTimeoutMillis: 10_000,
      async onConnect(client: pg.Client) {
        // one that breaks between two statements says so with an event, which would end the process if nobody listened
        client.on('error', () => {});
        const { processID } = client as unknown as { processID: number };
        const { rows } = await client.query(first(processID));
        if (!rows[0].direct) pooled.add(client);
      },
    },
  });
