import type { Asker, Outcome } from '../access/asker.js';
import { Consortium } from '../consortia/consortium.entity.js';
import { newId } from '../database/ids.js';
import { TEXT } from '../graph/bounds.js';
import { labelOf } from '../graph/labels.js';
import { checkLine, checkText } from '../graph/user-errors.js';
import { begin, edit } from '../workflow/engine.js';
import { REPORTS } from './machine.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import type { CreateReportDraftInput, UpdateReportDraftInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';

export function createReportDraft(asker: Asker, input: CreateReportDraftInput): Promise<Outcome> {
  const errors = [
    ...checkLine(input.title, ['title'], { max: TEXT.title }),
    ...checkText(input.summary, ['summary'], { max: TEXT.summary }),
  ];
  return begin(REPORTS, asker, 'createReportDraft', input, errors, {
    parent: ReportObligation,
    key: 'obligationId',
    async facts(tx, obligation) {
      const [consortium] = await tx.find(Consortium, { id: obligation.consortiumId });
      const [existing] = await tx.find(Report, { obligationId: obligation.id });
      const facts = { state: existing?.state ?? null, consortiumStatus: consortium.status };
      return { facts, existingId: existing?.id, consortium };
    },
    async make(tx, obligation, { consortium }) {
      const { provinceId, cityId, consortiumId, cityCode, year, kind, dueOn } = obligation;
      const scope = { provinceId, cityId, consortiumId };
      const report = {
        id: newId(Report),
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
      } as Report;
      await tx.insert(Report, report);
      const title = input.title?.trim() || `${year}年${consortium.name}${labelOf('ReportKind', kind, 'zh')}`;
      await tx.insert(ReportRevision, {
        id: newId(ReportRevision),
        ...scope,
        reportId: report.id,
        number: null,
        title,
        summary: input.summary?.trim() || null,
      });
      return report;
    },
  });
}

export function updateReportDraft(asker: Asker, input: UpdateReportDraftInput): Promise<Outcome> {
  const errors = [
    ...checkLine(input.title, ['title'], { required: input.title !== undefined, max: TEXT.title }),
    ...checkText(input.summary, ['summary'], { max: TEXT.summary }),
  ];
  return edit(REPORTS, asker, 'updateReportDraft', input, errors, async (tx, report, advance) => {
    await advance();
    const set: Partial<ReportRevision> = {};
    if (input.title !== undefined) set.title = input.title!.trim();
    if (input.summary !== undefined) set.summary = input.summary?.trim() || null;
    if (Object.keys(set).length) await tx.updateOne(ReportRevision, { reportId: report.id, number: null }, set);
    return { id: report.id, userErrors: [] };
  });
}
