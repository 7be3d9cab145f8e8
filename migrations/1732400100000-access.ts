import type { MigrationInterface, QueryRunner } from 'typeorm';
import { READS } from './access/reads.js';
import { CREATE_ROLES, everyRole } from './access/roles.js';
import { statementsOf } from './access/rules.js';
import { WRITES } from './access/writes.js';

/** Wall two: who may read and change which rows, said without a look at src/access/policy.ts. See README.md. */
export class Access1732400100000 implements MigrationInterface {
  name = 'Access1732400100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(CREATE_ROLES);
    await db.query(CLOSE_ALL);
    await db.query([...READS, ...WRITES].flatMap(statementsOf).join(';\n'));
  }

  /** The roles stay: they belong to the server, and another database may need them. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $do$
      DECLARE policy record;
      BEGIN
        FOR policy IN SELECT policyname, tablename FROM pg_catalog.pg_policies WHERE schemaname = 'public' LOOP
          EXECUTE format('DROP POLICY %I ON public.%I', policy.policyname, policy.tablename);
        END LOOP;
      END $do$;
      ${ON_EVERY_TABLE('DISABLE')}
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${everyRole};
      REVOKE USAGE ON SCHEMA public FROM ${everyRole};
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
    `);
  }
}

/** Not forced: the owner migrates and dumps, and its dump must be complete. Requests never run as the owner. */
const ON_EVERY_TABLE = (verb: 'ENABLE' | 'DISABLE') => `
  DO $do$
  DECLARE tab record;
  BEGIN
    FOR tab IN SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tableowner = current_user LOOP
      EXECUTE format('ALTER TABLE public.%I ${verb} ROW LEVEL SECURITY', tab.tablename);
    END LOOP;
  END $do$;
`;

const CLOSE_ALL = `
  ${ON_EVERY_TABLE('ENABLE')}
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  GRANT USAGE ON SCHEMA public TO ${everyRole};
`;
