import type { DataSource } from 'typeorm';
import { underLock } from '../../src/database/prepare.js';
import type { Text } from '../../src/graph/language.js';
import type { Service } from '../../src/service.js';
import { type DemoEntry, demoAccounts, writeDemoAccess } from './accounts.js';
import { demoBoards } from './boards.js';

export type { DemoEntry };

type Options = { owner: DataSource; service: Service; dataDir: string; now: Date; say(text: Text): void };

/** Of two that start at once, the second finds everything made. */
const LOCK = 1_732_400_000_002;
const MADE = { action: 'loadDemo', subjectId: 'demo' };

/** Demonstration: accounts anew at each start; boards and reports once, however often somebody was killed on the way. */
export async function loadDemo({ owner, service, dataDir, now, say }: Options): Promise<DemoEntry[]> {
  const accounts = await demoAccounts(owner, service.tokens, now);
  await underLock(owner, LOCK, async () => {
    const [{ made }] = await owner.query(
      'SELECT EXISTS (SELECT FROM audit_entry WHERE subject_id = $1 AND action = $2) AS made',
      [MADE.subjectId, MADE.action],
    );
    if (!made) {
      say({
        zh: '建立演示数据：理事会与各种状态的材料…',
        en: 'Making demonstration data: boards, and reports in every state…',
      });
      await demoBoards(owner);
      const { demoReports } = await import('./reports.js');
      const reports = await demoReports(owner, service, accounts, now);
      await owner.transaction(async (db) => {
        await db.query('SET LOCAL ROLE iec_loader');
        await db.query("INSERT INTO audit_entry (at, actor_role, action, subject_id) VALUES ($1, 'LOADER', $2, $3)", [
          now,
          MADE.action,
          MADE.subjectId,
        ]);
      });
      say({ zh: `演示材料 ${reports} 份。`, en: `${reports} demonstration reports.` });
    }
  });
  await writeDemoAccess(dataDir, accounts);
  return accounts.map(({ entry }) => entry);
}
