import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { loadList } from '../../seeds/load.js';
import type { ReportKind } from '../../src/graph/enums.js';
import { dueAt, dueDate } from '../../src/reports/calendar.js';
import { ensureObligations } from '../../src/reports/obligations.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

type Obligation = { year: number; kind: ReportKind; due_on: string; due_at: Date };

let database: OwnedDatabase;
let client: Client;
const NOW = new Date('2026-11-24T02:00:00Z');
const ensure = async (now: Date) => {
  await client.query('BEGIN; SET LOCAL ROLE iec_job');
  await ensureObligations((sql, params) => client.query(sql, params), now);
  await client.query('COMMIT');
};
const obligations = async (code: string): Promise<Obligation[]> =>
  (
    await client.query(
      `SELECT o.year, o.kind, o.due_on::text, o.due_at FROM report_obligation o JOIN consortium c ON c.id = o.consortium_id
       WHERE c.code = $1 ORDER BY o.due_on`,
      [code],
    )
  ).rows;
const count = async () => (await client.query('SELECT count(*)::int AS n FROM report_obligation')).rows[0].n;

beforeAll(async () => {
  database = await ownedDatabase();
  const owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  await loadList(owner);
  await owner.destroy();
  client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});
beforeEach(() => client.query('DELETE FROM report_obligation'));

it('begins with the half-year summary of 2024 and ends with next year', async () => {
  await ensure(NOW);
  const found = await obligations('430000-2024-06');
  expect(found.map(({ due_on }) => due_on)).toEqual([
    '2024-06-20',
    '2024-12-20',
    ...[2025, 2026, 2027].flatMap((year) => [`${year}-01-20`, `${year}-06-20`, `${year}-12-20`]),
  ]);
  expect(found.slice(0, 3).map(({ kind }) => kind)).toEqual([
    'HALF_YEAR_SUMMARY',
    'ANNUAL_SUMMARY',
    'ANNUAL_WORK_PLAN',
  ]);
  expect(await count()).toBe(21 * 11);
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM report_obligation o JOIN consortium c USING (province_id, city_id, city_code, list_number)
     WHERE c.id = o.consortium_id AND o.id ~ '^obl_[0-9a-f]{32}$' AND o.desk = 'BOARD' AND o.filed_at IS NULL`,
  );
  expect(rows[0].n).toBe(21 * 11);
});

it.each([true, false])('is due when the calendar says so (the day counts: %s)', async (dueDayCounts) => {
  await client.query('UPDATE province SET due_day_counts = $1', [dueDayCounts]);
  await ensure(NOW);
  await client.query('UPDATE province SET due_day_counts = true');
  for (const { year, kind, due_on, due_at } of await obligations('430000-2024-01')) {
    expect(due_on).toBe(dueDate(kind, year));
    expect(due_at).toEqual(dueAt(due_on, dueDayCounts));
  }
});

it('changes nothing when said again, extensions included, and gives a new year its own', async () => {
  await ensure(NOW);
  await client.query(
    `UPDATE report_obligation SET due_on = '2027-02-01', due_at = '2027-02-01T15:59:59.999Z', extension_reason = '冰雪灾害' WHERE year = 2027 AND kind = 'ANNUAL_WORK_PLAN'`,
  );
  const before = (await client.query('SELECT xmin::text, * FROM report_obligation ORDER BY id')).rows;
  await ensure(NOW);
  expect((await client.query('SELECT xmin::text, * FROM report_obligation ORDER BY id')).rows).toEqual(before);
  await ensure(new Date('2026-12-31T15:59:59.999Z'));
  expect(await count()).toBe(21 * 11);
  await ensure(new Date('2026-12-31T16:00:00.000Z'));
  expect(await count()).toBe(21 * 14);
});

it('follows the province where it changes whether the due day counts: what is neither filed nor due', async () => {
  await ensure(NOW);
  const extended = `year = 2027 AND kind = 'HALF_YEAR_SUMMARY' AND consortium_id = (SELECT id FROM consortium WHERE list_number = 1)`;
  await client.query(
    `UPDATE report_obligation SET due_on = '2027-07-01', due_at = '2027-07-01T15:59:59.999Z' WHERE ${extended}`,
  );
  const due = async (name = '430000-2024-01') =>
    Object.fromEntries((await obligations(name)).map(({ due_on, due_at }) => [due_on, due_at.toISOString()]));
  const before = await due();
  await client.query('UPDATE province SET due_day_counts = false');
  await ensure(NOW);
  expect(await due()).toEqual({
    ...before,
    '2026-12-20': '2026-12-19T15:59:59.999Z',
    '2027-01-20': '2027-01-19T15:59:59.999Z',
    '2027-07-01': '2027-06-30T15:59:59.999Z',
    '2027-12-20': '2027-12-19T15:59:59.999Z',
  });
  // on the day itself nothing becomes late by the change
  await client.query('UPDATE province SET due_day_counts = true');
  await ensure(new Date('2026-12-20T02:00:00Z'));
  expect((await due())['2026-12-20']).toBe('2026-12-19T15:59:59.999Z');
  expect((await due())['2027-01-20']).toBe('2027-01-20T15:59:59.999Z');
  await client.query('UPDATE province SET due_day_counts = false');
  await ensure(new Date('2027-01-20T02:00:00Z'));
  expect((await due())['2027-01-20']).toBe('2027-01-20T15:59:59.999Z');
});

it('counts the day of the designation, and the years before it not', async () => {
  await client.query(`UPDATE designation SET signed_on = '2024-12-20'`);
  await ensure(NOW);
  await client.query(`UPDATE designation SET signed_on = '2024-05-16'`);
  expect((await obligations('430000-2024-01'))[0]).toMatchObject({ due_on: '2024-12-20', kind: 'ANNUAL_SUMMARY' });
});

it('asks nothing of a consortium that left the list, and still of one with a warning', async () => {
  await client.query(
    `UPDATE consortium SET status = CASE list_number WHEN 1 THEN 'REMOVED' WHEN 2 THEN 'DISQUALIFIED' WHEN 3 THEN 'WARNED' END WHERE list_number <= 3`,
  );
  await ensure(NOW);
  await client.query(`UPDATE consortium SET status = 'ACTIVE'`);
  const found: Obligation[][] = [];
  for (const number of [1, 2, 3]) found.push(await obligations(`430000-2024-0${number}`));
  expect(found.map(({ length }) => length)).toEqual([0, 0, 11]);
});

it('makes each once when two say it at the same moment', async () => {
  const other = new Client({ connectionString: database.ownerUrl });
  await other.connect();
  await Promise.all([ensure(NOW), ensureObligations((sql, params) => other.query(sql, params), NOW)]);
  await other.end();
  expect(await count()).toBe(21 * 11);
});
