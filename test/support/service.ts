import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { type DemoEntry, demoAccounts } from '../../seeds/demo/accounts.js';
import { loadList } from '../../seeds/load.js';
import type { Actor } from '../../src/access/actor.js';
import { readConfig } from '../../src/config.js';
import { ownerDataSource } from '../../src/database/data-source.js';
import { entities } from '../../src/entities.js';
import { createService, keepObligations, type Service, type ServiceOptions } from '../../src/service.js';
import { ownedDatabase } from './owned-database.js';

export type Answer<D = any> = {
  data: D;
  errors?: { message: string; path?: string[]; extensions: { code: string; [key: string]: unknown } }[];
  extensions?: any;
};

export type TestService = {
  service: Service;
  base: string;
  owner: DataSource;
  dataDir: string;
  accounts: { entry: DemoEntry; actor: Actor }[];
  /** The clock of the service; move it by assigning. */
  clock: { now: Date };
  token(role: string, code?: string): string;
  actor(role: string, code?: string): Actor;
  /** Over real HTTP. */
  ask<D = any>(
    token: string | null,
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<Answer<D>>;
  close(): Promise<void>;
};

/** The tests of limits set their own. */
const UNCOUNTED = { RATE_LIMIT_TOKEN: '0', RATE_LIMIT_ADDRESS: '0' };

/** Over HTTP, of the service at this address. */
export const asking =
  (base: string): TestService['ask'] =>
  async (token, query, variables = {}, headers = {}) => {
    const once = async (): Promise<Answer> => {
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-request-id': 'same',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    };
    const answer = await once();
    // the compiler takes a document over at its second use, and must answer the same
    if (!/^\s*mutation/m.test(query)) expect(await once()).toEqual(answer);
    return answer;
  };

/** A whole service on a database of its own, with the list, the obligations and the demo accounts; real HTTP. */
export async function testService({
  now = new Date('2026-11-24T02:00:00Z'),
  env = {},
  tables = '',
  patience,
}: {
  now?: Date;
  env?: Record<string, string>;
  /** What the database holds beside what the migrations made. */
  tables?: string;
  patience?: ServiceOptions['patience'];
} = {}): Promise<TestService> {
  const database = await ownedDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'consortia-data-'));
  const clock = { now };
  const owner = await ownerDataSource({ url: database.ownerUrl, entities, migrations }).initialize();
  if (tables) await owner.query(tables);
  await loadList(owner);
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', POOL_SIZE: '8', ...UNCOUNTED, ...env });
  const service = await createService({ config, url: database.ownerUrl, now: () => clock.now, patience });
  await keepObligations(service.door);
  const accounts = await demoAccounts(owner, service.tokens, now);
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  const find = (role: string, code?: string) => {
    const found = accounts.find(
      ({ entry }) =>
        entry.role === role &&
        (!code || [entry.consortiumCode, entry.department, entry.cityCode, entry.provinceCode].includes(code)),
    );
    if (!found) throw new Error(`no demo account for ${role} ${code}`);
    return found;
  };
  return {
    service,
    base,
    owner,
    dataDir,
    accounts,
    clock,
    token: (role, code) => find(role, code).entry.token,
    actor: (role, code) => find(role, code).actor,
    ask: asking(base),
    async close() {
      await service.stop();
      await owner.destroy();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
