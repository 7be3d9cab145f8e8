// Exit code 0 where a PostgreSQL server answers at the given address.
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2], connectionTimeoutMillis: 2000 });
try {
  await client.connect();
  await client.end();
} catch {
  process.exit(1);
}
