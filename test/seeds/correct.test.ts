import { DataSource } from 'typeorm';
import { Published1732401300000 } from '../../migrations/1732401300000-published.js';
import type { Act, Comparison } from '../../seeds/compare.js';
import { correctList, loadList } from '../../seeds/load.js';
import { tellList } from '../../seeds/tell.js';
import { searchText, sortKey } from '../../src/database/text.js';
import { ensureObligations } from '../../src/reports/obligations.js';
import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { ListCopy } from './folder.js';

let database: OwnedDatabase;
let owner: DataSource;
let copy: ListCopy;
const NOW = new Date('2026-11-24T02:00:00Z');
const show = () => correctList(owner, { folder: copy.path });
const acts = ({ differences }: Comparison) =>
  differences.reduce(
    (count, { act }) => Object.assign(count, { [act]: (count[act] ?? 0) + 1 }),
    {} as Partial<Record<Act, number>>,
  );
/** Twice: what was applied is no difference any more, and what was shown is what was applied. */
const apply = async () => {
  const shown = await show();
  const applied = await correctList(owner, { folder: copy.path, apply: true, now: NOW });
  expect(acts(applied)).toEqual(acts(shown));
  const left = await show();
  expect(left.differences.filter(({ act }) => act !== 'KEEP')).toEqual([]);
  return acts(applied);
};
const one = async (sql: string, ...params: unknown[]) => (await owner.query(sql, params))[0];
const units = (code: string, role: string) =>
  owner.query(
    `SELECT o.id, o.name FROM membership m JOIN consortium c ON c.id = m.consortium_id JOIN organization o ON o.id = m.organization_id
     WHERE c.code = $1 AND m.role = $2 ORDER BY m.position`,
    [code, role],
  );
const namesIn = async (code: string, role: string) =>
  (await units(code, role)).map(({ name }: { name: string }) => name);

beforeEach(async () => {
  database = await ownedDatabase();
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  copy = new ListCopy();
  await loadList(owner);
});
afterEach(async () => {
  copy?.remove();
  await owner?.destroy();
  await database?.drop();
});

it('finds nothing to say of files that were loaded, and touches no row', async () => {
  const TABLES =
    'province city department designation organization park consortium consortium_park membership published_row';
  const snapshot = () =>
    Promise.all(TABLES.split(' ').map((table) => owner.query(`SELECT xmin::text, t.* FROM ${table} t ORDER BY 2, 3`)));
  const before = await snapshot();
  expect(await show()).toMatchObject({
    differences: [],
    unchanged: 1 + 14 + 90 + 1 + before[4].length + before[5].length + 21,
  });
  expect(await apply()).toEqual({});
  expect(await snapshot()).toEqual(before);
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
  expect((await show()).differences.length).toBeGreaterThan(0);
  expect(await one(`SELECT name FROM consortium WHERE code = '430000-2024-06'`)).toEqual({
    name: '衡阳市域产教联合体',
  });
  expect(Object.keys(await apply())).toEqual(['CORRECT']);
  expect(await one(`SELECT name, search_text FROM consortium WHERE code = '430000-2024-06'`)).toEqual({
    name: '衡阳市产教联合体',
    search_text: '衡阳市产教联合体\nhyscjlht',
  });
  expect(await units('430000-2024-21', 'LEAD_ENTERPRISE')).toEqual([{ id: before.id, name: '湖南星源电气股份公司' }]);
  expect(await one('SELECT count(*)::int AS n FROM park')).toEqual({ n: 22 });

  copy.restore();
  expect(Object.keys(await apply())).toEqual(['CORRECT']);
  expect(await units('430000-2024-21', 'LEAD_ENTERPRISE')).toEqual([before]);
});

it('unlinks a unit that the row no longer names, and keeps the order', async () => {
  copy.correct(
    'consortia.csv',
    ['中石化湖南石油化工有限公司、湖南盛锦新材料有限公司', '湖南盛锦新材料有限公司'],
    ['怀化高新技术产业开发区、湖南怀化国际陆港经济开发区', '湖南怀化国际陆港经济开发区、怀化高新技术产业开发区'],
  );
  expect(await apply()).toEqual({ CORRECT: 2 });
  expect(await namesIn('430000-2024-13', 'LEAD_ENTERPRISE')).toEqual(['湖南盛锦新材料有限公司']);
  expect(
    await one(`SELECT string_agg(p.name, ',' ORDER BY l.position) AS parks FROM consortium_park l JOIN park p ON p.id = l.park_id
    JOIN consortium c ON c.id = l.consortium_id WHERE c.code = '430000-2024-20'`),
  ).toEqual({ parks: '湖南怀化国际陆港经济开发区,怀化高新技术产业开发区' });
});

it('gives a name that was another unit’s once an id of its own', async () => {
  copy.correct('consortia.csv', ['湖南星源电气有限公司', '湖南星源电气股份公司']);
  await apply();
  copy.correct('consortia.csv', ['湖南炬神电子有限公司', '湖南炬神电子有限公司、湖南星源电气有限公司']);
  expect(await apply()).toEqual({ ADD: 1, CORRECT: 1 });
  const { n } = await one(`SELECT count(DISTINCT id)::int AS n FROM organization WHERE name LIKE '湖南星源%'`);
  expect(n).toBe(2);
  expect(await apply()).toEqual({});
});

it('keeps the status that a consortium has by now, and the credit code that a file adds', async () => {
  await owner.query(`UPDATE consortium SET status = 'WARNED' WHERE code = '430000-2024-01'`);
  copy.write(
    'organizations.csv',
    'province_code,name,unified_social_credit_code\n430000,中联重科股份有限公司,914300007121944054\n',
  );
  expect((await show()).differences).toMatchObject([
    { act: 'CORRECT', file: 'organizations.csv', label: '中联重科股份有限公司', current: null },
  ]);
  await apply();
  expect(await one(`SELECT status FROM consortium WHERE code = '430000-2024-01'`)).toEqual({ status: 'WARNED' });
  expect(
    await one(`SELECT unified_social_credit_code AS code FROM organization WHERE name = '中联重科股份有限公司'`),
  ).toEqual({ code: '914300007121944054' });
});

/** A report without its draft and its history is enough here. */
const begin = (code: string) =>
  owner.transaction(async (db) => {
    await db.query('ALTER TABLE report DISABLE TRIGGER USER');
    await db.query('SET LOCAL ROLE iec_board');
    await db.query(`SELECT set_config('app.consortium_id', id, true) FROM consortium WHERE code = $1`, [code]);
    await db.query(
      `INSERT INTO report (id, province_id, city_id, city_code, consortium_id, obligation_id, year, kind, due_on, state, queued_at, updated_at)
       SELECT 'rep_' || consortium_id, province_id, city_id, city_code, consortium_id, id, year, kind, due_on, 'DRAFT', now(), now()
       FROM report_obligation ORDER BY due_on LIMIT 1`,
    );
  });

it('withdraws what was owed before a designation that is corrected to a later day, but for what was begun or extended', async () => {
  const before = () => one(`SELECT count(*)::int AS n FROM report_obligation WHERE due_on < '2024-07-01'`);
  await ensureObligations((sql, params) => owner.query(sql, params), NOW);
  expect(await before()).toEqual({ n: 21 });
  await begin('430000-2024-01');
  await owner.query(
    `UPDATE report_obligation o SET extension_reason = '汛情', due_on = '2024-06-25', due_at = '2024-06-25T15:59:59.999Z'
     FROM consortium c WHERE c.id = o.consortium_id AND c.code = '430000-2024-02' AND o.due_on = '2024-06-20'`,
  );
  copy.correct('designations.csv', ['2024-05-16', '2024-07-01']);
  expect(await apply()).toEqual({ CORRECT: 1 });
  expect(await before()).toEqual({ n: 2 });
  copy.restore();
  expect(await apply()).toEqual({ CORRECT: 1 });
  expect(await before()).toEqual({ n: 21 });
});

it('moves a consortium to another city with all that carries it, until a report was begun', async () => {
  await ensureObligations((sql, params) => owner.query(sql, params), NOW);
  copy.correct('consortia.csv', ['湖南星源电气有限公司,431300', '湖南星源电气有限公司,431200']);
  await apply();
  const cities = () =>
    one(`SELECT string_agg(DISTINCT o.city_code, ',') AS codes FROM report_obligation o JOIN consortium c ON c.id = o.consortium_id
    AND c.city_id = o.city_id WHERE c.code = '430000-2024-21'`);
  expect(await cities()).toEqual({ codes: '431200' });

  await begin('430000-2024-21');
  copy.restore();
  copy.correct('cities.csv', ['长沙市', '长沙']);
  const shown = await show();
  expect(shown.differences.filter(({ table }) => table === 'consortium')).toContainEqual(
    expect.objectContaining({ act: 'REFUSE', column: 'city_id', file: 'consortia.csv:22' }),
  );
  expect(tellList(shown, false)).toMatch(/there are reports/);
  const applied = correctList(owner, { folder: copy.path, apply: true });
  await expect(applied).rejects.toMatchObject({ mistakes: [{ file: 'consortia.csv', line: 22 }] });
  // all or nothing
  expect(await one(`SELECT name FROM city WHERE code = '430100'`)).toEqual({ name: '长沙市' });
  expect(await cities()).toEqual({ codes: '431200' });
});

describe('what was changed since', () => {
  /** As a change notice will: by whoever may, past the loader. */
  const rename = (table: string, from: string, to: string) =>
    owner.query(`UPDATE ${table} SET name = $2, name_sort = $3, search_text = $4 WHERE name = $1`, [
      from,
      to,
      sortKey(to),
      searchText(to),
    ]);

  it('is kept and told, beside corrections of the same row, and again the next time', async () => {
    await rename('consortium', '衡阳市域产教联合体', '更名后的联合体');
    copy.correct(
      'consortia.csv',
      ['衡阳市域产教联合体', '衡阳市产教联合体'],
      ['娄底市产教联合体', '娄底市域产教联合体'],
    );
    for (const _ of [1, 2]) {
      await apply();
      const kept = (await show()).differences;
      expect(kept.map(({ column, act, why }) => [column, act, why])).toEqual(
        ['name', 'name_sort', 'search_text'].map((column) => [column, 'KEEP', 'CHANGED']),
      );
      expect(await one(`SELECT name, search_text FROM consortium WHERE code = '430000-2024-06'`)).toEqual({
        name: '更名后的联合体',
        search_text: searchText('更名后的联合体'),
      });
    }
    expect(await one(`SELECT name FROM consortium WHERE code = '430000-2024-21'`)).toEqual({
      name: '娄底市域产教联合体',
    });
  });

  it('is kept where only what follows from it still is as the list wrote it', async () => {
    await owner.query(`UPDATE consortium SET name = '更名后的联合体' WHERE code = '430000-2024-06'`);
    copy.correct('consortia.csv', ['衡阳市域产教联合体', '衡阳市产教联合体']);
    expect(await apply()).toEqual({ KEEP: 3 });
  });

  it('is no longer a change once it was taken back: then the files’ word holds', async () => {
    await rename('consortium', '衡阳市域产教联合体', '更名后的联合体');
    copy.correct('consortia.csv', ['衡阳市域产教联合体', '衡阳市产教联合体']);
    await apply();
    const { name_sort, search_text } = (
      await one(`SELECT said FROM published_row JOIN consortium ON id = row_id WHERE code = '430000-2024-06'`)
    ).said;
    await owner.query(
      `UPDATE consortium SET name = '衡阳市域产教联合体', name_sort = $1, search_text = $2 WHERE code = '430000-2024-06'`,
      [name_sort, search_text],
    );
    await apply();
    expect(await one(`SELECT name FROM consortium WHERE code = '430000-2024-06'`)).toEqual({
      name: '衡阳市产教联合体',
    });
  });

  it('stays somebody’s change where the files came to say the same, and then something else', async () => {
    await owner.query(`UPDATE city SET name = '娄底' WHERE code = '431300'`);
    copy.correct('cities.csv', ['娄底市', '娄底']);
    await apply();
    copy.correct('cities.csv', ['娄底', '娄底地区']);
    expect((await apply()).KEEP).toBeGreaterThan(0);
    expect(await one(`SELECT name FROM city WHERE code = '431300'`)).toEqual({ name: '娄底' });
  });

  it('is known of a unit by what the list called it, under whatever name it goes', async () => {
    const [before] = await units('430000-2024-21', 'LEAD_ENTERPRISE');
    await rename('organization', '湖南星源电气有限公司', '星源集团');
    expect(await apply()).toEqual({ KEEP: 3 });
    copy.correct('consortia.csv', ['湖南星源电气有限公司', '湖南星源电气股份公司']);
    expect(await apply()).toEqual({ KEEP: 3 });
    copy.correct('consortia.csv', ['湖南星源电气股份公司', '星源集团']);
    expect(await apply()).toEqual({});
    expect(await units('430000-2024-21', 'LEAD_ENTERPRISE')).toEqual([{ id: before.id, name: '星源集团' }]);
  });

  it('stays in a cell beside what the files add and take away', async () => {
    const code = '430000-2024-13';
    const [first, second] = await units(code, 'LEAD_ENTERPRISE');
    // a notice replaced the first by another of the list's units, in its place
    await owner.query(
      `UPDATE membership m SET organization_id = (SELECT id FROM organization WHERE name = '中联重科股份有限公司')
       FROM consortium c WHERE c.id = m.consortium_id AND c.code = $1 AND m.organization_id = $2`,
      [code, first.id],
    );
    expect(await apply()).toEqual({ KEEP: 1 });
    copy.correct('consortia.csv', [
      `${first.name}、${second.name}`,
      `${first.name}、湖南某某有限公司、湖南炬神电子有限公司`,
    ]);
    const shown = await show();
    expect(tellList(shown, false)).toContain(
      'to be corrected: 中联重科股份有限公司、湖南某某有限公司、湖南炬神电子有限公司',
    );
    expect(await apply()).toEqual({ ADD: 1, CORRECT: 1 });
    expect(await namesIn(code, 'LEAD_ENTERPRISE')).toEqual([
      '中联重科股份有限公司',
      '湖南某某有限公司',
      '湖南炬神电子有限公司',
    ]);
    copy.correct('consortia.csv', [
      `${first.name}、湖南某某有限公司、湖南炬神电子有限公司`,
      `${first.name}、湖南某某有限公司、湖南炬神电子有限公司、中联重科股份有限公司`,
    ]);
    expect(await apply()).toEqual({ KEEP: 1 });
    copy.restore();
    await apply();
    expect(await namesIn(code, 'LEAD_ENTERPRISE')).toEqual(['中联重科股份有限公司', second.name]);
  });

  it('is also a row that somebody took away, or made an own of', async () => {
    const office = (name: string) => one('SELECT name FROM department WHERE name = $1', name);
    await owner.query(`DELETE FROM department WHERE name = '长沙市财政局'`);
    await owner.query(`UPDATE department SET name = '株洲财政' WHERE name = '株洲市财政局'`);
    copy.write('departments.csv', 'area_code,kind,name\n430000,EDUCATION,湖南省教育厅\n430100,FINANCE,长沙财政局\n');
    expect(await apply()).toEqual({ KEEP: 2, REMOVE: 87 });
    expect(await office('长沙财政局')).toBeUndefined();
    expect(await office('株洲财政')).toEqual({ name: '株洲财政' });
    expect(await one('SELECT count(*)::int AS n FROM published_row WHERE table_name = $1', 'department')).toEqual({
      n: 3,
    });
  });

  it('keeps what the files do not have any more: consortia and cities are not deleted', async () => {
    copy.correct('consortia.csv', ['430000,2024,21,', '430000,2024,22,']);
    const { differences } = await show();
    expect(differences.filter(({ why }) => why === 'UNLISTED')).toMatchObject([
      { label: expect.stringMatching(/^430000-2024-21 /) },
    ]);
    expect(await apply()).toEqual({ KEEP: 1, ADD: 1 });
    expect(await one('SELECT count(*)::int AS n FROM consortium')).toEqual({ n: 22 });
    expect(await namesIn('430000-2024-22', 'LEAD_SCHOOL')).toEqual(await namesIn('430000-2024-21', 'LEAD_SCHOOL'));
    expect(
      await one(
        `SELECT count(*) > 0 AS owes FROM report_obligation JOIN consortium c ON c.id = consortium_id WHERE c.code = '430000-2024-22'`,
      ),
    ).toEqual({ owes: true });
  });
});

it('writes into the audit what was corrected, and which files were applied', async () => {
  copy.correct('consortia.csv', ['娄底市产教联合体', '娄底市域产教联合体']);
  const audit = () =>
    owner.query(`SELECT at, actor_role, action, subject_id, province_id, detail FROM audit_entry ORDER BY serial`);
  await show();
  expect(await audit()).toMatchObject([{ action: 'applyList', subject_id: 'list' }]);
  await apply();
  const { id, province_id } = await one(`SELECT id, province_id FROM consortium WHERE code = '430000-2024-21'`);
  const [first, row, whole] = await audit();
  expect(row).toEqual({
    at: NOW,
    actor_role: 'LOADER',
    action: 'applyList',
    subject_id: id,
    province_id,
    detail: { table: 'consortium', act: 'CORRECT', columns: ['name', 'name_sort', 'search_text'] },
  });
  expect(whole.detail.files).not.toBe(first.detail.files);
  const said: unknown[] = [];
  await loadList(owner, (text) => said.push(text), { folder: copy.path });
  expect(said).toEqual([]);
});

it('tells a person what differs, in both languages, and what an application does', async () => {
  await owner.query(`UPDATE department SET name = '长沙财政' WHERE name = '长沙市财政局'`);
  copy.correct('consortia.csv', ['怀化高新技术产业开发区、湖南怀化国际陆港经济开发区', '怀化高新技术产业开发区']);
  const text = tellList(await show(), false);
  expect(text).toMatch(
    /^consortia\.csv:21 430000-2024-20 .+ · parks\n +文件 files +怀化高新技术产业开发区\n +数据库 database 怀化高新技术产业开发区、湖南怀化国际陆港经济开发区\n +→ 将更正 to be corrected\n/,
  );
  expect(text).toMatch(
    /\n\ndepartments\.csv 长沙市财政局 FINANCE · name\n +文件 files +长沙市财政局\n +数据库 database 长沙财政\n +→ 保留：数据库此后已变更 kept: changed in the database since\n/,
  );
  expect(text).toMatch(/differences: 1 to apply, 1 kept\.\n.+npm run list -- --apply$/);
  const applied = tellList(await correctList(owner, { folder: copy.path, apply: true }), true);
  expect(applied).toMatch(/→ 已更正 corrected\n/);
  expect(applied).not.toContain('--apply');
});

it('holds still whoever changes the list while it is applied, and no reader', async () => {
  copy.correct('cities.csv', ['娄底市', '娄底']);
  const [writer, reader] = [owner.createQueryRunner(), owner.createQueryRunner()];
  try {
    await writer.startTransaction();
    await writer.query(`UPDATE city SET name = '新娄底' WHERE code = '431300'`);
    const applied = correctList(owner, { folder: copy.path, apply: true });
    while (!(await reader.query('SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waits'))[0].waits);
    expect(await reader.query('SELECT count(*)::int AS n FROM city')).toEqual([{ n: 14 }]);
    await writer.commitTransaction();
    expect((await applied).differences.filter(({ act }) => act !== 'KEEP')).toEqual([]);
    expect(await one(`SELECT name FROM city WHERE code = '431300'`)).toEqual({ name: '新娄底' });
  } finally {
    await writer.release();
    await reader.release();
  }
});

it('begins, in a database of before, with what every start had written there', async () => {
  const memory = () => owner.query('SELECT * FROM published_row ORDER BY 1, 2');
  const before = await memory();
  await owner.query(`UPDATE consortium SET status = 'WARNED' WHERE code = '430000-2024-01'`);
  const runner = owner.createQueryRunner();
  try {
    await new Published1732401300000().down(runner);
    await new Published1732401300000().up(runner);
  } finally {
    await runner.release();
  }
  expect(await memory()).toEqual(before);
});
