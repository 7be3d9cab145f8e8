import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SEAL, STEPS as STEPS_BEFORE } from './firmer/guards.js';
import { WORKFLOW } from './guards/workflow.js';
import { STEPS, TRANSITIONS } from './steps/guards.js';
import { FROZEN, REPORT } from './steps/report.js';

/** One guard for whatever has a state; several steps of several objects in one transaction; frozen unless named. */
export class Steps1732401400000 implements MigrationInterface {
  name = 'Steps1732401400000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE audit_entry ADD event_id text;
      ALTER TABLE outbox_event ADD event_id text;
      CREATE UNIQUE INDEX "ix_audit_entry_event_id" ON audit_entry (event_id) WHERE event_id IS NOT NULL;
      CREATE UNIQUE INDEX "ix_outbox_event_event_id" ON outbox_event (event_id) WHERE event_id IS NOT NULL;
    `);
    for (const part of [TRANSITIONS, STEPS, REPORT, FROZEN]) await db.query(part);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION guard_step(), settle_step(), settle_event(), guard_event(), guard_chain(), guard_report(), settle_report(), guard_submitted() CASCADE;
      DROP FUNCTION settles(text, text, text, text), is_step(text, text, text, text, text), changed_beyond(jsonb, jsonb, text[]);
      DELETE FROM workflow_transition WHERE NOT noted;
      ALTER TABLE workflow_transition DROP CONSTRAINT uq_workflow_transition, DROP workflow, DROP noted,
        ADD CONSTRAINT uq_workflow_transition UNIQUE NULLS NOT DISTINCT (from_state, to_state, db_role);
      ALTER TABLE audit_entry DROP event_id;
      ALTER TABLE outbox_event DROP event_id;
    `);
    for (const part of [WORKFLOW.slice(WORKFLOW.indexOf('CREATE FUNCTION transition_name')), STEPS_BEFORE, SEAL])
      await db.query(part);
  }
}
