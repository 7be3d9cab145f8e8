import type { AnyAbility } from '@casl/ability';
import { rulesToAST } from '@casl/ability/extra';
import type { EntityMetadata } from 'typeorm';
import { type Actor, NOWHERE, type Scope } from './actor.js';
import { type Ability, type Action, abilityFor } from './policy.js';

/** A rule's value that stands for the actor's own: conditions are compiled once per role, never per actor. */
const PLACEHOLDER = '\u0000my.';
const symbolic = Object.fromEntries(
  Object.keys(NOWHERE).map((key) => [key, key === 'assignedConsortiumIds' ? [PLACEHOLDER + key] : PLACEHOLDER + key]),
) as unknown as Scope;

const shapes = new Map<Actor['role'], Ability>();
/** The shape of a role's rights: right for classes and fields; for rows ask `abilityFor` with the actor's own scope. */
export function shapeOf(role: Actor['role']): Ability {
  let shape = shapes.get(role);
  if (!shape) {
    shape = abilityFor(role, symbolic);
    shapes.set(role, shape);
  }
  return shape;
}

const abilities = new WeakMap<Actor, Ability>();
/** What this actor may do, for judging rows: whoever comes with the same token comes as the same object. */
export function abilityOf(actor: Actor): Ability {
  let ability = abilities.get(actor);
  if (!ability) {
    ability = abilityFor(actor.role, actor);
    abilities.set(actor, ability);
  }
  return ability;
}

/** Does the role have any such right at all? Decides FORBIDDEN before anything is looked up. */
export const hasRight = (role: Actor['role'], action: Action, subject: string): boolean =>
  (shapeOf(role) as AnyAbility).rulesFor(action, subject).some((rule) => !rule.inverted);

export const mayReadField = (role: Actor['role'], subject: string, field: string): boolean =>
  shapeOf(role).can('read', subject, field);

export type Parameters = {
  /** A value of the actor's scope, bound when the statement runs. */
  scope(key: keyof Scope): string;
  constant(value: unknown): string;
};

type Condition = { operator: string; field?: string; value: any };

/** Where a property of the rule stands in SQL. */
type ColumnOf = (property: string) => string | undefined;

/** Wall one as SQL: the condition on the rows of `alias` under which the role may do this. */
export function condition(
  role: Actor['role'],
  action: Action,
  table: EntityMetadata,
  alias: string,
  p: Parameters,
  columnOf: ColumnOf = columnsOf(table, alias),
): string {
  const ast = rulesToAST(shapeOf(role) as AnyAbility, action, table.name as never) as Condition | null;
  return ast ? compile(ast, table, alias, p, columnOf) : 'FALSE';
}

const columnsOf =
  (table: EntityMetadata, alias: string): ColumnOf =>
  (property) => {
    const column = table.findColumnWithPropertyName(property);
    return column && `${alias}.${column.databaseName}`;
  };

function compile(c: Condition, table: EntityMetadata, alias: string, p: Parameters, columnOf: ColumnOf): string {
  if (c.operator === 'and' || c.operator === 'or') {
    const parts = (c.value as Condition[]).map((part) => compile(part, table, alias, p, columnOf));
    if (parts.length === 0) return 'TRUE';
    return parts.length === 1 ? parts[0] : `(${parts.join(c.operator === 'and' ? ' AND ' : ' OR ')})`;
  }
  // keeps SQL and memory agreed where a value is NULL
  if (c.operator === 'not') return `NOT COALESCE(${compile(c.value[0], table, alias, p, columnOf)}, FALSE)`;

  const [head, ...rest] = c.field!.split('.');
  if (rest.length) {
    const relation = table.findRelationWithPropertyPath(head);
    if (!relation) throw new Error(`policy: ${table.name} has no relation ${head}`);
    const inner = `${alias}_${relation.inverseEntityMetadata.tableName}`;
    const [join, there, here] = relation.isOwning
      ? [relation.joinColumns[0], inner, alias]
      : [relation.inverseRelation!.joinColumns[0], alias, inner];
    const to = relation.inverseEntityMetadata;
    const compiled = compile({ ...c, field: rest.join('.') }, to, inner, p, columnsOf(to, inner));
    return `EXISTS (SELECT 1 FROM ${to.tableName} ${inner} WHERE ${there}.${join.referencedColumn!.databaseName} = ${here}.${join.databaseName} AND ${compiled})`;
  }
  const sql = columnOf(head);
  if (!sql) throw new Error(`policy: ${table.name} has no column ${head}`);
  const value = (v: unknown) =>
    typeof v === 'string' && v.startsWith(PLACEHOLDER)
      ? p.scope(v.slice(PLACEHOLDER.length) as keyof Scope)
      : p.constant(v);
  switch (c.operator) {
    case 'eq':
      return c.value === null ? `${sql} IS NULL` : `${sql} = ${value(c.value)}`;
    case 'ne':
      return c.value === null ? `${sql} IS NOT NULL` : `${sql} <> ${value(c.value)}`;
    case 'in': {
      const [first] = c.value as unknown[];
      // a placeholder list is one array of the actor's
      if (typeof first === 'string' && first.startsWith(PLACEHOLDER)) return `${sql} = ANY(${value(first)})`;
      return `${sql} IN (${(c.value as unknown[]).map(value).join(', ')})`;
    }
    default:
      throw new Error(`policy: operator ${c.operator} has no SQL`);
  }
}

/** Rows judged in memory carry dotted paths as nested objects; the type's name tells which rules apply. */
export const typed = <T extends object>(type: string, row: T): T & { __type: string } =>
  Object.assign(row, { __type: type });
