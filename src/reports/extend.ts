import type { Asker, Outcome } from '../access/asker.js';
import { refuseRole, refuseRow } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { TEXT } from '../graph/bounds.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { checkText, type RawUserError, userError, userWarning } from '../graph/user-errors.js';
import { Province } from '../provinces/province.entity.js';
import { dueAt, workdayOf } from './calendar.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import type { ExtendObligationInput } from './report.input.js';
import { deskOf, isExtensible } from './workflow.js';

/** At most so many years ahead of today and of the due day, whichever is later. */
const MAX_YEARS = 2;
const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const yearsAfter = (day: string, years: number) =>
  `${Number(day.slice(0, 4)) + years}${day.slice(4).replace('-02-29', '-02-28')}`;

/** Later, never earlier, never into the past, and not once it was filed: on time or late stays so; with a reason (domain: Deadlines). */
export async function extendObligation(asker: Asker, input: ExtendObligationInput): Promise<Outcome> {
  refuseRole(asker.actor, 'extendObligation', 'ReportObligation');
  const errors: RawUserError[] = checkText(input.reason, ['reason'], { required: true, max: TEXT.comment });
  const dueOn = String(input.dueOn);
  return asker.door.writing<Outcome>(
    asker.actor,
    async (tx) => {
      const may = (row: ReportObligation | undefined) =>
        refuseRow(tx.actor, 'extendObligation', 'ReportObligation', row);
      may((await tx.find(ReportObligation, { id: input.obligationId }))[0]);
      // the report first, as every change of a report locks them
      const reportOf = async () => (await tx.find(Report, { obligationId: input.obligationId }, true))[0];
      let report: Report | undefined = await reportOf();
      const obligation = may(await tx.lock(ReportObligation, input.obligationId, 'extendObligation'));
      // begun in between; should that end in a deadlock, the next attempt finds it at once
      report ??= await reportOf();
      tx.notBefore(report?.updatedAt);
      const [province] = await tx.find(Province, { id: obligation.provinceId });
      const today = shanghaiToday(tx.now);
      const due = dueAt(dueOn, province.dueDayCounts);
      const notBefore = dueAt(today, province.dueDayCounts) > tx.now ? today : dayAfter(today);
      const notAfter = yearsAfter(obligation.dueOn > today ? obligation.dueOn : today, MAX_YEARS);
      if (!isExtensible(obligation)) errors.push(userError('ILLEGAL_TRANSITION', ['obligationId']));
      if (dueOn <= obligation.dueOn || dueOn < notBefore || dueOn > notAfter)
        errors.push(userError('INVALID', ['dueOn'], { after: obligation.dueOn, notBefore, notAfter }));
      if (errors.length) return { id: obligation.id, userErrors: errors };
      // the deadline has not passed after all: the desk is where the report lies now
      await tx.updateOne(
        ReportObligation,
        { id: obligation.id },
        { dueOn, dueAt: due, extensionReason: input.reason.trim(), desk: deskOf(report?.state) },
      );
      if (report)
        await tx.updateOne(
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
      const { isWorkday, lastWorkdayOnOrBefore: lastWorkday } = workdayOf(dueOn);
      const warnings = isWorkday ? [] : [userWarning('NOT_A_WORKDAY', ['dueOn'], { lastWorkday })];
      return { id: obligation.id, userErrors: [], warnings };
    },
    (outcome) => outcome.userErrors.length === 0 && !input.validateOnly,
  );
}
