import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The steps that the database guards, for the start: it compares them with the declarations that are served. */
export class Declared1732401500000 implements MigrationInterface {
  name = 'Declared1732401500000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION declared_steps() RETURNS TABLE (workflow text, name text, "from" text, "to" text, by text, noted boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT t.workflow, t.name, t.from_state, t.to_state, t.db_role, t.noted FROM public.workflow_transition t
      $$;
      REVOKE ALL ON FUNCTION declared_steps() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION declared_steps() TO iec_login;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION declared_steps()');
  }
}
