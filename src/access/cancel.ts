import pg, { type PoolClient } from 'pg';

const PATIENCE_MS = 5_000;

type Target = { host: string; port: number; ssl: unknown; processID: number; secretKey: number };
type Wire = pg.Connection & {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
};

/**
 * Stops the statement that a connection is running, as PostgreSQL has it: another connection names the process. It is closed once
 * the process was told; until then nothing else may be sent on the first one, or that is what would be stopped.
 */
export function cancel(client: PoolClient): Promise<void> {
  const { host, port, ssl, processID, secretKey } = client as unknown as Target;
  const wire = new pg.Connection({ ssl } as object) as Wire;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => wire.stream.destroy(new Error('the cancel request was not heard')), PATIENCE_MS);
    const ask = () => wire.cancel(processID, secretKey);
    // under TLS as well, where the connection itself is
    wire.on('connect', () => (ssl ? wire.requestSsl() : ask()));
    wire.on('sslconnect', ask);
    wire.on('error', reject);
    wire.on('end', () => {
      clearTimeout(late);
      resolve();
    });
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  });
}
