import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BUDGETS } from './kept/budgets.js';
import { LINES, MADE_ONE_LINE, nameOf } from './kept/lines.js';

const INDEXES = {
  ix_upload_token_id_created_at: 'upload (token_id, created_at)',
  ix_audit_entry_token_id_action_at: 'audit_entry (token_id, action, at)',
  ix_idempotent_answer_token_id_created_at: 'idempotent_answer (token_id, created_at)',
};

/** What one token leaves behind has a budget, and what is a line is one line. */
export class Kept1732400900000 implements MigrationInterface {
  name = 'Kept1732400900000';

  async up(db: QueryRunner): Promise<void> {
    for (const [name, columns] of Object.entries(INDEXES)) await db.query(`CREATE INDEX ${name} ON ${columns}`);
    await db.query(`
      ALTER TABLE idempotent_answer ADD weight integer NOT NULL DEFAULT 262144;
      UPDATE idempotent_answer SET weight = greatest(1024, octet_length(answer ->> 'text'));
    `);
    for (const part of [BUDGETS, MADE_ONE_LINE]) await db.query(part);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const line of LINES) await db.query(`ALTER TABLE ${line.table} DROP CONSTRAINT ${nameOf(line)}`);
    await db.query(`
      DROP FUNCTION guard_upload_budget(), guard_change_budget(), guard_answer_budget() CASCADE;
      DROP FUNCTION refuse_budget(text, bigint, timestamptz, timestamptz);
      ALTER TABLE idempotent_answer DROP weight;
    `);
    for (const name of Object.keys(INDEXES)) await db.query(`DROP INDEX ${name}`);
  }
}
