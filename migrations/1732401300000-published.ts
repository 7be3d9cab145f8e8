import type { MigrationInterface, QueryRunner } from 'typeorm';
import { each, type Rule, statementsOf } from './access/rules.js';

const RULES: Rule[] = [
  ...(['reads', 'adds', 'removes'] as const).flatMap((verb) => each(verb, 'published_row', { loader: 'true' })),
  ...each('changes', 'published_row', { loader: 'true' }, ['said']),
];

/** Until now every start wrote the files back, and nothing else changed these columns: what is there is what the list wrote. */
const SAID = {
  province: 'TRUE',
  city: 'TRUE',
  department: 'TRUE',
  designation: 'TRUE',
  organization: `kind IN ('SCHOOL', 'ENTERPRISE')`,
  park: 'TRUE',
  consortium: 'TRUE',
};
const units = (table: string, unit: string, which: string) =>
  `(SELECT coalesce(jsonb_agg(l.${unit} ORDER BY l.position), '[]') FROM ${table} l WHERE l.consortium_id = t.id AND ${which})`;
const CELLS = `jsonb_build_object('parks', ${units('consortium_park', 'park_id', 'TRUE')},
  'lead_schools', ${units('membership', 'organization_id', `l.role = 'LEAD_SCHOOL'`)},
  'lead_enterprises', ${units('membership', 'organization_id', `l.role = 'LEAD_ENTERPRISE'`)})`;

/** What the list's files wrote in each row, the last time that they did: the loader's own, to tell a correction from a change since. */
export class Published1732401300000 implements MigrationInterface {
  name = 'Published1732401300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE published_row (
        table_name text NOT NULL,
        row_id text NOT NULL,
        said jsonb NOT NULL,
        CONSTRAINT pk_published_row PRIMARY KEY (table_name, row_id));
      ALTER TABLE published_row ENABLE ROW LEVEL SECURITY;
      ${RULES.flatMap(statementsOf).join(';\n')}
    `);
    for (const [table, which] of Object.entries(SAID))
      await db.query(`INSERT INTO published_row (table_name, row_id, said)
        SELECT '${table}', id, to_jsonb(t) - ARRAY['id', 'status', 'organization_id'] ${table === 'consortium' ? `|| ${CELLS}` : ''} FROM ${table} t WHERE ${which}`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE published_row');
  }
}
