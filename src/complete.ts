import type { DataSource } from 'typeorm';
import { DATABASE_ROLE } from './access/actor.js';
import { assertWalls } from './access/complete.js';
import { shapeOf } from './access/conditions.js';
import { registrationOf } from './database/registered.js';
import { entities, nodes } from './entities.js';
import { features } from './features.js';
import { rowsOf, type Way } from './workflow/workflow.js';

/** What is half registered does not start: it would be refused, or open, by accident. */
export async function assertComplete(source: DataSource): Promise<void> {
  const ways = features.flatMap(({ workflows }) => workflows ?? []);
  const lacking = [...unworded(), ...ways.flatMap(withoutRule)];
  if (lacking.length) throw new Error(`half registered: ${lacking.join(', ')}`);
  await assertWalls(source);
  await assertSteps(source, ways);
}

const unworded = (): string[] => [
  ...entities.filter(({ name }) => !registrationOf(name)).map(({ name }) => `${name}: @Registered`),
  ...nodes().flatMap(({ name }) => (registrationOf(name)?.prefix ? [] : [`${name}: its prefix`])),
];

/** A step or an edit that its role has no right to could never be taken. */
const withoutRule = ({ name, steps, edits }: Way): string[] => {
  const rights = [
    ...steps.map((s) => [s.name, s.by] as const),
    ...edits.flatMap((e) => e.by.map((by) => [e.name, by] as const)),
  ];
  return rights
    .filter(([action, role]) => !shapeOf(role).rules.some((rule) => [rule.action].flat().includes(action as never)))
    .map(([action, role]) => `${name}: access/policy.ts gives ${role} no ${action}`);
};

/** The database holds the declarations row by row, or guards another workflow than the one that is served. */
async function assertSteps(source: DataSource, ways: readonly Way[]): Promise<void> {
  const rows: object[] = await source.query('SELECT * FROM declared_steps()');
  const said = (all: object[]) => new Set(all.map((row) => JSON.stringify(row)));
  const [ours, theirs] = [said(ways.flatMap(rowsOf).map((row) => ({ ...row, by: DATABASE_ROLE[row.by] }))), said(rows)];
  const differing = [...ours].filter((row) => !theirs.has(row)).concat([...theirs].filter((row) => !ours.has(row)));
  if (differing.length) throw new Error(`workflows: the database has other rows: ${differing.slice(0, 3).join(', ')}`);
}
