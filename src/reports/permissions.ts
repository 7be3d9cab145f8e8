import type { Actor } from '../access/actor.js';
import { abilityOf, typed } from '../access/conditions.js';
import { permission, permissions } from '../workflow/permission.js';
import type { ReportObligation } from './obligation.entity.js';
import type { ReportObligationPermissions, ReportPermissions } from './report.types.js';
import { type Facts, isExtensible, REPORT_WAY } from './workflow.js';

type Row = { consortiumId: string; cityId: string; provinceId: string };

/** The mutation behind each flag. */
const FLAGS = {
  edit: 'updateReportDraft',
  attestSeal: 'attestSeal',
  submit: 'submitReport',
  withdraw: 'withdrawReport',
  approve: 'approveReport',
  return: 'returnReport',
  accept: 'acceptReport',
  reopen: 'reopenReport',
} as const satisfies Record<keyof ReportPermissions, string>;

export const reportPermissions = (actor: Actor, row: Row & Facts): ReportPermissions =>
  permissions(REPORT_WAY, actor, row, row, FLAGS);

export function obligationPermissions(
  actor: Actor,
  row: Row & Pick<ReportObligation, 'filedAt'>,
  facts: Facts,
): ReportObligationPermissions {
  const extensible = isExtensible(row);
  const mayExtend = abilityOf(actor).can('extendObligation', typed('ReportObligation', { ...row }));
  return {
    ...permissions(REPORT_WAY, actor, row, facts, { createReportDraft: 'createReportDraft' }, 'ReportObligation'),
    // on the obligation, whether or not there is a report
    extendObligation: permission(
      mayExtend ? (extensible ? undefined : 'WRONG_STATE') : 'NOT_YOUR_ROLE',
      extensible ? ['PROVINCE'] : [],
    ),
  };
}
