import { Column } from 'typeorm';
import { ReportRevision } from '../../src/reports/revision.entity.js';
import { change, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

/** A column that came to be after every guard was written. */
Column({ type: 'text', nullable: true })(ReportRevision.prototype, 'remark');

const CODE = '430000-2024-06';
let s: TestService;
beforeAll(async () => {
  s = await testService();
  await s.owner.query('ALTER TABLE report_revision ADD remark text');
});
afterAll(() => s?.close());

it('freezes a new column with what was submitted, and copies it into the draft that a return leaves', async () => {
  const { id, version } = await submitted(s, CODE, 'ANNUAL_SUMMARY', 2026);
  const remark = (number: string) =>
    `UPDATE report_revision SET remark = 'changed' WHERE report_id = '${id}' AND number ${number}`;
  await expect(s.owner.query(remark('= 1'))).rejects.toMatchObject({ code: 'IEC02' });

  // as if it had been written in the draft
  await s.owner.query('ALTER TABLE report_revision DISABLE TRIGGER guard_submitted');
  await s.owner.query(`UPDATE report_revision SET remark = 'as submitted' WHERE report_id = '${id}'`);
  await s.owner.query('ALTER TABLE report_revision ENABLE ALWAYS TRIGGER guard_submitted');
  const { userErrors } = await change(s, s.token('CITY_BUREAU', '430400'), 'returnReport', {
    reportId: id,
    expectedVersion: version,
    comment: '请补充',
  });
  expect(userErrors).toEqual([]);
  const revisions = () =>
    s.owner.query(`SELECT number, title, remark FROM report_revision WHERE report_id = '${id}' ORDER BY number`);
  const [first, draft] = await revisions();
  expect(first).toEqual({ number: 1, title: expect.any(String), remark: 'as submitted' });
  expect(draft).toEqual({ ...first, number: null });

  await s.owner.query(remark('IS NULL'));
  expect((await revisions()).map((row: { remark: string }) => row.remark)).toEqual(['as submitted', 'changed']);
});
