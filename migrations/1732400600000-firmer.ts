import type { MigrationInterface, QueryRunner } from 'typeorm';
import { statementsOf } from './access/rules.js';
import { TOKENS as TOKENS_BEFORE } from './files/guards.js';
import { BY_UNIT, STEPS, STILL, TOKENS } from './firmer/guards.js';
import { BY_ANYBODY, BY_ITSELF, NAMED, RIGHTS, UNIT, UNNAMED } from './firmer/rights.js';

/** What rested on the service's good manners is held by the database. */
export class Firmer1732400600000 implements MigrationInterface {
  name = 'Firmer1732400600000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE idempotent_answer ADD changed boolean NOT NULL DEFAULT false');
    for (const part of [STEPS, STILL, BY_UNIT, TOKENS, UNNAMED, BY_ITSELF]) await db.query(part);
    await db.query([...RIGHTS, ...UNIT].flatMap(statementsOf).join(';\n'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(BY_ANYBODY);
    await db.query(`
      DROP FUNCTION guard_chain(), settle_step(), guard_deadline(), guard_sealing(), guard_by_unit() CASCADE;
      DROP POLICY seal_unit_removes_seal_attestation ON seal_attestation;
      REVOKE DELETE ON seal_attestation FROM iec_seal_unit;
      ALTER TABLE seal_attestation DROP by_unit;
      DROP POLICY job_changes_report_obligation ON report_obligation;
      REVOKE UPDATE (due_at) ON report_obligation FROM iec_job;
      DROP POLICY loader_reads_seal_requirement ON seal_requirement;
      REVOKE SELECT ON seal_requirement FROM iec_loader;
      ALTER TABLE idempotent_answer DROP changed;
    `);
    for (const part of [TOKENS_BEFORE, NAMED]) await db.query(part);
  }
}
