import { DataSource } from 'typeorm';
import { readList } from '../../seeds/list.js';
import { loadList } from '../../seeds/load.js';
import type { Text } from '../../src/graph/language.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { ListCopy } from './folder.js';

/** A start: an empty database gets the list, and one that has a list keeps its own. */
let database: OwnedDatabase;
let owner: DataSource;
let copy: ListCopy;
let said: Text[];
const load = () => loadList(owner, (text) => said.push(text), { folder: copy.path });
const one = async (sql: string, ...params: unknown[]) => (await owner.query(sql, params))[0];
const name = () => one(`SELECT name FROM consortium WHERE code = '430000-2024-06'`);
const TABLES =
  'province city department designation organization park consortium consortium_park membership published_row audit_entry';
const snapshot = () =>
  Promise.all(TABLES.split(' ').map((table) => owner.query(`SELECT xmin::text, t.* FROM ${table} t ORDER BY 2, 3`)));

beforeEach(async () => {
  database = await ownedDatabase();
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  copy = new ListCopy();
  said = [];
});
afterEach(async () => {
  copy?.remove();
  await owner?.destroy();
  await database?.drop();
});

it('brings the files into an empty database', async () => {
  await load();
  const rows = await owner.query(
    `SELECT c.list_number AS number, c.name, c.code, c.city_code AS "cityCode",
       (SELECT array_agg(p.name ORDER BY l.position) FROM consortium_park l JOIN park p ON p.id = l.park_id WHERE l.consortium_id = c.id) AS parks
     FROM consortium c ORDER BY list_number`,
  );
  const list = readList();
  expect(rows).toEqual(
    list.consortia.map(({ number, name, code, cityCode, parks }) => ({ number, name, code, cityCode, parks })),
  );
  expect(
    await one(`SELECT array_agg(o.name ORDER BY m.position) AS names FROM membership m JOIN consortium c ON c.id = m.consortium_id
      JOIN organization o ON o.id = m.organization_id WHERE c.code = '430000-2024-06' AND m.role = 'LEAD_SCHOOL'`),
  ).toEqual({ names: list.consortia[5].leadSchools });
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

it('changes nothing from then on, whatever the files or the API say, and tells once that the files are others', async () => {
  await load();
  await owner.query(`UPDATE consortium SET name = '更名后的联合体' WHERE code = '430000-2024-06'`);
  const before = await snapshot();
  said = [];
  await load();
  expect(said).toEqual([]);
  copy.correct('consortia.csv', ['娄底市产教联合体', '娄底市产教联合体甲'], ['衡阳市域产教联合体', '衡阳市产教联合体']);
  expect(await load()).toEqual({ loaded: 0 });
  expect(said).toEqual([expect.objectContaining({ en: expect.stringContaining('npm run list') })]);
  // not even read: what is wrong with them is nothing that a start waits for
  copy.write('cities.csv', 'nonsense');
  expect(await load()).toEqual({ loaded: 0 });
  expect(await snapshot()).toEqual(before);
  expect(await name()).toEqual({ name: '更名后的联合体' });
});

it('loads once when two start at once', async () => {
  const both = await Promise.all([load(), load()]);
  expect(both.map(({ loaded }) => loaded > 0).sort()).toEqual([false, true]);
  expect(await one('SELECT count(*)::int AS n FROM consortium')).toEqual({ n: 21 });
});

it('leaves nothing of a start that broke off in the middle, and the next one loads it all', async () => {
  await owner.query(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken off'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON membership EXECUTE FUNCTION broken()`);
  await expect(load()).rejects.toThrow('broken off');
  expect((await snapshot()).flat()).toEqual([]);
  await owner.query('DROP FUNCTION broken() CASCADE');
  await load();
  expect(await one('SELECT count(*)::int AS n FROM consortium')).toEqual({ n: 21 });
});

it('refuses files with mistakes while there is no list, and loads nothing', async () => {
  copy.correct('designations.csv', ['2024-05-16', '2024-05-36']);
  await expect(load()).rejects.toMatchObject({ mistakes: [{ file: 'designations.csv', line: 2 }] });
  expect((await snapshot()).flat()).toEqual([]);
});
