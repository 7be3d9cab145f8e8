import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TOKENS } from './firmer/guards.js';

const LOADER_MAY = " AND current_user <> 'iec_loader'";

/** A revoked token stays revoked whoever starts: a demonstration makes new ones, and its loader may only let them live longer. */
export class Revoked1732400700000 implements MigrationInterface {
  name = 'Revoked1732400700000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      'REVOKE UPDATE ON access_token FROM iec_loader; GRANT UPDATE (expires_at) ON access_token TO iec_loader',
    );
    await db.query(TOKENS.replace(LOADER_MAY, ''));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(TOKENS);
    await db.query(
      'REVOKE UPDATE (expires_at) ON access_token FROM iec_loader; GRANT UPDATE ON access_token TO iec_loader',
    );
  }
}
