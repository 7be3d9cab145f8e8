import type { DataSource } from 'typeorm';
import type { Text } from '../../src/graph/language.js';
import type { Service } from '../../src/service.js';
import { type DemoEntry, demoAccounts, writeDemoAccess } from './accounts.js';
import { demoBoards } from './boards.js';
import { demoReports } from './reports.js';

export type { DemoEntry };

type Options = { owner: DataSource; service: Service; dataDir: string; now: Date; say(text: Text): void };

/** Demonstration: accounts anew at each start; boards and reports once. */
export async function loadDemo({ owner, service, dataDir, now, say }: Options): Promise<DemoEntry[]> {
  const accounts = await demoAccounts(owner, service.tokens, now);
  const [{ empty }] = await owner.query('SELECT NOT EXISTS (SELECT 1 FROM report) AS empty');
  if (empty) {
    say({
      zh: '建立演示数据：理事会与各种状态的材料…',
      en: 'Making demonstration data: boards, and reports in every state…',
    });
    await demoBoards(owner);
    const made = await demoReports(owner, service, accounts, now);
    say({ zh: `演示材料 ${made} 份。`, en: `${made} demonstration reports.` });
  }
  await writeDemoAccess(dataDir, accounts);
  return accounts.map(({ entry }) => entry);
}
