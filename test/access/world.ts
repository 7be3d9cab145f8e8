import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/actor.js';
import { readConfig } from '../../src/config.js';
import { ownerDataSource } from '../../src/database/data-source.js';
import { entities } from '../../src/entities.js';
import type { Role } from '../../src/graph/enums.js';
import { createService } from '../../src/service.js';
import { Door, fill, PLACES, type Place, type Scope, scopeOf } from '../database/fixture.js';
import { ownedDatabase } from '../support/owned-database.js';
import type { Answer } from '../support/service.js';

/** The roles of the API, each with its role in the database. */
export const ROLES = {
  PUBLIC: 'public',
  BOARD: 'board',
  CITY_BUREAU: 'bureau',
  CITY_DEPARTMENT: 'department',
  PROVINCE: 'province',
  EXPERT: 'expert',
  ANALYST: 'analyst',
  ADMINISTRATOR: 'administrator',
  SEAL_UNIT: 'seal_unit',
} as const satisfies Record<Role, string>;

export function actorOf(role: Actor['role'], at: Place): Actor {
  const scope: Scope = role === 'JOB' ? {} : scopeOf(ROLES[role], at);
  return {
    role,
    name: role,
    accountId: scope.account_id ?? null,
    tokenId: scope.token_id ?? null,
    provinceId: scope.province_id ?? null,
    cityId: scope.city_id ?? null,
    department: (scope.department as Actor['department']) ?? null,
    consortiumId: scope.consortium_id ?? null,
    organizationId: role === 'SEAL_UNIT' ? `org-${at.province}` : null,
    reportId: role === 'SEAL_UNIT' ? `rep-${at.consortium}-drafted` : null,
    sealedSha256: role === 'SEAL_UNIT' ? 'x' : null,
    // as the fixture assigns them
    assignedConsortiumIds: role === 'EXPERT' ? [`${at.province}c1k1`] : [],
    tokenExpiresAt: scope.token_id ? new Date('2026-04-10T08:00:00Z') : null,
  };
}

/** The two provinces of test/database/fixture.ts, with the service in front of them. */
export async function world() {
  const database = await ownedDatabase();
  const door = await Door.open(database.ownerUrl);
  await fill(door);
  const dataDir = await mkdtemp(join(tmpdir(), 'consortia-access-'));
  const owner: DataSource = await ownerDataSource({ url: database.ownerUrl, entities, migrations: [] }).initialize();
  const service = await createService({
    config: readConfig({ DATA_DIR: dataDir, PORT: '0', POOL_SIZE: '4', NODE_ENV: 'test' }),
    url: database.ownerUrl,
    now: () => new Date('2026-01-10T09:00:00Z'),
  });
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' });
  return {
    door,
    owner,
    service,
    async ask(role: Role, at: Place, query: string, variables: object = {}): Promise<Answer> {
      const actor = actorOf(role, at);
      const token =
        actor.tokenId &&
        (await service.tokens.sign({ ...actor, id: actor.tokenId, role, expiresAt: actor.tokenExpiresAt! } as never));
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-request-id': 'same',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async close() {
      await service.stop();
      await owner.destroy();
      await door.end();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type World = Awaited<ReturnType<typeof world>>;

export const OWNERSHIP: Record<string, Place> = {
  own: PLACES[0],
  'same city': PLACES[1],
  'other city': PLACES[2],
  'other province': PLACES[4],
};
