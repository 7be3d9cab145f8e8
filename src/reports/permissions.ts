import type { Actor } from '../access/actor.js';
import { typed } from '../access/conditions.js';
import { type Ability, type Action, abilityFor } from '../access/policy.js';
import type { PermissionReason, Role } from '../graph/enums.js';
import type { ReportObligation } from './obligation.entity.js';
import type { Permission, ReportObligationPermissions, ReportPermissions } from './report.types.js';
import { type Facts, isEditable, isExtensible, objections, rolesFor, type TransitionName } from './workflow.js';

type Row = { consortiumId: string; cityId: string; provinceId: string };

/** `allowedRoles`: who could do it now, the same for whoever asks. */
function permission(reason: PermissionReason | undefined, allowedRoles: Role[]): Permission {
  return {
    allowed: !reason,
    reason: reason ?? null,
    allowedRoles,
  };
}

/** The flags of a report: the same rules, asked with the same row, as the mutations ask them. */
export function reportPermissions(actor: Actor, row: Row & Facts): ReportPermissions {
  const ability = abilityFor(actor.role, actor);
  const may = (action: Action) => ability.can(action, typed('Report', { ...row }));
  const step = (name: TransitionName): Permission => {
    const reason = may(name) ? objections(name, actor, row)[0] : 'NOT_YOUR_ROLE';
    return permission(reason, rolesFor(name, row));
  };
  const edits = (action: Action, roles: Role[], lacks?: PermissionReason): Permission => {
    const editable = isEditable(row.state!);
    const reason = may(action) ? (editable ? lacks : 'WRONG_STATE') : 'NOT_YOUR_ROLE';
    return permission(reason, editable ? roles : []);
  };
  const unsealable = row.gaps?.documents.includes('STAMPED_PDF') ? 'DOCUMENT_MISSING' : undefined;
  return {
    edit: edits('updateReportDraft', ['BOARD']),
    attestSeal: edits('attestSeal', ['BOARD', 'SEAL_UNIT'], unsealable),
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
  row: Row & Pick<ReportObligation, 'filedAt'>,
  facts: Facts,
): ReportObligationPermissions {
  const ability: Ability = abilityFor(actor.role, actor);
  const may = (action: Action) => ability.can(action, typed('ReportObligation', { ...row }));
  const extensible = isExtensible(row);
  const free = objections('createReportDraft', { ...actor, role: 'BOARD' }, facts);
  return {
    createReportDraft: permission(may('createReportDraft') ? free[0] : 'NOT_YOUR_ROLE', free.length ? [] : ['BOARD']),
    extendObligation: permission(
      may('extendObligation') ? (extensible ? undefined : 'WRONG_STATE') : 'NOT_YOUR_ROLE',
      extensible ? ['PROVINCE'] : [],
    ),
  };
}
