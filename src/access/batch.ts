import pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import { serialize } from 'pg-protocol';
import { MAX_ANSWER_BYTES } from '../graph/answer-size.js';

/**
 * `name`: prepared once on each connection. `plain`: answers one column, whose text is called `r` and goes on as it came.
 * `answer`: what it answers is the client’s, and bounded.
 */
export type Statement = { text: string; name?: string; plain?: true; answer?: true };
/** With its values, as it goes over the wire. */
export type Asked = Statement & { bytes: Buffer; values: readonly unknown[] };

export const ask = (statement: Statement, values: readonly unknown[] = []): Asked => ({
  ...statement,
  values,
  bytes: Buffer.concat([
    serialize.bind({ statement: statement.name, values: values.map(prepareValue) }),
    ...(statement.plain ? [] : [DESCRIBE]),
    serialize.execute(),
  ]),
});
const DESCRIBE = serialize.describe({ type: 'P' });

/** Parsed anew each time: for a connection on which what was prepared is not there any more. */
export const unnamed = ({ text, plain, values }: Asked): Asked => ask({ text, plain }, values);

type Row = Record<string, any>;
type Column = { name: string; parse: (text: string) => unknown };

/**
 * Statements that leave in one write and end in one Sync, as a submittable of pg (as its cursors are): PostgreSQL wakes up once,
 * answers once, and runs nothing behind one that failed. Without a BEGIN among them they are one transaction, which the Sync
 * commits. pg by itself ends every statement in a Sync, and each is a message of its own back through two processes.
 */
export class Batch {
  /** Of the statements that are through. */
  readonly results: Row[][] = [];
  readonly done: Promise<Row[][]>;

  private resolve!: (results: Row[][]) => void;
  private reject!: (error: unknown) => void;
  /** Characters of what is the client's. What is beyond the bound is not kept. */
  received = 0;
  private rows: Row[] = [];
  private columns: Column[] = [];
  private prepared: Set<string> | undefined;
  /** pg sets it where a connection string asks for a timeout of its own. */
  callback: ((error: unknown) => void) | undefined;

  constructor(private readonly asked: readonly Asked[]) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: pg.Connection): null {
    const prepared = preparedOn(connection);
    this.prepared = prepared;
    const messages = oneTooMany(prepared, this.asked);
    for (const { text, name, bytes } of this.asked) {
      if (!name || !prepared.has(name)) {
        // whether it was parsed in a batch that failed is not known; to close what is not there is no error
        if (name) messages.push(serialize.close({ type: 'S', name }));
        messages.push(serialize.parse({ text, name }));
      }
      messages.push(bytes);
    }
    messages.push(serialize.sync());
    connection.stream.write(Buffer.concat(messages));
    return null;
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.columns = fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID) }));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const { plain, answer } = this.asked[this.results.length];
    if (answer) {
      for (const text of fields) this.received += text?.length ?? 0;
      if (this.received > MAX_ANSWER_BYTES) return;
    }
    if (plain) {
      this.rows.push({ r: fields[0] });
      return;
    }
    const row: Row = {};
    for (const [i, { name, parse }] of this.columns.entries()) {
      const text = fields[i];
      row[name] = text === null ? null : parse(text);
    }
    this.rows.push(row);
  }

  handleCommandComplete(): void {
    const { name } = this.asked[this.results.length];
    if (name) this.prepared?.add(name);
    this.results.push(this.rows);
    this.rows = [];
  }

  handleReadyForQuery(): void {
    this.callback?.(null);
    this.resolve(this.results);
  }

  handleError(error: unknown): void {
    // a plan may be the reason, as after a change of a table: the next one parses anew
    const name = this.asked[this.results.length]?.name;
    if (name) this.prepared?.delete(name);
    this.callback?.(error);
    this.reject(error);
  }
}

/** Names kept per connection; clients invent selections without end, so the oldest go. */
const MAX_NAMES = 500;
const names = new WeakMap<pg.Connection, Set<string>>();

function preparedOn(connection: pg.Connection): Set<string> {
  const known = names.get(connection) ?? new Set();
  names.set(connection, known);
  return known;
}

/** Closes what was used longest ago, before anything that could fail. */
function oneTooMany(prepared: Set<string>, asked: readonly Statement[]): Buffer[] {
  for (const { name } of asked) if (name && prepared.delete(name)) prepared.add(name);
  const closing: Buffer[] = [];
  for (const name of prepared) {
    if (prepared.size <= MAX_NAMES) break;
    prepared.delete(name);
    closing.push(serialize.close({ type: 'S', name }));
  }
  return closing;
}
