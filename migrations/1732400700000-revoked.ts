import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A revoked token stays revoked whoever starts: a demonstration makes new ones, and its loader may only let them live longer. */
export class Revoked1732400700000 implements MigrationInterface {
  name = 'Revoked1732400700000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      'REVOKE UPDATE ON access_token FROM iec_loader; GRANT UPDATE (expires_at) ON access_token TO iec_loader',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'REVOKE UPDATE (expires_at) ON access_token FROM iec_loader; GRANT UPDATE ON access_token TO iec_loader',
    );
  }
}
