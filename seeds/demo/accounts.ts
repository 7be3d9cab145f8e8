import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { type Actor, NOWHERE } from '../../src/access/actor.js';
import type { Tokens } from '../../src/access/tokens.js';
import { idOf } from '../../src/database/ids.js';
import type { DepartmentKind, Role } from '../../src/graph/enums.js';
import { labelOf } from '../../src/graph/labels.js';
import { AccessToken, Account, ExpertAssignment } from '../../src/tokens/token.entity.js';

/** An entry of demo-access.json. */
export type DemoEntry = {
  role: Role;
  label: string;
  token: string;
  provinceCode: string | null;
  cityCode: string | null;
  department: DepartmentKind | null;
  consortiumCode: string | null;
};
export type DemoAccount = { entry: DemoEntry; actor: Actor };

const PROVINCE = '430000';
/** The city whose partner departments have demo tokens. */
const DEPARTMENTS_OF = '430400';
const PARTNERS = [
  'DEVELOPMENT_AND_REFORM',
  'INDUSTRY_AND_INFORMATION_TECHNOLOGY',
  'FINANCE',
  'HUMAN_RESOURCES_AND_SOCIAL_SECURITY',
  'STATE_ASSETS',
] as const satisfies DepartmentKind[];
const DAYS = 366;

type Place = { id: string; code: string; name: string };
type ConsortiumPlace = Place & { cityId: string; cityCode: string };

/**
 * One account and token per role and scope, marked as demonstration; the same ids at every start, the tokens signed anew.
 * A token that was revoked stays so, and its account gets another.
 */
export async function demoAccounts(owner: DataSource, tokens: Tokens, now: Date): Promise<DemoAccount[]> {
  const accounts = await owner.transaction(async (db) => {
    await db.query('SET LOCAL ROLE iec_loader');
    const [province]: Place[] = await db.query('SELECT id, code, name FROM province WHERE code = $1', [PROVINCE]);
    const cities: Place[] = await db.query('SELECT id, code, name FROM city WHERE province_id = $1 ORDER BY code', [
      province.id,
    ]);
    const consortia: ConsortiumPlace[] = await db.query(
      'SELECT id, code, name, city_id AS "cityId", city_code AS "cityCode" FROM consortium WHERE province_id = $1 ORDER BY list_number',
      [province.id],
    );
    const expiresAt = new Date(Math.floor(now.getTime() / 1000) * 1000 + DAYS * 86_400_000);
    const revoked = new Map(
      (
        await db.query(
          'SELECT account_id, count(*)::int AS times FROM access_token WHERE demo AND revoked_at IS NOT NULL GROUP BY account_id',
        )
      ).map((row: { account_id: string; times: number }) => [row.account_id, row.times]),
    );
    const made: DemoAccount[] = [];
    const add = (role: Role, of: string, scope: Partial<DemoEntry>, ids: Partial<Actor>) => {
      const key = `demo:${role}:${scope.consortiumCode ?? scope.cityCode ?? scope.provinceCode ?? ''}:${scope.department ?? ''}`;
      const label = `演示·${of}`;
      const accountId = idOf(Account, key);
      const times = revoked.get(accountId);
      made.push({
        entry: {
          role,
          label,
          token: '',
          provinceCode: null,
          cityCode: null,
          department: null,
          consortiumCode: null,
          ...scope,
        },
        actor: {
          ...NOWHERE,
          role,
          name: label,
          accountId,
          tokenId: idOf(AccessToken, times ? `${key}:${times}` : key),
          tokenExpiresAt: expiresAt,
          ...ids,
        },
      });
    };
    const [provinceId, provinceCode] = [province.id, province.code];
    for (const c of consortia)
      add(
        'BOARD',
        `${c.name}理事会`,
        { provinceCode, cityCode: c.cityCode, consortiumCode: c.code },
        { provinceId, cityId: c.cityId, consortiumId: c.id },
      );
    for (const city of cities)
      add(
        'CITY_BUREAU',
        `${city.name}教育行政部门`,
        { provinceCode, cityCode: city.code },
        { provinceId, cityId: city.id },
      );
    const partnerCity = cities.find((city) => city.code === DEPARTMENTS_OF)!;
    for (const department of PARTNERS)
      add(
        'CITY_DEPARTMENT',
        `${partnerCity.name}${labelOf('DepartmentKind', department, 'zh')}部门`,
        { provinceCode, cityCode: partnerCity.code, department },
        { provinceId, cityId: partnerCity.id, department },
      );
    add('PROVINCE', `${province.name}教育厅`, { provinceCode }, { provinceId });
    add('EXPERT', '评审专家', { provinceCode }, { provinceId });
    add('ANALYST', '分析人员', { provinceCode }, { provinceId });
    add('ADMINISTRATOR', '系统管理员', {}, {});

    await db.query(
      'INSERT INTO account (id, province_id, display_name, created_at) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) ON CONFLICT (id) DO NOTHING',
      [
        made.map(({ actor }) => actor.accountId),
        made.map(({ actor }) => actor.provinceId),
        made.map(({ actor }) => actor.name),
        made.map(() => now),
      ],
    );
    const columns = (key: keyof Actor) => made.map(({ actor }) => actor[key]);
    await db.query(
      `INSERT INTO access_token (id, account_id, label, role, province_id, city_id, department, consortium_id, issued_by, created_at, expires_at, demo)
       SELECT u.*, '演示', $9, $10, true FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) u
       ON CONFLICT (id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [
        columns('tokenId'),
        columns('accountId'),
        columns('name'),
        columns('role'),
        columns('provinceId'),
        columns('cityId'),
        columns('department'),
        columns('consortiumId'),
        now,
        expiresAt,
      ],
    );
    const expert = made.find(({ actor }) => actor.role === 'EXPERT')!.actor;
    const assigned = consortia.slice(0, 6);
    const year = now.getUTCFullYear();
    await db.query(
      `INSERT INTO expert_assignment (id, account_id, consortium_id, province_id, year)
       SELECT u.id, $3, u.consortium_id, $4, $5 FROM unnest($1::text[], $2::text[]) u(id, consortium_id) ON CONFLICT DO NOTHING`,
      [
        assigned.map(({ code }) => idOf(ExpertAssignment, `${expert.accountId}:${code}:${year}`)),
        assigned.map(({ id }) => id),
        expert.accountId,
        provinceId,
        year,
      ],
    );
    return made;
  });
  for (const { entry, actor } of accounts)
    entry.token = await tokens.sign({
      ...actor,
      id: actor.tokenId!,
      accountId: actor.accountId!,
      role: entry.role,
      expiresAt: actor.tokenExpiresAt!,
    });
  return accounts;
}

/** Anew at each start, readable by its owner alone. */
export async function writeDemoAccess(dataDir: string, accounts: DemoAccount[]): Promise<void> {
  const path = join(dataDir, 'demo-access.json');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(
    draft,
    `${JSON.stringify(
      accounts.map(({ entry }) => entry),
      null,
      2,
    )}\n`,
    { mode: 0o600 },
  );
  await rename(draft, path);
}
