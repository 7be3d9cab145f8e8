import { refuseRole, refuseRow } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { Province } from '../provinces/province.entity.js';
import { dueAt, shanghaiToday } from './calendar.js';
import type { Asker, Outcome } from './change.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import type { ExtendObligationInput } from './report.input.js';
import { DESK_OF } from './workflow.js';

/** Later, never earlier, never into the past; with a reason (domain: Deadlines). */
export async function extendObligation(asker: Asker, input: ExtendObligationInput): Promise<Outcome> {
  refuseRole(asker.actor, 'extendObligation', 'ReportObligation');
  const errors: RawUserError[] = checkText(input.reason, ['reason'], { required: true, max: 2000 });
  const dueOn = String(input.dueOn);
  return asker.door.writing<Outcome>(
    asker.actor,
    async (tx) => {
      const obligation = refuseRow(
        tx.actor,
        'extendObligation',
        'ReportObligation',
        await tx.lock(ReportObligation, input.obligationId, 'extendObligation'),
      );
      const today = shanghaiToday(tx.now);
      if (dueOn <= obligation.dueOn || dueOn < today)
        errors.push(userError('INVALID', ['dueOn'], { after: obligation.dueOn, notBefore: today }));
      if (Number(dueOn.slice(0, 4)) > obligation.year + 2)
        errors.push(userError('INVALID', ['dueOn'], { maxYear: obligation.year + 2 }));
      if (errors.length) return { id: obligation.id, userErrors: errors };
      const [province] = await tx.find(Province, { id: obligation.provinceId });
      const [report] = await tx.find(Report, { obligationId: obligation.id });
      // the deadline has not passed after all, so the desk is where the report lies now
      const desk = report && DESK_OF[report.state] !== 'BOARD' ? 'CITY_BUREAU' : 'BOARD';
      await tx.update(
        ReportObligation,
        { id: obligation.id },
        { dueOn, dueAt: new Date(dueAt(dueOn, province.dueDayCounts)), extensionReason: input.reason.trim(), desk },
      );
      if (report)
        await tx.update(
          Report,
          { id: report.id, version: report.version },
          { dueOn, version: report.version + 1, updatedAt: tx.now },
        );
      const { provinceId, cityId, consortiumId } = obligation;
      await record(
        tx,
        {
          action: 'extendObligation',
          subjectId: obligation.id,
          provinceId,
          cityId,
          consortiumId,
          detail: { from: obligation.dueOn, to: dueOn },
        },
        asker.requestId,
      );
      return { id: obligation.id, userErrors: [] };
    },
    (outcome) => outcome.userErrors.length === 0 && !input.validateOnly,
  );
}
