import type { MigrationInterface, QueryRunner } from 'typeorm';
import { everyRole } from './access/roles.js';

/**
 * How a statement refuses its own answer: one that is too large is not sent, and a list that holds more than it may is no list.
 * Said by the statement, since only there is it known before the bytes are on their way.
 */
export class Answers1732400800000 implements MigrationInterface {
  name = 'Answers1732400800000';

  async up(db: QueryRunner): Promise<void> {
    // stable, not immutable: it must not be asked at planning, and must not keep the rest from what plans may do
    await db.query(`
      CREATE FUNCTION refuse_answer(what text, most integer) RETURNS json LANGUAGE plpgsql STABLE PARALLEL SAFE
      SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        RAISE EXCEPTION USING ERRCODE = 'IEC07', MESSAGE = format('%s: more than %s', what, most), DETAIL = what, HINT = most::text;
      END $$;
      REVOKE ALL ON FUNCTION refuse_answer(text, integer) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION refuse_answer(text, integer) TO ${everyRole}, iec_seal_unit;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION refuse_answer(text, integer)');
  }
}
