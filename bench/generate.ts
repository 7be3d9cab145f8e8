import { Client } from 'pg';
import { searchText, sortKey } from '../src/database/text.js';
import { inBulk } from './bulk.js';
import { benchId, sqlId } from './ids.js';

export type Size = 21 | 2100 | 100000;
export const SIZES: readonly Size[] = [21, 2100, 100000];

/** GB/T 2260 codes; the first one's list is the one that is measured. */
// biome-ignore format: one glance
const PROVINCE_CODES = [
  43, 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
];
const CITIES = 14;
const PROVINCES: Record<Size, number> = { 21: 1, 2100: 5, 100000: 34 };
const INDUSTRIES = ['工程机械', '现代农业', '轨道交通', '新材料', '电子信息', '生物医药', '文化旅游', '智能制造'];
const TAIL = '市域产教联合体';

/** Part of a generated name with what is computed of names: pieced together in SQL, since 100,000 names are too many here. */
const part = (text: string) => {
  const [key] = sortKey(text).split('\n');
  const [folded, initials] = searchText(text).split('\n');
  return { text, key, folded, initials };
};
const named = (pieces: string[]) => `
  ${pieces.map((p) => `${p}.text`).join(' || ')} || s.n AS name,
  ${pieces.map((p) => `${p}.key`).join(" || ' ' || ")} || ' ' || s.n AS name_key,
  ${pieces.map((p) => `${p}.folded`).join(' || ')} || s.n || E'\\n' || ${pieces.map((p) => `${p}.initials`).join(' || ')} || s.n AS search_text`;

/** The same rows at every run: `size` consortia over provinces of 14 cities, with all that hangs on them. */
export async function generate(ownerUrl: string, size: Size): Promise<void> {
  const db = new Client({ connectionString: ownerUrl });
  await db.connect();
  try {
    await inBulk(db, size, async () => {
      await places(db, size);
      for (const statement of [...LISTED, ...boards(size), ...FILED, ...filings(size), ...TOKENS])
        await db.query(statement);
    });
  } finally {
    await db.end();
  }
}

async function places(db: Client, size: Size): Promise<void> {
  const provinces = PROVINCE_CODES.slice(0, PROVINCES[size]).map((code, p) => ({ p, code: `${code}0000` }));
  const cities = provinces.flatMap(({ p, code }) =>
    Array.from({ length: CITIES }, (_, i) => {
      const name = `第${p + 1}省${i + 1}号市`;
      const cityCode = `${code.slice(0, 2)}${String(i + 1).padStart(2, '0')}00`;
      const id = benchId('cty', cityCode);
      const province_id = benchId('prv', code);
      return { c: p * CITIES + i, p, province_id, id, code: cityCode, name, name_sort: sortKey(name), ...part(name) };
    }),
  );
  const rows = (alias: string, columns: string, n: number) => `json_to_recordset($${n}) AS ${alias}(${columns})`;
  await db.query(
    `INSERT INTO province (id, code, name) SELECT ${sqlId('prv', 'code')}, code, '第' || p + 1 || '省' FROM ${rows('x', 'p int, code text', 1)}`,
    [JSON.stringify(provinces)],
  );
  await db.query(
    `CREATE TEMPORARY TABLE bench_city ON COMMIT DROP AS SELECT * FROM ${rows('x', 'c int, p int, province_id text, id text, code text, name text, name_sort text, text text, key text, folded text, initials text', 1)}`,
    [JSON.stringify(cities)],
  );
  await db.query(
    `CREATE TEMPORARY TABLE bench_industry ON COMMIT DROP AS SELECT * FROM ${rows('x', 'i int, text text, key text, folded text, initials text', 1)}`,
    [JSON.stringify(INDUSTRIES.map((name, i) => ({ i, ...part(name) })))],
  );
  await db.query(
    `CREATE TEMPORARY TABLE bench_word ON COMMIT DROP AS SELECT * FROM ${rows('x', 'what text, text text, key text, folded text, initials text', 1)}`,
    [
      JSON.stringify([
        { what: 'consortium', ...part(TAIL) },
        { what: 'enterprise', ...part('有限公司') },
        { what: 'school', ...part('职业技术学院') },
      ]),
    ],
  );
  // round by round through the cities; `mix` is what states depend on
  await db.query(
    `CREATE TEMPORARY TABLE bench_seed ON COMMIT DROP AS
     SELECT n, t.c, (n - 1) / $2::int AS round, ((n - 1) / $2::int * 7 + t.c) % 10 AS mix, ${sqlId('con', 'n')} AS id, t.province_id, t.id AS city_id, t.code AS city_code,
       t.name_sort AS city_sort, (n - 1) / $2::int * ${CITIES} + t.c % ${CITIES} + 1 AS list_number
     FROM generate_series(1, $1::int) n JOIN bench_city t ON t.c = (n - 1) % $2::int`,
    [size, cities.length],
  );
  await db.query('ANALYZE bench_seed; ANALYZE bench_city');
}

const KINDS = ['EDUCATION', 'DEVELOPMENT_AND_REFORM', 'FINANCE'];
const SCHOOLS = 3;

const LISTED = [
  'INSERT INTO city (id, province_id, code, name, name_sort) SELECT id, province_id, code, name, name_sort FROM bench_city',
  `INSERT INTO department (id, province_id, city_id, kind, name) SELECT ${sqlId('dep', 'c.code || k')}, c.province_id, c.id, k, c.name || k
   FROM bench_city c, unnest('{${KINDS}}'::text[]) k`,
  `INSERT INTO designation (id, province_id, document_number, signed_on, published_on, signed_by, year)
   SELECT ${sqlId('des', 'id')}, id, '测试〔2026〕' || code, '2026-01-04', '2026-01-05', name, 2026 FROM province`,
  `INSERT INTO consortium (id, province_id, city_id, designation_id, code, list_number, name, city_code, city_sort, name_sort, search_text)
   SELECT s.id, s.province_id, s.city_id, ${sqlId('des', 's.province_id')}, left(s.city_code, 2) || '0000-2026-' || lpad(s.list_number::text, greatest(2, length(s.list_number::text)), '0'), s.list_number,
     x.name, s.city_code, s.city_sort, x.name_key || E'\\n' || x.name, x.search_text
   FROM bench_seed s JOIN bench_city c ON c.c = s.c JOIN bench_industry i ON i.i = (s.n + s.round) % ${INDUSTRIES.length} JOIN bench_word w ON w.what = 'consortium',
     LATERAL (SELECT ${named(['c', 'i', 'w'])}) x`,
  `INSERT INTO organization (id, province_id, name, kind, name_sort, search_text)
   SELECT ${sqlId('org', "'e' || s.n")}, s.province_id, x.name, 'ENTERPRISE', x.name_key || E'\\n' || x.name, x.search_text
   FROM bench_seed s JOIN bench_city c ON c.c = s.c JOIN bench_industry i ON i.i = (s.n + s.round) % ${INDUSTRIES.length} JOIN bench_word w ON w.what = 'enterprise',
     LATERAL (SELECT ${named(['c', 'i', 'w'])}) x`,
  `INSERT INTO organization (id, province_id, name, kind, name_sort, search_text)
   SELECT ${sqlId('org', "'s' || c.c || '-' || s.n")}, c.province_id, x.name, 'SCHOOL', x.name_key || E'\\n' || x.name, x.search_text
   FROM bench_city c CROSS JOIN generate_series(0, ${SCHOOLS - 1}) s(n) JOIN bench_word w ON w.what = 'school', LATERAL (SELECT ${named(['c', 'w'])}) x`,
  `INSERT INTO park (id, province_id, name, city_id)
   SELECT DISTINCT ${sqlId('prk', "s.c || '-' || s.round / 2")}, s.province_id, c.name || '产业园' || s.round / 2, s.city_id FROM bench_seed s JOIN bench_city c ON c.c = s.c`,
  `INSERT INTO consortium_park (id, province_id, consortium_id, park_id, position)
   SELECT ${sqlId('prk', "'l' || s.n")}, s.province_id, s.id, ${sqlId('prk', "s.c || '-' || s.round / 2")}, 1 FROM bench_seed s`,
  `INSERT INTO membership (id, province_id, consortium_id, organization_id, role, position)
   SELECT ${sqlId('mem', "s.n || '-' || m.role")}, s.province_id, s.id, m.organization_id, m.role, 1
   FROM bench_seed s, LATERAL (VALUES
     ('LEAD_SCHOOL', ${sqlId('org', `'s' || s.c || '-' || s.round % ${SCHOOLS}`)}),
     ('LEAD_ENTERPRISE', ${sqlId('org', "'e' || s.n")}),
     ('MEMBER', ${sqlId('org', "'e' || s.n % (SELECT max(n) FROM bench_seed) + 1")})) m(role, organization_id)`,
];

const boards = (size: Size) => [
  `INSERT INTO board (id, province_id, city_id, consortium_id, form) SELECT ${sqlId('brd', 'n')}, province_id, city_id, id, CASE WHEN n % 3 = 0 THEN 'BOARD_OF_DIRECTORS' ELSE 'COUNCIL' END FROM bench_seed`,
  `INSERT INTO board_member (id, province_id, city_id, consortium_id, board_id, name, position, constituency, organization_id, term_start, term_end, rank)
   SELECT ${sqlId('bdm', "s.n || '-' || r")}, s.province_id, s.city_id, s.id, ${sqlId('brd', 's.n')}, '理事' || s.n || '-' || r,
     CASE r WHEN 1 THEN 'CHAIR' WHEN 2 THEN 'VICE_CHAIR' ELSE 'MEMBER' END, CASE r WHEN 1 THEN 'SCHOOL' WHEN 2 THEN 'ENTERPRISE' ELSE 'GOVERNMENT' END,
     CASE r WHEN 1 THEN ${sqlId('org', `'s' || s.c || '-' || s.round % ${SCHOOLS}`)} WHEN 2 THEN ${sqlId('org', "'e' || s.n")} END, '2026-01-05', '2029-01-04', r
   FROM bench_seed s, generate_series(1, ${size > 10_000 ? 3 : 5}) r`,
  "INSERT INTO board_member_contact (board_member_id, province_id, city_id, consortium_id, phone, email) SELECT id, province_id, city_id, consortium_id, '000-' || rank, 'm' || rank || '@example.invalid' FROM board_member",
];

const state = (
  mix: string,
  kind: string,
) => `CASE WHEN ${kind} = 'HALF_YEAR_SUMMARY' THEN CASE WHEN ${mix} % 2 = 0 THEN 'DRAFT' ELSE 'SUBMITTED' END
  WHEN ${mix} < 4 THEN 'SUBMITTED' WHEN ${mix} < 6 THEN 'CITY_APPROVED' WHEN ${mix} < 8 THEN 'ACCEPTED' WHEN ${mix} = 8 THEN 'RETURNED' ELSE 'DRAFT' END`;

const FILED = [
  `INSERT INTO report_obligation (id, province_id, city_id, city_code, consortium_id, list_number, year, kind, due_on, due_at)
   SELECT ${sqlId('obl', "s.n || '-' || k.kind")}, s.province_id, s.city_id, s.city_code, s.id, s.list_number, 2026, k.kind, k.due, (k.due + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 ms'
   FROM bench_seed s, (VALUES ('ANNUAL_WORK_PLAN', date '2026-01-20'), ('HALF_YEAR_SUMMARY', date '2026-06-20'), ('ANNUAL_SUMMARY', date '2026-12-20')) k(kind, due)`,
  `CREATE TEMPORARY TABLE bench_report ON COMMIT DROP AS
   SELECT s.n, s.c, s.round, s.province_id, s.city_id, s.city_code, s.id AS consortium_id, ${sqlId('rep', "s.n || '-' || k.kind")} AS id, k.kind, k.due, ${state('s.mix', 'k.kind')} AS state,
     timestamptz '2026-01-05T00:00:00Z' + make_interval(mins => s.n * 2 + k.later) AS at
   FROM bench_seed s, (VALUES ('ANNUAL_WORK_PLAN', date '2026-01-20', 0), ('HALF_YEAR_SUMMARY', date '2026-06-20', 1)) k(kind, due, later)`,
  `INSERT INTO report (id, province_id, city_id, city_code, consortium_id, obligation_id, year, kind, due_on, state, submitted_at, city_approved_at, accepted_at, queued_at, updated_at, submitted_from, submitted_by_account_id, last_revision_number)
   SELECT id, province_id, city_id, city_code, consortium_id, ${sqlId('obl', "n || '-' || kind")}, 2026, kind, due, state, CASE WHEN state <> 'DRAFT' THEN at END,
     CASE WHEN state IN ('CITY_APPROVED', 'ACCEPTED') THEN at + interval '1 day' END, CASE WHEN state = 'ACCEPTED' THEN at + interval '2 days' END, at, at + interval '2 days',
     CASE WHEN state <> 'DRAFT' THEN 'DRAFT' END, CASE WHEN state <> 'DRAFT' THEN ${sqlId('acc', "'BOARD' || n")} END, CASE WHEN state = 'DRAFT' THEN 0 ELSE 1 END FROM bench_report`,
  `INSERT INTO report_revision (id, province_id, city_id, consortium_id, report_id, number, title, summary, submitted_at, approved_at, accepted_at)
   SELECT ${sqlId('rev', 'r.id || coalesce(v.number, 0)')}, r.province_id, r.city_id, r.consortium_id, r.id, v.number, '材料' || r.n, '摘要', CASE WHEN v.number = 1 THEN r.at END,
     CASE WHEN v.number = 1 AND r.state IN ('CITY_APPROVED', 'ACCEPTED') THEN r.at + interval '1 day' END, CASE WHEN v.number = 1 AND r.state = 'ACCEPTED' THEN r.at + interval '2 days' END
   FROM bench_report r JOIN (VALUES (1), (NULL)) v(number) ON CASE WHEN v.number = 1 THEN r.state <> 'DRAFT' ELSE r.state IN ('DRAFT', 'RETURNED') END`,
  `INSERT INTO report_document (id, province_id, city_id, consortium_id, revision_id, kind, file_name, byte_size, sha256, storage_key, created_at, check_state, checked_at)
   SELECT ${sqlId('doc', 'v.id || k')}, v.province_id, v.city_id, v.consortium_id, v.id, k, CASE k WHEN 'WORD' THEN '材料.docx' ELSE '材料.pdf' END, 1000, repeat(md5(v.id || k), 2), 'bench/' || md5(v.id || k), timestamptz '2026-01-05T00:00:00Z', 'PASSED', timestamptz '2026-01-05T00:00:00Z'
   FROM report_revision v, unnest('{WORD,STAMPED_PDF}'::text[]) k`,
];

/** Seals and events of everything would be half of all rows; above 10,000 only what the transitions need. */
const filings = (size: Size) => [
  `INSERT INTO seal_attestation (id, province_id, city_id, consortium_id, revision_id, organization_id, sha256, attested_at, attested_by, page)
   SELECT ${sqlId('sea', 'v.id || m.id')}, v.province_id, v.city_id, v.consortium_id, v.id, m.organization_id, repeat(md5(v.id || 'STAMPED_PDF'), 2), timestamptz '2026-01-05T00:00:00Z', '理事会', 1
   FROM report_revision v JOIN membership m ON m.consortium_id = v.consortium_id AND m.role <> 'MEMBER'${size > 10_000 ? ' WHERE v.number IS NULL' : ''}`,
  `INSERT INTO required_seal (id, province_id, city_id, consortium_id, revision_id, organization_id, position)
   SELECT ${sqlId('rqs', 'v.id || m.id')}, v.province_id, v.city_id, v.consortium_id, v.id, m.organization_id, CASE m.role WHEN 'LEAD_SCHOOL' THEN 1 ELSE 2 END
   FROM report_revision v JOIN membership m ON m.consortium_id = v.consortium_id AND m.role <> 'MEMBER' WHERE v.number IS NOT NULL${size > 10_000 ? ' AND false' : ''}`,
  `INSERT INTO report_event (id, province_id, city_id, consortium_id, report_id, transition, from_state, to_state, at, actor_role, actor_name, revision_number)
   SELECT ${sqlId('evt', 'id')}, province_id, city_id, consortium_id, id, t.name, t.from_state, t.to_state, at, CASE t.db_role WHEN 'iec_board' THEN 'BOARD' WHEN 'iec_bureau' THEN 'CITY_BUREAU' ELSE 'PROVINCE' END, '理事会', CASE WHEN state <> 'DRAFT' THEN 1 END
   FROM bench_report JOIN (SELECT DISTINCT ON (to_state) * FROM workflow_transition WHERE noted AND name <> 'withdrawReport' ORDER BY to_state, db_role, from_state) t ON t.to_state = state`,
];

/** One board token per consortium, one of each other kind per scope; `benchActor` knows the same keys. */
const TOKENS = [
  `CREATE TEMPORARY TABLE bench_token ON COMMIT DROP AS
   SELECT 'BOARD' AS role, 'BOARD' || n AS key, province_id, city_id, NULL::text AS department, id AS consortium_id FROM bench_seed
   UNION ALL SELECT r, r || c, province_id, id, CASE r WHEN 'CITY_DEPARTMENT' THEN 'FINANCE' END, NULL FROM bench_city, unnest('{CITY_BUREAU,CITY_DEPARTMENT}'::text[]) r
   UNION ALL SELECT r, r || code, id, NULL, NULL, NULL FROM province, unnest('{PROVINCE,EXPERT,ANALYST}'::text[]) r
   UNION ALL SELECT 'ADMINISTRATOR', 'ADMINISTRATOR', NULL, NULL, NULL, NULL`,
  `INSERT INTO account (id, province_id, display_name, created_at) SELECT ${sqlId('acc', 'key')}, province_id, key, timestamptz '2026-01-05T00:00:00Z' FROM bench_token`,
  `INSERT INTO access_token (id, account_id, label, role, province_id, city_id, department, consortium_id, issued_by, created_at, expires_at)
   SELECT ${sqlId('tok', 'key')}, ${sqlId('acc', 'key')}, key, role, province_id, city_id, department, consortium_id, '测试', timestamptz '2026-01-05T00:00:00Z', timestamptz '2099-01-01T00:00:00Z' FROM bench_token`,
  `INSERT INTO expert_assignment (id, account_id, consortium_id, province_id, year)
   SELECT ${sqlId('exp', 's.n')}, ${sqlId('acc', "'EXPERT' || left(s.city_code, 2) || '0000'")}, s.id, s.province_id, 2026 FROM bench_seed s WHERE s.list_number <= 6`,
];
