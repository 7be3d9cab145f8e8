import type { Actor } from '../access/actor.js';
import { typed } from '../access/conditions.js';
import { type Ability, type Action, abilityFor } from '../access/policy.js';
import type { PermissionReason, Role } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import type { Language } from '../graph/language.js';
import type { Permission, ReportObligationPermissions, ReportPermissions } from './report.types.js';
import { type Facts, isEditable, objections, rolesFor, type TransitionName } from './workflow.js';

type Row = { consortiumId: string; cityId: string; provinceId: string };
const CLOSED: readonly PermissionReason[] = ['CONSORTIUM_CLOSED', 'REPORT_EXISTS', 'WRONG_STATE'];

function permission(reason: PermissionReason | undefined, allowedRoles: Role[], language: Language): Permission {
  return {
    allowed: !reason,
    reason: reason ?? null,
    reasonLabel: reason ? labelOf('PermissionReason', reason, language) : null,
    allowedRoles: reason && CLOSED.includes(reason) ? [] : allowedRoles,
  };
}

/** The flags of a report: the same rules, asked with the same row, as the mutations ask them. */
export function reportPermissions(actor: Actor, row: Row & Facts, language: Language): ReportPermissions {
  const ability = abilityFor(actor.role, actor);
  const may = (action: Action) => ability.can(action, typed('Report', { ...row }));
  const step = (name: TransitionName): Permission => {
    const reason = may(name) ? objections(name, actor, row)[0] : 'NOT_YOUR_ROLE';
    return permission(reason, rolesFor(name, row), language);
  };
  const edits = (action: Action): Permission => {
    const editable = isEditable(row.state!);
    const reason = may(action) ? (editable ? undefined : 'WRONG_STATE') : 'NOT_YOUR_ROLE';
    return permission(reason, editable ? ['BOARD'] : [], language);
  };
  return {
    edit: edits('updateReportDraft'),
    attestSeal: edits('attestSeal'),
    submit: step('submitReport'),
    withdraw: step('withdrawReport'),
    approve: step('approveReport'),
    return: step('returnReport'),
    accept: step('acceptReport'),
    reopen: step('reopenReport'),
  };
}

export function obligationPermissions(
  actor: Actor,
  row: Row,
  facts: Facts,
  language: Language,
): ReportObligationPermissions {
  const ability: Ability = abilityFor(actor.role, actor);
  const may = (action: Action) => ability.can(action, typed('ReportObligation', { ...row }));
  const free = objections('createReportDraft', { ...actor, role: 'BOARD' }, facts);
  return {
    createReportDraft: permission(
      may('createReportDraft') ? free[0] : 'NOT_YOUR_ROLE',
      free.length ? [] : ['BOARD'],
      language,
    ),
    extendObligation: permission(may('extendObligation') ? undefined : 'NOT_YOUR_ROLE', ['PROVINCE'], language),
  };
}
