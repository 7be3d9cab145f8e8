import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What could be told apart only by the service's good manners is held by the database. */
export class Firmer1732400600000 implements MigrationInterface {
  name = 'Firmer1732400600000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE idempotent_answer ADD changed boolean NOT NULL DEFAULT false');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE idempotent_answer DROP changed');
  }
}
