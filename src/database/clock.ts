import type { DataSource } from 'typeorm';
import type { Text } from '../graph/language.js';

const TOLERATED_MS = 2000;

/** What the operator should know of this machine's clock: of several processes on one database each tells the time by its own. */
export async function clockNotice(source: DataSource, now: () => Date): Promise<Text | undefined> {
  const asked = now().getTime();
  const [{ at }] = await source.query('SELECT clock_timestamp() AS at');
  const answered = now().getTime();
  const ahead = asked > at ? asked - at : Math.min(0, answered - at);
  if (Math.abs(ahead) <= TOLERATED_MS) return undefined;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return {
    zh: `本机时钟比数据库服务器${ahead > 0 ? '快' : '慢'} ${seconds} 秒：请检查两者的时间同步（NTP）。`,
    en: `This machine’s clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the database server’s: check that both are synchronised (NTP).`,
  };
}
