import type { DataSource, EntityManager } from 'typeorm';
import type { Text } from '../src/graph/language.js';
import { ensureObligations } from '../src/reports/obligations.js';
import { type Comparison, compare, type Difference } from './compare.js';
import { listFolder, readList } from './list.js';
import { TABLES } from './memory.js';
import { fingerprint } from './published.js';
import { consortiumId } from './rows.js';
import { ListError } from './table.js';
import { write } from './write.js';

type Options = { folder?: string };

/** The audit's subject of the list as a whole; its last row tells which files were applied. */
const SUBJECT = 'list';

/** A start: the files into a database without a list, in one transaction. From then on the list belongs to the database. */
export async function loadList(
  dataSource: DataSource,
  progress?: (text: Text) => void,
  { folder = listFolder() }: Options = {},
): Promise<{ loaded: number }> {
  const state = async (db: Pick<EntityManager, 'query'>): Promise<{ filled: boolean; files: string | null }> =>
    (
      await db.query(
        `SELECT EXISTS (SELECT FROM province) AS filled,
           (SELECT detail->>'files' FROM audit_entry WHERE subject_id = $1 AND actor_role = 'LOADER' ORDER BY serial DESC LIMIT 1) AS files`,
        [SUBJECT],
      )
    )[0];
  const found = await state(dataSource);
  if (found.filled) {
    if (found.files !== fingerprint(folder))
      progress?.({
        zh: '名单文件与上次采用的不同，数据库未改动：用 npm run list 查看，加 -- --apply 采用。',
        en: 'The list’s files are not those that were applied last, and nothing was changed: npm run list shows the differences, -- --apply corrects what was published.',
      });
    return { loaded: 0 };
  }
  const list = readList(folder);
  const loaded = await asLoader(dataSource, async (db) => {
    // of two first starts the second finds everything loaded
    await db.query('SET LOCAL ROLE NONE');
    if ((await state(db)).filled) return 0;
    await db.query('SET LOCAL ROLE iec_loader');
    const { differences } = await compare(db, list);
    await write(db, differences);
    await note(db, new Date(), [], folder);
    return differences.length;
  });
  progress?.({ zh: `名单已载入：${loaded} 行。`, en: `The list is loaded: ${loaded} rows.` });
  return { loaded };
}

/** Where files and database differ; with `apply` what was published is corrected, and never what was changed since. */
export async function correctList(
  dataSource: DataSource,
  { folder = listFolder(), apply = false, now = new Date() }: Options & { apply?: boolean; now?: Date } = {},
): Promise<Comparison> {
  const list = readList(folder);
  return asLoader(dataSource, async (db) => {
    // nobody changes what is being compared
    if (apply)
      await db.query(
        `LOCK TABLE ${[...TABLES, 'consortium_park', 'membership'].join(', ')} IN SHARE ROW EXCLUSIVE MODE`,
      );
    const comparison = await compare(db, list);
    if (!apply) return comparison;
    const refused = comparison.differences.filter(({ act }) => act === 'REFUSE');
    if (refused.length)
      throw new ListError(
        list.consortia
          .filter(({ code }) => refused.some(({ id }) => id === consortiumId(code)))
          .map(({ line, name }) => ({
            file: 'consortia.csv',
            line,
            zh: `“${name}”已有报送材料，请恢复原来的 city_code。`,
            en: `“${name}” has reports already; put its city_code back.`,
          })),
      );
    const applied = comparison.differences.filter(({ act }) => act !== 'KEEP');
    await write(db, applied);
    await note(db, now, applied, folder);
    if (applied.length) {
      await db.query('SET LOCAL ROLE iec_job');
      await ensureObligations((sql, params) => db.query(sql, params), now);
    }
    return comparison;
  });
}

const asLoader = <T>(dataSource: DataSource, work: (db: EntityManager) => Promise<T>): Promise<T> =>
  dataSource.transaction(async (db) => {
    await db.query('SELECT pg_advisory_xact_lock(1732400000001)');
    await db.query('SET LOCAL ROLE iec_loader');
    return work(db);
  });

/** In the audit: each row with the columns that were corrected, and the files as a whole. */
async function note(db: EntityManager, now: Date, applied: Difference[], folder: string): Promise<void> {
  const rows = new Map<
    string,
    { subject: string; province: string | null; detail: { table: string; act: string; columns: string[] } }
  >();
  for (const { id, provinceId, table, act, column } of applied) {
    const row = rows.get(id) ?? { subject: id, province: provinceId, detail: { table, act, columns: [] } };
    if (column) row.detail.columns.push(column);
    rows.set(id, row);
  }
  const whole = { subject: SUBJECT, province: null, detail: { files: fingerprint(folder) } };
  await db.query(
    `INSERT INTO audit_entry (at, actor_role, action, subject_id, province_id, detail)
     SELECT $1, 'LOADER', 'applyList', r.subject, r.province, r.detail
     FROM jsonb_to_recordset($2::jsonb) r(subject text, province text, detail jsonb)`,
    [now, JSON.stringify([...rows.values(), whole])],
  );
}
