import { Client } from 'pg';
import { DATABASE_ROLE } from '../../src/access/actor.js';
import { REPORT_WAY } from '../../src/reports/workflow.js';
import { objections, rolesFor, rowsOf } from '../../src/workflow/workflow.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

const actor = (role: string, accountId = 'acc_1') => ({ role, accountId }) as never;

describe("the report's way", () => {
  let database: OwnedDatabase;
  beforeAll(async () => {
    database = await ownedDatabase();
  });
  afterAll(() => database?.drop());

  it("is the database's own guard, row by row", async () => {
    const client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query('SELECT * FROM declared_steps()');
    await client.end();
    // strictly: a column that one side lacks is a difference, as JSON would not say
    const key = (row: { name: string; from: unknown; by: unknown }) => `${row.name} ${row.from} ${row.by}`;
    const sorted = <R extends { name: string; from: unknown; by: unknown }>(all: R[]) =>
      [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(rows.length).toBeGreaterThan(5);
    expect(sorted(rowsOf(REPORT_WAY).map((row) => ({ ...row, by: DATABASE_ROLE[row.by] })))).toStrictEqual(
      sorted(rows),
    );
  });

  it('gives each step to exactly those whose turn it is', () => {
    const roles = (name: string, state: 'SUBMITTED' | 'ACCEPTED' | 'CITY_APPROVED') =>
      rolesFor(REPORT_WAY, name, actor('PUBLIC'), { state });
    expect(roles('approveReport', 'SUBMITTED')).toEqual(['CITY_BUREAU']);
    expect(roles('approveReport', 'ACCEPTED')).toEqual([]);
    expect(roles('returnReport', 'CITY_APPROVED')).toEqual(['PROVINCE']);
    expect(REPORT_WAY.turns.RETURNED).toBe('BOARD');
  });

  it('lets nobody decide on their own submission', () => {
    const against = (submittedByAccountId: string) =>
      objections(
        REPORT_WAY,
        'approveReport',
        actor('CITY_BUREAU'),
        { state: 'SUBMITTED', submittedByAccountId },
        'reportId',
      );
    expect(against('acc_1')).toEqual([
      { reason: 'SAME_PERSON', errors: [{ code: 'SAME_PERSON', path: ['reportId'], params: [] }] },
    ]);
    expect(against('acc_2')).toEqual([]);
  });
});
