import './environment.js';
import 'reflect-metadata';
import { Tokens } from './access/tokens.js';
import { ConfigError, readConfig } from './config.js';
import { newId } from './database/ids.js';
import { unseenIn } from './database/one-line.js';
import { asOwner } from './owner.js';
import { problemOf } from './start-problems.js';
import { AccessToken, Account } from './tokens/token.entity.js';

const DAYS = 366;

/** The first administrator's token of an installation: somebody must issue the first, and only who runs the machine can. */
async function firstToken(): Promise<string> {
  const config = readConfig();
  return asOwner(config, async (owner) => {
    const now = new Date();
    const tokens = await Tokens.open(config.dataDir, config.production, () => now);
    const [{ ready }] = await owner.query("SELECT to_regclass('access_token') IS NOT NULL AS ready");
    if (!ready)
      throw new ConfigError(
        '数据库尚未建立：请先用 npm start 启动一次。 The database is not made yet: run npm start once.',
      );
    const name = process.argv[2]?.trim() || '系统管理员';
    const unseen = unseenIn(name);
    if (unseen)
      throw new ConfigError(
        `名称中有不可见的字符 ${unseen}，请删去。 The name holds the invisible character ${unseen}: delete it.`,
      );
    const claims = {
      id: newId(AccessToken),
      accountId: newId(Account),
      name,
      role: 'ADMINISTRATOR' as const,
      provinceId: null,
      cityId: null,
      department: null,
      consortiumId: null,
      expiresAt: new Date(Math.floor(now.getTime() / 1000) * 1000 + DAYS * 86_400_000),
    };
    await owner.transaction(async (db) => {
      await db.query('SET LOCAL ROLE iec_loader');
      await db.query('INSERT INTO account (id, display_name, created_at) VALUES ($1, $2, $3)', [
        claims.accountId,
        claims.name,
        now,
      ]);
      await db.query(
        "INSERT INTO access_token (id, account_id, label, role, issued_by, created_at, expires_at) VALUES ($1, $2, $3, 'ADMINISTRATOR', '安装', $4, $5)",
        [claims.id, claims.accountId, claims.name, now, claims.expiresAt],
      );
    });
    return tokens.sign(claims);
  });
}

try {
  console.log(await firstToken());
} catch (error) {
  console.error(`✗ ${problemOf(error)}`);
  process.exitCode = 1;
}
