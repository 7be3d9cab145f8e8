import type { EntityManager } from 'typeorm';
import { reportedAmong } from './cities.js';
import type { List } from './list.js';
import { type Memory, memoryOf, type Said, TABLES, type Table } from './memory.js';
import { cellsIn, FOLLOWS, ONCE, PUBLISHED, rowsOf } from './published.js';
import { CELLS, type Cell, consortiumId, type Row } from './rows.js';
import { unitIds } from './units.js';

/** What an application does with a difference. KEEP: the database was changed since, or nothing is deleted. */
export type Act = 'ADD' | 'CORRECT' | 'REMOVE' | 'KEEP' | 'REFUSE';
/** Why something is kept: its value or its row was changed since; it went since; the files don't have it any more. */
export type Why = 'CHANGED' | 'GONE' | 'UNLISTED';
export type Difference = {
  table: Table;
  id: string;
  provinceId: string | null;
  /** The file, and how a person finds the row in it. */
  file: string;
  label: string;
  /** Null: the whole row. */
  column: string | null;
  /** What the file says, and what the database has; null where that one has no such row. */
  published: unknown;
  current: unknown;
  act: Act;
  why?: Why;
  /** What the database has afterwards, and what is remembered as said. */
  becomes?: unknown;
  said?: unknown;
};
export type Comparison = { differences: Difference[]; unchanged: number; nameOf(id: string): string };

/**
 * Three sides of each value: what the files say, what the database has, and what the list last wrote there. Where the
 * database still has what the list wrote, the files' word holds; where it does not, somebody changed it since, and that stays.
 */
export async function compare(db: EntityManager, list: List): Promise<Comparison> {
  const memory = await memoryOf(db);
  const units = await unitIds(db, list, memory);
  const published = rowsOf(list, units);
  const current = await currentRows(db, memory, published);
  const cells = await cellsIn(db, [...published.cells.keys()]);

  const differences: Difference[] = [];
  let unchanged = 0;
  /** Cities with another name of their own by now: what sorts by it is no longer the files' either. */
  const renamed = new Set<unknown>();
  for (const table of TABLES) {
    const { file, label } = PUBLISHED[table];
    const of = (id: string, row: Record<string, unknown>) => ({
      table,
      id,
      provinceId: (table === 'province' ? id : (row.province_id as string)) ?? null,
      file: table === 'consortium' ? `${file}:${lineOf(list, id)}` : file,
      label: label(row as never),
    });
    for (const row of published[table]) {
      const said = memory[table].get(row.id);
      const has = current[table].get(row.id);
      const lists = table === 'consortium' ? published.cells.get(row.id)! : undefined;
      const place = of(row.id, row);
      if (!has) {
        const whole = { ...place, column: null, published: row, current: null };
        differences.push(
          said
            ? { ...whole, act: 'KEEP', why: 'GONE' }
            : { ...whole, act: 'ADD', becomes: row, said: { ...saidOf(row), ...lists } },
        );
        continue;
      }
      const found = [
        ...columnDifferences(row, has, said, renamed).map((one) => ({ ...place, ...one })),
        ...(lists ? cellDifferences(lists, cells.get(row.id)!, said).map((one) => ({ ...place, ...one })) : []),
      ];
      if (table === 'organization')
        for (const one of found) if (one.column === 'unified_social_credit_code') one.file = 'organizations.csv';
      if (table === 'city' && found.some(({ column, act }) => column === 'name' && act === 'KEEP')) renamed.add(row.id);
      if (found.length) differences.push(...found);
      else unchanged += 1;
    }
    const listed = new Set(published[table].map(({ id }) => id));
    for (const [id, said] of memory[table]) {
      const has = current[table].get(id);
      // a unit that no cell names any more is told of as a difference of that cell
      if (listed.has(id) || !has || table === 'organization' || table === 'park') continue;
      const whole = { ...of(id, has), file, column: null, published: null, current: has };
      const asSaid = Object.keys(said).every((column) => has[column] === said[column]);
      if (table !== 'department') differences.push({ ...whole, act: 'KEEP', why: 'UNLISTED' });
      else differences.push(asSaid ? { ...whole, act: 'REMOVE' } : { ...whole, act: 'KEEP', why: 'CHANGED' });
    }
  }
  await refuseReported(db, differences);
  return { differences, unchanged, nameOf: namesOf(published, current, memory) };
}

const saidOf = (row: Row): Said => Object.fromEntries(Object.entries(row).filter(([column]) => !ONCE.includes(column)));
const lineOf = (list: List, id: string) => list.consortia.find(({ code }) => consortiumId(code) === id)?.line;

type Current = Record<Table, Map<string, Record<string, unknown>>>;

async function currentRows(db: EntityManager, memory: Memory, published: Record<Table, Row[]>): Promise<Current> {
  const current = {} as Current;
  for (const table of TABLES) {
    const ids = new Set([...published[table].map(({ id }) => id), ...memory[table].keys()]);
    const rows: { row: Record<string, unknown> & { id: string } }[] = await db.query(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE id = ANY($1)`,
      [[...ids]],
    );
    current[table] = new Map(rows.map(({ row }) => [row.id, row]));
  }
  return current;
}

type Found = Pick<Difference, 'column' | 'published' | 'current' | 'act' | 'why' | 'becomes' | 'said'>;

function columnDifferences(
  row: Row,
  has: Record<string, unknown>,
  said: Said | undefined,
  renamed: Set<unknown>,
): Found[] {
  const acts = new Map<string, Act>();
  const found: Found[] = [];
  const columns = Object.keys(row).filter((column) => !ONCE.includes(column));
  // what follows another column comes after it
  for (const column of columns.sort((a, b) => Number(a in FOLLOWS) - Number(b in FOLLOWS))) {
    if (row[column] === has[column]) continue;
    const asSaid = said && has[column] === said[column] && !(column === 'city_sort' && renamed.has(row.city_id));
    const act = acts.get(FOLLOWS[column]) ?? (asSaid ? 'CORRECT' : 'KEEP');
    acts.set(column, act);
    found.push({
      column,
      published: row[column],
      current: has[column],
      ...(act === 'CORRECT' ? { act, becomes: row[column], said: row[column] } : { act, why: 'CHANGED' }),
    });
  }
  return found;
}

function cellDifferences(lists: Record<Cell, string[]>, has: Record<Cell, string[]>, said: Said | undefined): Found[] {
  return CELLS.flatMap((cell): Found[] => {
    const published = lists[cell];
    const current = has[cell];
    if (same(published, current)) return [];
    const difference = { column: cell, published, current };
    const before = said?.[cell];
    const becomes = before ? merge(before, current, published) : current;
    if (!before || same(becomes, current)) return [{ ...difference, act: 'KEEP', why: 'CHANGED' }];
    return [{ ...difference, act: 'CORRECT', becomes, said: remember(before, current, published) }];
  });
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((one, i) => one === b[i]);

/** What the files took away goes, what they added comes, and what somebody else changed since stays where it is. */
export function merge(said: string[], current: string[], published: string[]): string[] {
  if (same(said, current)) return published;
  const stays = current.filter((unit) => published.includes(unit) || !said.includes(unit));
  return [...stays, ...published.filter((unit) => !said.includes(unit) && !current.includes(unit))];
}

/** What the list stands behind from now on: not what somebody else brought, and still what somebody else took away. */
const remember = (said: string[], current: string[], published: string[]): string[] => [
  ...published.filter((unit) => said.includes(unit) || !current.includes(unit)),
  ...said.filter((unit) => !published.includes(unit) && !current.includes(unit)),
];

/** A report's history can't be rewritten: after the first report the city stands. */
async function refuseReported(db: EntityManager, differences: Difference[]): Promise<void> {
  const moves = differences.filter(
    ({ table, column, act }) => table === 'consortium' && column === 'city_id' && act === 'CORRECT',
  );
  const reported = await reportedAmong(
    db,
    moves.map(({ id }) => id),
  );
  for (const move of moves) if (reported.has(move.id)) move.act = 'REFUSE';
}

/** What people call what an id stands for. */
function namesOf(published: Record<Table, Row[]>, current: Current, memory: Memory): (id: string) => string {
  const names = new Map<string, unknown>();
  for (const table of TABLES) {
    for (const [id, { name }] of memory[table]) names.set(id, name);
    for (const { id, name } of published[table]) names.set(id, name);
    for (const [id, { name }] of current[table]) names.set(id, name);
  }
  return (id) => String(names.get(id) ?? id);
}
