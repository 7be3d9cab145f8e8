import { Client } from 'pg';
import { DATABASE_ROLE } from '../../src/access/actor.js';
import { objections, rolesFor, TURN_OF, WORKFLOW } from '../../src/reports/workflow.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';

describe('the workflow table', () => {
  let database: OwnedDatabase;
  beforeAll(async () => {
    database = await ownedDatabase();
  });
  afterAll(() => database?.drop());

  it("is the database's own guard, row by row", async () => {
    const client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query('SELECT name, from_state, to_state, db_role FROM workflow_transition');
    await client.end();
    const theirs = rows.map((r) => `${r.name} ${r.from_state} ${r.to_state} ${r.db_role}`).sort();
    const ours = WORKFLOW.map((t) => `${t.name} ${t.from} ${t.to} ${DATABASE_ROLE[t.by]}`).sort();
    expect(ours).toEqual(theirs);
  });

  it('gives each step to exactly those whose turn it is', () => {
    expect(rolesFor('approveReport', { state: 'SUBMITTED' })).toEqual(['CITY_BUREAU']);
    expect(rolesFor('approveReport', { state: 'ACCEPTED' })).toEqual([]);
    expect(rolesFor('returnReport', { state: 'CITY_APPROVED' })).toEqual(['PROVINCE']);
    expect(TURN_OF.RETURNED).toBe('BOARD');
  });

  it('lets nobody decide on their own submission', () => {
    const actor = { role: 'CITY_BUREAU', accountId: 'acc_1' } as never;
    expect(objections('approveReport', actor, { state: 'SUBMITTED', submittedByAccountId: 'acc_1' })).toEqual([
      'SAME_PERSON',
    ]);
    expect(objections('approveReport', actor, { state: 'SUBMITTED', submittedByAccountId: 'acc_2' })).toEqual([]);
  });
});
