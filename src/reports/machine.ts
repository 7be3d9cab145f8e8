import type { Rows } from '../access/door.js';
import { Organization } from '../organizations/organization.entity.js';
import { machine } from '../workflow/engine.js';
import { accept, approve, giveBack, reopen } from './decide.js';
import { ReportEvent, ReportEventComment } from './event.entity.js';
import { draftGaps, type Gaps } from './gaps.js';
import type { AskerWithReceipts } from './moves.js';
import { Report } from './report.entity.js';
import { submit, withdraw } from './submit.js';
import { type Facts, REPORT_WAY } from './workflow.js';

/** The report's way at work: what each of its steps does beside moving on. */
export const REPORTS = machine<Report, Facts, AskerWithReceipts>()({
  way: REPORT_WAY,
  entity: Report,
  key: 'reportId',
  history: { event: ReportEvent, comment: ReportEventComment, subject: 'reportId' },
  facts: async (rows, report, name) => ({ ...report, ...(name === 'submitReport' && (await lacking(rows, report))) }),
  effects: {
    submitReport: submit,
    withdrawReport: withdraw,
    approveReport: approve,
    returnReport: giveBack,
    acceptReport: accept,
    reopenReport: reopen,
  },
});

async function lacking(rows: Rows, { id }: Report): Promise<Partial<Facts>> {
  const [{ gaps }] = await rows.query<{ gaps: Gaps | null }>(
    `SELECT ${draftGaps('t', '$2')} AS gaps FROM report t WHERE t.id = $1`,
    [id, rows.now],
  );
  const units = gaps?.seals.length ? await rows.find(Organization, { id: gaps.seals }) : [];
  return { gaps, units: new Map(units.map((unit) => [unit.id, unit.name])) };
}
