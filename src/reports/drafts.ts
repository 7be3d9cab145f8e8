import { refuseRole, refuseRow } from '../access/refuse.js';
import { Consortium } from '../consortia/consortium.entity.js';
import { newId } from '../database/ids.js';
import { TEXT } from '../graph/bounds.js';
import { labelOf } from '../graph/labels.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { type Asker, changeReport, note, type Outcome } from './change.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import type { CreateReportDraftInput, UpdateReportDraftInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { isEditable, objections } from './workflow.js';

export async function createReportDraft(asker: Asker, input: CreateReportDraftInput): Promise<Outcome> {
  refuseRole(asker.actor, 'createReportDraft', 'ReportObligation');
  const errors: RawUserError[] = [
    ...checkText(input.title, ['title'], { max: TEXT.title }),
    ...checkText(input.summary, ['summary'], { max: TEXT.summary }),
  ];
  return asker.door.writing<Outcome>(
    asker.actor,
    async (tx) => {
      // the obligation is locked, so that of two drafts one is told that the other exists
      const obligation = refuseRow(
        tx.actor,
        'createReportDraft',
        'ReportObligation',
        await tx.lock(ReportObligation, input.obligationId, 'createReportDraft'),
      );
      const [consortium] = await tx.find(Consortium, { id: obligation.consortiumId });
      const [existing] = await tx.find(Report, { obligationId: obligation.id });
      const facts = { state: existing?.state ?? null, consortiumStatus: consortium.status };
      for (const reason of objections('createReportDraft', tx.actor, facts))
        errors.push(userError(reason === 'REPORT_EXISTS' ? 'REPORT_EXISTS' : 'CONSORTIUM_CLOSED', ['obligationId']));
      if (errors.length) return { id: existing?.id ?? null, userErrors: errors };

      const { provinceId, cityId, consortiumId, cityCode, year, kind, dueOn } = obligation;
      const id = newId('rep');
      const scope = { provinceId, cityId, consortiumId };
      const report: Partial<Report> = {
        id,
        ...scope,
        cityCode,
        obligationId: obligation.id,
        year,
        kind,
        dueOn,
        version: 1,
        state: 'DRAFT',
        queuedAt: tx.now,
        updatedAt: tx.now,
      };
      await tx.insert(Report, report);
      const title = input.title?.trim() || `${year}年${consortium.name}${labelOf('ReportKind', kind, 'zh')}`;
      await tx.insert(ReportRevision, {
        id: newId('rev'),
        ...scope,
        reportId: id,
        number: null,
        title,
        summary: input.summary?.trim() || null,
      });
      await note(
        tx,
        { ...report, version: 0 } as Report,
        { transition: 'createReportDraft', from: null, to: 'DRAFT' },
        asker.requestId,
      );
      return { id, userErrors: [] };
    },
    (outcome) => outcome.userErrors.length === 0 && !input.validateOnly,
  );
}

/** Editing is no transition, but the same states allow it: the board's desk. */
export const notEditable = (report: Report): RawUserError[] =>
  isEditable(report.state) ? [] : [userError('ILLEGAL_TRANSITION', ['reportId'], { state: report.state })];

export function updateReportDraft(asker: Asker, input: UpdateReportDraftInput): Promise<Outcome> {
  const errors = [
    ...checkText(input.title, ['title'], { required: input.title !== undefined, max: TEXT.title }),
    ...checkText(input.summary, ['summary'], { max: TEXT.summary }),
  ];
  return changeReport(asker, 'updateReportDraft', input, errors, async (tx, report, advance) => {
    const refused = notEditable(report);
    if (refused.length) return refused;
    const lost = await advance();
    if (lost.length) return lost;
    const set: Partial<ReportRevision> = {};
    if (input.title !== undefined) set.title = input.title!.trim();
    if (input.summary !== undefined) set.summary = input.summary?.trim() || null;
    if (Object.keys(set).length) await tx.updateOne(ReportRevision, { reportId: report.id, number: null }, set);
    return { id: report.id, userErrors: [] };
  });
}
