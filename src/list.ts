import './environment.js';
import 'reflect-metadata';
import { correctList } from '../seeds/load.js';
import { tellList } from '../seeds/tell.js';
import { ConfigError, readConfig } from './config.js';
import { refuseNewer } from './database/prepare.js';
import { asOwner } from './owner.js';
import { problemOf } from './start-problems.js';

/** Where the list's files and the database differ; with --apply, what was published is corrected. */
async function list(args: string[]): Promise<string> {
  const unknown = args.find((arg) => arg !== '--apply');
  if (unknown)
    throw new ConfigError(
      `不认识的参数 ${unknown}：只有 --apply，写作 npm run list -- --apply。 Unknown argument ${unknown}: there is only --apply, as in npm run list -- --apply.`,
    );
  const apply = args.length > 0;
  return asOwner(readConfig(), async (owner) => {
    await refuseNewer(owner, owner);
    const [{ ready }] = await owner.query("SELECT to_regclass('published_row') IS NOT NULL AS ready");
    if (!ready || !(await owner.query('SELECT EXISTS (SELECT FROM province) AS filled'))[0].filled)
      throw new ConfigError(
        '数据库尚未建立或未升级：请先用 npm start 启动一次。 The database is not made or not upgraded yet: run npm start once.',
      );
    return tellList(await correctList(owner, { apply }), apply);
  });
}

try {
  console.log(await list(process.argv.slice(2)));
} catch (error) {
  console.error(`✗ ${problemOf(error)}`);
  process.exitCode = 1;
}
