import pg from 'pg';

export default async function teardown() {
  const { TEST_RUN, TEST_DATABASE_URL } = process.env;
  const admin = new pg.Client({ connectionString: TEST_DATABASE_URL });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS iec_test_template_${TEST_RUN}`);
  await admin.end();
  await globalThis.stopTestDatabase?.();
}
