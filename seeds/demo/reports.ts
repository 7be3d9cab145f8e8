import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/actor.js';
import { Door } from '../../src/access/door.js';
import type { DocumentKind } from '../../src/graph/enums.js';
import { Sheet } from '../../src/receipts/sheet.js';
import { attachReportDocument } from '../../src/reports/documents.js';
import { createReportDraft } from '../../src/reports/drafts.js';
import { REPORTS } from '../../src/reports/machine.js';
import { createUpload } from '../../src/reports/uploads.js';
import { attestSeal } from '../../src/seals/attest.js';
import type { Service } from '../../src/service.js';
import { take } from '../../src/workflow/engine.js';
import type { DemoAccount } from './accounts.js';
import { demoWord } from './word.js';

const DAY = 86_400_000;

/** How far each consortium's report has come, by its place on the list: every state is there. */
const LAST_DUE = ['accepted', 'accepted', 'accepted late', 'approved', 'missing', 'accepted', 'submitted'] as const;
const NEXT_DUE = [
  'draft',
  'submitted',
  'returned by the city',
  'approved',
  'none',
  'submitted',
  'returned by the province',
] as const;
type Goal = (typeof LAST_DUE)[number] | (typeof NEXT_DUE)[number];

type Duty = { id: string; consortiumId: string; dueAt: Date; listNumber: number; cityId: string; last: boolean };

/**
 * Reports in every state, made by the real services as the real roles, at instants of a clock of their own. What is there is
 * left alone, and what was begun is finished.
 */
export async function demoReports(
  owner: DataSource,
  service: Service,
  accounts: DemoAccount[],
  now: Date,
): Promise<number> {
  const duties: Duty[] = await owner.transaction(async (db) => {
    await db.query('SET LOCAL ROLE iec_job');
    return db.query(
      `SELECT o.id, o.consortium_id AS "consortiumId", o.due_at AS "dueAt", o.list_number AS "listNumber", o.city_id AS "cityId", o.due_at <= $1 AS last
       FROM report_obligation o JOIN province p ON p.id = o.province_id AND p.code = '430000'
       WHERE o.due_on IN ((SELECT max(due_on) FROM report_obligation WHERE due_at <= $1), (SELECT min(due_on) FROM report_obligation WHERE due_at > $1))
       ORDER BY o.due_on, o.list_number`,
      [now],
    );
  });
  const actorOf = (test: (actor: Actor) => boolean) => accounts.find(({ actor }) => test(actor))!.actor;
  const province = actorOf((a) => a.role === 'PROVINCE');
  let made = 0;
  for (const duty of duties) {
    const goals: readonly Goal[] = duty.last ? LAST_DUE : NEXT_DUE;
    const goal = goals[(duty.listNumber - 1) % goals.length];
    if (goal === 'missing' || goal === 'none') continue;
    const late = goal === 'accepted late' ? 6 * DAY : -3 * DAY;
    const submittedAt = duty.last
      ? Math.min(duty.dueAt.getTime() + late, now.getTime() - DAY)
      : now.getTime() - 2 * DAY;
    const board = actorOf((a) => a.role === 'BOARD' && a.consortiumId === duty.consortiumId);
    const bureau = actorOf((a) => a.role === 'CITY_BUREAU' && a.cityId === duty.cityId);
    if (await walk(goal, duty, { board, bureau, province }, service, new Date(submittedAt))) made++;
  }
  return made;
}

const NOTICE = '演示数据，不是真实材料。本文件只为演示报送、审核与收件的过程而生成，盖章处没有任何印章。';

/** The same text as the Word file's, as a pair should have. */
function demoScan(title: string, text: string): Promise<Buffer> {
  const sheet = new Sheet(title, '演示', new Date('2024-05-16T00:00:00Z'));
  sheet.paragraph(title, { size: 18 });
  sheet.paragraph(text);
  return sheet.end('演示 Demonstration');
}

/** What becomes of a report on the way to its goal, as its history tells it. */
const WAYS: Record<Exclude<Goal, 'missing' | 'none'>, string[]> = {
  draft: ['createReportDraft'],
  submitted: ['createReportDraft', 'submitReport'],
  'returned by the city': ['createReportDraft', 'submitReport', 'returnReport'],
  approved: ['createReportDraft', 'submitReport', 'approveReport'],
  'returned by the province': ['createReportDraft', 'submitReport', 'approveReport', 'returnReport'],
  accepted: ['createReportDraft', 'submitReport', 'approveReport', 'acceptReport'],
  'accepted late': ['createReportDraft', 'submitReport', 'approveReport', 'acceptReport'],
};

type Found = { id: string; version: number; updatedAt: Date; steps: string[]; kinds: string[]; seals: string[] };
const FOUND = `
  SELECT p.id, p.version, p.updated_at AS "updatedAt",
    ARRAY(SELECT e.transition FROM report_event e WHERE e.report_id = p.id ORDER BY e.serial) AS steps,
    ARRAY(SELECT d.kind FROM report_document d WHERE d.revision_id = v.id AND d.check_state <> 'PENDING') AS kinds,
    ARRAY(SELECT a.organization_id FROM seal_attestation a WHERE a.revision_id = v.id) AS seals
  FROM report p LEFT JOIN report_revision v ON v.report_id = p.id AND v.number IS NULL WHERE p.obligation_id = $1`;

/**
 * The way to the goal, or what is left of it where somebody was killed on it; a report that went another way is somebody
 * else's by now. Answers whether there was anything to do.
 */
async function walk(
  goal: keyof typeof WAYS,
  duty: Duty,
  who: { board: Actor; bureau: Actor; province: Actor },
  { source, storage, checks, receipts }: Service,
  start: Date,
): Promise<boolean> {
  let clock = start;
  const door = new Door(source, () => clock);
  const as = (actor: Actor) => ({ actor, door, requestId: null, storage, checks, receipts });
  const [found] = await door.reading(who.board, (rows) => rows.query<Found>(FOUND, [duty.id]));
  const way = WAYS[goal];
  const behind = found?.steps ?? [];
  if (behind.length >= way.length || behind.some((step, i) => step !== way[i])) return false;
  if (found && found.updatedAt > clock) clock = found.updatedAt;
  let expectedVersion = found?.version ?? 1;
  const done = (outcome: { id: string | null; userErrors: { code: string }[] }): string => {
    if (outcome.userErrors.length) throw new Error(`demo: ${outcome.userErrors.map((e) => e.code)}`);
    return outcome.id!;
  };
  const reportId =
    found?.id ?? done(await createReportDraft(as(who.board), { obligationId: duty.id, summary: NOTICE }));
  const step = async (
    change: (input: {
      reportId: string;
      expectedVersion: number;
    }) => Promise<{ id: string | null; userErrors: { code: string }[] }>,
    hours = 1,
  ) => {
    clock = new Date(clock.getTime() + hours * 3_600_000);
    done(await change({ reportId, expectedVersion: expectedVersion++ }));
  };
  const attach = async (kind: DocumentKind, fileName: string, bytes: Buffer) => {
    if (found?.kinds.includes(kind)) return;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { upload } = await createUpload(as(who.board), { fileName, byteSize: bytes.length, sha256 }, storage, '');
    await storage.put(upload!.storageKey, bytes);
    await step((input) => attachReportDocument(as(who.board), { ...input, kind, uploadId: upload!.id }), 0);
  };
  const complete = async () => {
    await attach('WORD', '演示材料.docx', demoWord('演示材料', [NOTICE]));
    await attach('STAMPED_PDF', '演示材料.pdf', await demoScan('演示材料', NOTICE));
    const leads = await door.reading(who.board, (rows) =>
      rows.query<{ id: string }>(
        "SELECT organization_id AS id FROM membership WHERE consortium_id = $1 AND role <> 'MEMBER' ORDER BY role DESC, position",
        [duty.consortiumId],
      ),
    );
    for (const { id } of leads)
      if (!found?.seals.includes(id))
        await step((input) => attestSeal(as(who.board), { ...input, organizationId: id, page: 1 }), 0);
  };
  for (const next of way.slice(Math.max(behind.length, 1))) {
    if (next === 'submitReport') {
      await complete();
      await step((input) => take(REPORTS, as(who.board), 'submitReport', input));
    } else if (next === 'approveReport')
      await step((input) => take(REPORTS, as(who.bureau), 'approveReport', input), 20);
    else if (next === 'acceptReport') await step((input) => take(REPORTS, as(who.province), 'acceptReport', input), 10);
    else if (goal === 'returned by the city')
      await step(
        (input) =>
          take(REPORTS, as(who.bureau), 'returnReport', {
            ...input,
            comment: '演示：请补充重点任务的完成时限。',
            reason: 'SUPPLEMENT',
          }),
        5,
      );
    else
      await step(
        (input) =>
          take(REPORTS, as(who.province), 'returnReport', {
            ...input,
            comment: '演示：第二部分数据有误，请更正。',
            reason: 'INCORRECT',
          }),
        5,
      );
  }
  return true;
}
