import { Field, ObjectType } from 'type-graphql';
import type { Actor } from '../access/actor.js';
import { abilityOf, typed } from '../access/conditions.js';
import type { Action } from '../access/policy.js';
import { PermissionReason, Role } from '../graph/enums.js';
import { AtMost } from '../graph/hints.js';
import { objections, rolesFor, type Way } from './workflow.js';

@ObjectType({
  simpleResolvers: true,
  description: '某项操作现在是否可行。 Whether something may be done now, from the rule that guards it.',
})
export class Permission {
  @Field({ description: '是否可行。 May the viewer do it now?' })
  allowed!: boolean;
  @Field(() => PermissionReason, { nullable: true, description: '不可行的原因。 Why not.' })
  reason!: PermissionReason | null;
  @Field(() => [Role], { description: '现在可执行的角色。 Who could do it now.' })
  @AtMost(Object.keys(Role).length)
  allowedRoles!: Role[];
}

/** `allowedRoles`: who could do it now, the same for whoever asks. */
export const permission = (reason: PermissionReason | undefined, allowedRoles: Role[]): Permission => ({
  allowed: !reason,
  reason: reason ?? null,
  allowedRoles,
});

/**
 * The flags of an object: by name of the flag, what the mutation behind it would say now. The same declaration and the same rules,
 * asked with the same row. `subject`: on what the right is, where something begins on another object.
 */
export function permissions<P extends string, F extends { state: string | null }>(
  way: Way<F>,
  actor: Actor,
  row: object,
  facts: F,
  flags: Record<P, string>,
  subject = way.name,
): Record<P, Permission> {
  const ability = abilityOf(actor);
  const judged = typed(subject, { ...row });
  const flag = (name: string): Permission => {
    const may = ability.can(name as Action, judged);
    const reason = may ? objections(way, name, actor, facts, '')[0]?.reason : 'NOT_YOUR_ROLE';
    return permission(reason, rolesFor(way, name, actor, facts));
  };
  return Object.fromEntries(Object.entries<string>(flags).map(([key, name]) => [key, flag(name)])) as Record<
    P,
    Permission
  >;
}
