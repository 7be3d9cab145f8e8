import type { MigrationInterface, QueryRunner } from 'typeorm';
import { everyRole } from './access/roles.js';
import { HISTORY, SCOPES } from './guards/history.js';
import { REVISIONS } from './guards/revisions.js';
import { TOKENS } from './guards/tokens.js';
import { WORKFLOW } from './guards/workflow.js';

/** What the database refuses by itself, whoever asks: see README.md for the error codes. */
export class Guards1732400200000 implements MigrationInterface {
  name = 'Guards1732400200000';

  async up(db: QueryRunner): Promise<void> {
    for (const part of [WORKFLOW, REVISIONS, HISTORY, SCOPES, TOKENS, SEARCH, CLOSE]) await db.query(part);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX ix_consortium_search_grams, ix_organization_search_grams;
      DROP FUNCTION guard_report(), guard_event(), guard_revision(), settle_revision(), guard_attachment(), guard_append_only(),
        number_outbox_event(), guard_scope(), guard_token(), is_draft(text), transition_name(text, text, text), search_grams(text) CASCADE;
      DROP SEQUENCE outbox_event_serial;
      DROP TABLE workflow_transition;
    `);
  }
}

/**
 * Every character and every two in a row, so that a Chinese word of two finds its index. The lists are under the constant
 * policy, so no leakproof operator is needed.
 */
const SEARCH = `
  CREATE FUNCTION search_grams(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT gram COLLATE "C"), '{}')
    FROM string_to_array(folded, NULL) c(chars), generate_subscripts(chars, 1) i, LATERAL (VALUES (chars[i]), (chars[i] || chars[i + 1])) g(gram)
    WHERE gram IS NOT NULL AND strpos(gram, E'\\n') = 0
  $$;
  CREATE INDEX ix_consortium_search_grams ON consortium USING gin (search_grams(search_text));
  CREATE INDEX ix_organization_search_grams ON organization USING gin (search_grams(search_text));
`;

/** Trigger functions need no grant to fire. Replication roles switch ordinary triggers off: these stay on. */
const CLOSE = `
  REVOKE ALL ON FUNCTION guard_report(), guard_event(), guard_revision(), settle_revision(), guard_attachment(), guard_append_only(),
    number_outbox_event(), guard_scope(), guard_token(), is_draft(text), transition_name(text, text, text), search_grams(text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION transition_name(text, text, text), is_draft(text) TO iec_board, iec_bureau, iec_province;
  GRANT EXECUTE ON FUNCTION search_grams(text) TO ${everyRole};
  DO $do$
  DECLARE guard record;
  BEGIN
    FOR guard IN SELECT t.tgname, t.tgrelid::regclass AS tab FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', guard.tab, guard.tgname);
    END LOOP;
  END $do$;
`;
