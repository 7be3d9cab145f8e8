import type { MigrationInterface, QueryRunner } from 'typeorm';
import { statementsOf } from './access/rules.js';
import { OBLIGATIONS, OWN_DRAFT } from './narrower/guards.js';
import { TAKEN } from './narrower/rights.js';

/** Wall two as narrow as wall one: rights that nothing uses are taken back, and what is left is guarded. */
export class Narrower1732400500000 implements MigrationInterface {
  name = 'Narrower1732400500000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      TAKEN.flatMap((rule) =>
        statementsOf(rule).map((statement) =>
          statement
            .replace(/^GRANT (.*) TO (\w+)$/, 'REVOKE $1 FROM $2')
            .replace(/^CREATE POLICY (\w+) ON (\w+) .*$/s, 'DROP POLICY $1 ON $2'),
        ),
      ).join(';\n'),
    );
    // a reason is free text: whoever reads de-identified rows does not read it
    await db.query(`
      REVOKE SELECT ON report_obligation FROM iec_analyst;
      GRANT SELECT (id, province_id, city_id, city_code, consortium_id, list_number, year, kind, due_on, due_at, filed_at, desk)
        ON report_obligation TO iec_analyst;
    `);
    for (const part of [OBLIGATIONS, OWN_DRAFT]) await db.query(part);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION guard_obligation(), settle_obligation(), guard_own_draft() CASCADE;
      DROP FUNCTION is_drafted_here(text);
      REVOKE SELECT (id, province_id, city_id, city_code, consortium_id, list_number, year, kind, due_on, due_at, filed_at, desk)
        ON report_obligation FROM iec_analyst;
      GRANT SELECT ON report_obligation TO iec_analyst;
    `);
    await db.query(TAKEN.flatMap(statementsOf).join(';\n'));
  }
}
