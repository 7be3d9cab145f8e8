import pg from 'pg';

/** Of advisory locks those of work in hand. */
const CLASS = 4_116;

/** Whether a process that lives has the work of this id in hand, asked within a statement. */
export const inHand = (id: string): string =>
  `EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = ${CLASS} AND l.objsubid = 2
     AND l.objid = (hashtext(${id})::bigint & 4294967295)::oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;

/**
 * What this process has in hand, as the database sees it: locks of one transaction on a connection of its own, open as long as
 * there is such work. It ends with the process, however that ends, so that nobody waits for the dead.
 */
export class Lifeline {
  private client: pg.Client | undefined;
  private held = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly url: string) {}

  /** The answer lets go. Where there is no connection the work may be done twice, and is recorded once. */
  hold(id: string): () => void {
    this.held += 1;
    this.next(async () => {
      const client = this.client ?? (await this.open());
      await client.query('SELECT pg_try_advisory_xact_lock($1, hashtext($2))', [CLASS, id]);
    });
    return () => {
      this.held -= 1;
      this.next(() => (this.held === 0 ? this.close() : undefined));
    };
  }

  /** When all that was begun is done. */
  settled(): Promise<unknown> {
    return this.turn;
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    this.client = client;
    await client.query('BEGIN READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0');
    return client;
  }

  private async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private next(work: () => Promise<unknown> | undefined): void {
    this.turn = this.turn.then(work).catch(() => this.close().catch(() => {}));
  }
}
