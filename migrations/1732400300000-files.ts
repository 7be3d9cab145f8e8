import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createRoles, LATER_ROLES } from './access/roles.js';
import { statementsOf } from './access/rules.js';
import { CHECKS, GAPS, KEPT, SUBMISSION, TOKENS, VERIFICATION } from './files/guards.js';
import { RULES, TOKEN_POLICIES, TOKEN_POLICIES_BEFORE } from './files/rules.js';
import { BACKFILL, SCHEMA, TABLES } from './files/schema.js';
import { TOKENS as TOKENS_BEFORE } from './guards/tokens.js';

/** Files that people really send: their checks, seals by the units themselves, receipts, templates. See README.md. */
export class Files1732400300000 implements MigrationInterface {
  name = 'Files1732400300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(createRoles(LATER_ROLES));
    for (const part of [SCHEMA, BACKFILL, OPEN, GAPS, SUBMISSION, CHECKS, KEPT, VERIFICATION, TOKENS])
      await db.query(part);
    await db.query(RULES.flatMap(statementsOf).join(';\n'));
    await db.query(TOKEN_POLICIES);
    await db.query(CLOSE);
  }

  /** The role stays, as the others do. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(TOKEN_POLICIES_BEFORE);
    await db.query(`
      DELETE FROM access_token WHERE role = 'SEAL_UNIT';
      DROP FUNCTION settle_submission(), guard_check(), guard_similarity(), guard_receipt() CASCADE;
      DROP FUNCTION is_checked_copy(report_document), draft_gaps(text, date), seals_due(text, date), recorded_at(text, text);
      DROP TABLE ${TABLES.join(', ')};
      DO $do$
      DECLARE rule record;
      BEGIN
        FOR rule IN SELECT policyname, tablename FROM pg_catalog.pg_policies WHERE schemaname = 'public'
          AND (policyname LIKE 'seal_unit_%' OR policyname IN ('${LATER_POLICIES.join("', '")}')) LOOP
          EXECUTE format('DROP POLICY %I ON public.%I', rule.policyname, rule.tablename);
        END LOOP;
      END $do$;
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM iec_seal_unit;
      REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM iec_seal_unit;
      REVOKE USAGE ON SCHEMA public FROM iec_seal_unit;
      ALTER TABLE report_revision DROP COLUMN pair_similarity;
      ALTER TABLE report_document DROP COLUMN check_state, DROP COLUMN findings, DROP COLUMN checked_at, DROP COLUMN page_count,
        DROP COLUMN has_text, DROP COLUMN signatures, DROP COLUMN sketch, DROP COLUMN claimed_at;
      DROP INDEX ix_report_document_storage_key, ix_report_document_sha256;
      DELETE FROM upload WHERE consortium_id IS NULL;
      ALTER TABLE upload ALTER COLUMN city_id SET NOT NULL, ALTER COLUMN consortium_id SET NOT NULL;
      ALTER TABLE park DROP COLUMN organization_id;
      ALTER TABLE department DROP COLUMN organization_id;
      ALTER TABLE access_token DROP COLUMN organization_id, DROP COLUMN report_id, DROP COLUMN sha256;
    `);
    await db.query(
      TOKENS_BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION').replace(/CREATE TRIGGER[^;]*;/, ''),
    );
  }
}

const LATER_POLICIES = RULES.filter(({ role, table }) => role !== 'seal_unit' && !TABLES.includes(table)).map(
  ({ role, verb, table }) => `${role}_${verb}_${table}`,
);

const OPEN = `
  GRANT USAGE ON SCHEMA public TO iec_seal_unit;
  ${TABLES.map((table) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; REVOKE ALL ON ${table} FROM PUBLIC;`).join('\n')}
`;

const CLOSE = `
  REVOKE ALL ON FUNCTION settle_submission(), guard_check(), guard_similarity(), guard_receipt(), is_checked_copy(report_document),
    draft_gaps(text, date), seals_due(text, date), recorded_at(text, text) FROM PUBLIC;
  GRANT UPDATE (pair_similarity) ON report_revision TO iec_board;
  GRANT EXECUTE ON FUNCTION draft_gaps(text, date) TO iec_board;
  GRANT EXECUTE ON FUNCTION seals_due(text, date) TO iec_board, iec_bureau, iec_department, iec_province, iec_expert;
  GRANT EXECUTE ON FUNCTION is_checked_copy(report_document) TO iec_board, iec_bureau, iec_province;
  GRANT EXECUTE ON FUNCTION recorded_at(text, text) TO iec_public, iec_board, iec_bureau, iec_department, iec_province, iec_expert, iec_analyst, iec_administrator, iec_seal_unit;
  GRANT EXECUTE ON FUNCTION is_draft(text) TO iec_job, iec_seal_unit;
  GRANT EXECUTE ON FUNCTION search_grams(text) TO iec_seal_unit;
  DO $do$
  DECLARE guard record;
  BEGIN
    FOR guard IN SELECT t.tgname, t.tgrelid::regclass AS tab FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user AND t.tgenabled <> 'A' LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', guard.tab, guard.tgname);
    END LOOP;
  END $do$;
`;
