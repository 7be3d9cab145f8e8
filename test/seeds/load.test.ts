import { DataSource } from 'typeorm';
import { readList } from '../../seeds/list.js';
import { loadList } from '../../seeds/load.js';
import { ensureObligations } from '../../src/reports/obligations.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { ListCopy } from './folder.js';

let database: OwnedDatabase;
let owner: DataSource;
let copy: ListCopy;
const load = () => loadList(owner, undefined, { folder: copy.path });
const one = async (sql: string, ...params: unknown[]) => (await owner.query(sql, params))[0];
const snapshot = async () => {
  const tables = [
    'province',
    'city',
    'department',
    'designation',
    'organization',
    'park',
    'consortium',
    'consortium_park',
    'membership',
  ];
  return Promise.all(tables.map((table) => owner.query(`SELECT xmin::text, t.* FROM ${table} t ORDER BY id`)));
};
const units = (code: string, role: string) =>
  owner.query(
    `SELECT o.id, o.name FROM membership m JOIN consortium c ON c.id = m.consortium_id JOIN organization o ON o.id = m.organization_id
     WHERE c.code = $1 AND m.role = $2 ORDER BY m.position`,
    [code, role],
  );

beforeAll(async () => {
  database = await ownedDatabase();
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  copy = new ListCopy();
  await load();
});
beforeEach(async () => {
  copy.restore();
  await load();
});
afterAll(async () => {
  copy?.remove();
  await owner?.destroy();
  await database?.drop();
});

it('brings the files into the database', async () => {
  const rows = await owner.query(
    `SELECT c.list_number AS number, c.name, c.code, c.city_code AS "cityCode",
       (SELECT array_agg(p.name ORDER BY l.position) FROM consortium_park l JOIN park p ON p.id = l.park_id WHERE l.consortium_id = c.id) AS parks
     FROM consortium c ORDER BY list_number`,
  );
  const list = readList();
  expect(rows).toEqual(
    list.consortia.map(({ number, name, code, cityCode, parks }) => ({ number, name, code, cityCode, parks })),
  );
  expect((await units('430000-2024-06', 'LEAD_SCHOOL')).map((u: { name: string }) => u.name)).toEqual(
    list.consortia[5].leadSchools,
  );
  expect(await one('SELECT signed_on::text, published_on, document_number, year FROM designation')).toEqual({
    signed_on: '2024-05-16',
    published_on: null,
    document_number: '湘教通〔2024〕116号',
    year: 2024,
  });
  expect(await one('SELECT count(*)::int AS n FROM department WHERE city_id IS NULL')).toEqual({ n: 6 });
  expect(
    await one(
      `SELECT string_agg(DISTINCT split_part(city_sort, ' ', 1), ' ') AS first FROM consortium WHERE city_code = '430100'`,
    ),
  ).toEqual({
    first: 'chang2',
  });
});

it('changes nothing the second time, not even by writing the same again', async () => {
  const before = await snapshot();
  const loaded = await load();
  expect(loaded).toMatchObject({ inserted: 0, updated: 0, removed: 0 });
  expect(loaded.unchanged).toBe(before.flat().length);
  expect(await snapshot()).toEqual(before);
});

it('adds nothing twice when two start at once', async () => {
  copy.correct('consortia.csv', ['娄底市产教联合体', '娄底市产教联合体甲']);
  const both = await Promise.all([load(), load()]);
  expect(both.map(({ inserted, updated }) => inserted + updated).sort()).toEqual([0, 1]);
});

it('corrects a name where it stands, of consortium, city, office, unit and park', async () => {
  const [before] = await units('430000-2024-21', 'LEAD_ENTERPRISE');
  copy.correct(
    'consortia.csv',
    ['衡阳市域产教联合体', '衡阳市产教联合体'],
    ['湖南星源电气有限公司', '湖南星源电气股份公司'],
    ['长沙雨花经济开发区,', '长沙雨花开发区,'],
  );
  copy.correct('cities.csv', ['娄底市', '娄底']);
  copy.correct('departments.csv', ['长沙市财政局', '长沙财政局']);
  copy.correct('designations.csv', ['116号', '117号']);
  expect(await load()).toMatchObject({ inserted: 0, removed: 0 });
  expect(await one(`SELECT name, search_text FROM consortium WHERE code = '430000-2024-06'`)).toEqual({
    name: '衡阳市产教联合体',
    search_text: '衡阳市产教联合体\nhyscjlht',
  });
  expect(await units('430000-2024-21', 'LEAD_ENTERPRISE')).toEqual([{ id: before.id, name: '湖南星源电气股份公司' }]);
  expect(await one('SELECT count(*)::int AS n FROM park')).toEqual({ n: 22 });

  copy.restore();
  expect(await load()).toMatchObject({ inserted: 0, removed: 0 });
  expect(await units('430000-2024-21', 'LEAD_ENTERPRISE')).toEqual([before]);
});

it('unlinks a unit that the row no longer names, and keeps the order', async () => {
  copy.correct(
    'consortia.csv',
    ['中石化湖南石油化工有限公司、湖南盛锦新材料有限公司', '湖南盛锦新材料有限公司'],
    ['怀化高新技术产业开发区、湖南怀化国际陆港经济开发区', '湖南怀化国际陆港经济开发区、怀化高新技术产业开发区'],
  );
  await load();
  expect((await units('430000-2024-13', 'LEAD_ENTERPRISE')).map((u: { name: string }) => u.name)).toEqual([
    '湖南盛锦新材料有限公司',
  ]);
  expect(
    await one(`SELECT string_agg(p.name, ',' ORDER BY l.position) AS parks FROM consortium_park l JOIN park p ON p.id = l.park_id
    JOIN consortium c ON c.id = l.consortium_id WHERE c.code = '430000-2024-20'`),
  ).toEqual({ parks: '湖南怀化国际陆港经济开发区,怀化高新技术产业开发区' });
});

it('gives a name that was another unit’s once an id of its own', async () => {
  copy.correct('consortia.csv', ['湖南星源电气有限公司', '湖南星源电气股份公司']);
  await load();
  copy.correct('consortia.csv', ['湖南炬神电子有限公司', '湖南炬神电子有限公司、湖南星源电气有限公司']);
  expect(await load()).toMatchObject({ updated: 0, removed: 0 });
  const { n } = await one(`SELECT count(DISTINCT id)::int AS n FROM organization WHERE name LIKE '湖南星源%'`);
  expect(n).toBe(2);
  expect(await load()).toMatchObject({ inserted: 0, updated: 0, removed: 0 });
});

it('keeps the status that a consortium has by now, and the credit code that a file adds', async () => {
  await owner.query(`UPDATE consortium SET status = 'WARNED' WHERE code = '430000-2024-01'`);
  copy.write(
    'organizations.csv',
    'province_code,name,unified_social_credit_code\n430000,中联重科股份有限公司,914300007121944054\n',
  );
  expect(await load()).toMatchObject({ inserted: 0, updated: 1, removed: 0 });
  expect(await one(`SELECT status FROM consortium WHERE code = '430000-2024-01'`)).toEqual({ status: 'WARNED' });
  expect(
    await one(`SELECT unified_social_credit_code AS code FROM organization WHERE name = '中联重科股份有限公司'`),
  ).toEqual({ code: '914300007121944054' });
});

/** A report without its draft and its history is enough here. */
const begin = (code: string) =>
  owner.transaction(async (db) => {
    await db.query('ALTER TABLE report DISABLE TRIGGER settle_step');
    await db.query('SET LOCAL ROLE iec_board');
    await db.query(`SELECT set_config('app.consortium_id', id, true) FROM consortium WHERE code = $1`, [code]);
    await db.query(
      `INSERT INTO report (id, province_id, city_id, city_code, consortium_id, obligation_id, year, kind, due_on, state, queued_at, updated_at)
       SELECT 'rep_' || consortium_id, province_id, city_id, city_code, consortium_id, id, year, kind, due_on, 'DRAFT', now(), now()
       FROM report_obligation ORDER BY due_on LIMIT 1`,
    );
  });

it('withdraws what was owed before a designation that is corrected to a later day, but for what was begun or extended', async () => {
  const ensure = () => ensureObligations((sql, params) => owner.query(sql, params), new Date('2026-11-24T02:00:00Z'));
  const before = () => one(`SELECT count(*)::int AS n FROM report_obligation WHERE due_on < '2024-07-01'`);
  await ensure();
  expect(await before()).toEqual({ n: 21 });
  await begin('430000-2024-01');
  await owner.query(
    `UPDATE report_obligation o SET extension_reason = '汛情', due_on = '2024-06-25', due_at = '2024-06-25T15:59:59.999Z'
     FROM consortium c WHERE c.id = o.consortium_id AND c.code = '430000-2024-02' AND o.due_on = '2024-06-20'`,
  );
  copy.correct('designations.csv', ['2024-05-16', '2024-07-01']);
  expect(await load()).toMatchObject({ updated: 1, removed: 19 });
  await ensure();
  expect(await before()).toEqual({ n: 2 });
  copy.restore();
  expect(await load()).toMatchObject({ updated: 1, removed: 0 });
  await ensure();
  expect(await before()).toEqual({ n: 21 });
});

it('moves a consortium to another city with all that carries it, until a report was begun', async () => {
  await ensureObligations((sql, params) => owner.query(sql, params), new Date('2026-11-24T02:00:00Z'));
  copy.correct('consortia.csv', ['湖南星源电气有限公司,431300', '湖南星源电气有限公司,431200']);
  await load();
  const cities = () =>
    one(`SELECT string_agg(DISTINCT o.city_code, ',') AS codes FROM report_obligation o JOIN consortium c ON c.id = o.consortium_id
    AND c.city_id = o.city_id WHERE c.code = '430000-2024-21'`);
  expect(await cities()).toEqual({ codes: '431200' });

  await begin('430000-2024-21');
  copy.restore();
  await expect(load()).rejects.toMatchObject({ mistakes: [{ file: 'consortia.csv', line: 22 }] });
  expect(await cities()).toEqual({ codes: '431200' });
});
