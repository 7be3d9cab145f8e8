import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order by city is by city, number and id: a page of it is read off the index, however many a city has. */
export class Order1732400400000 implements MigrationInterface {
  name = 'Order1732400400000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX ix_consortium_city_sort_list_number_id ON consortium (city_sort, list_number, id);
      DROP INDEX ix_consortium_city_sort_id;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX ix_consortium_city_sort_id ON consortium (city_sort, id);
      DROP INDEX ix_consortium_city_sort_list_number_id;
    `);
  }
}
