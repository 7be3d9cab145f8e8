import { isInputObjectType } from 'graphql';
import { Kept1732400900000 } from '../../migrations/1732400900000-kept.js';
import { UNSEEN } from '../../migrations/kept/lines.js';
import { UNSEEN_IN_SQL, unseenIn } from '../../src/database/one-line.js';
import { boundOf } from '../../src/graph/bounds.js';
import { createSchema } from '../../src/schema.js';
import { change, obligationOf, submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
let s: TestService;
let draft: { id: string; version: number };
beforeAll(async () => {
  s = await testService();
  const obligation = await obligationOf(s, s.token('BOARD', CODE), 'ANNUAL_SUMMARY', 2026);
  ({ report: draft } = await change(s, s.token('BOARD', CODE), 'createReportDraft', { obligationId: obligation.id }));
});
afterAll(() => s?.close());

/** Every place where a mutation takes a text of one line. */
const LINES: [string, string, (text: string) => object, string, string][] = [
  ['issueToken', 'label', (label) => ({ role: 'ANALYST', label }), 'PROVINCE', ''],
  ['createUpload', 'fileName', (fileName) => ({ fileName, byteSize: 1, sha256: '0'.repeat(64) }), 'BOARD', CODE],
  [
    'updateReportDraft',
    'title',
    (title) => ({ reportId: draft.id, expectedVersion: draft.version, title }),
    'BOARD',
    CODE,
  ],
  ['createReportDraft', 'title', (title) => ({ obligationId: 'obl_0', title }), 'BOARD', CODE],
];
/** Texts with paragraphs. */
const PARAGRAPHS = ['comment', 'reason', 'summary'];

const BAD: [string, string][] = [
  ['甲\n乙', 'U+000A'],
  ['甲\r\n乙', 'U+000D'],
  ['甲\t乙', 'U+0009'],
  ['甲\u2028乙', 'U+2028'],
  ['甲\u0085乙', 'U+0085'],
  ['甲\u001b[31m乙', 'U+001B'],
  ['报告\u202excod.exe', 'U+202E'],
  ['\u2066甲\u2069', 'U+2066'],
  ['甲\u200f乙', 'U+200F'],
  ['甲\u061c乙', 'U+061C'],
  ['甲\u200b乙', 'U+200B'],
  ['甲\u200d乙', 'U+200D'],
  ['甲\ufeff乙', 'U+FEFF'],
  ['甲乙\n', 'U+000A'],
  ['甲\u{e0041}乙', 'U+E0041'],
];

describe('a text of one line', () => {
  it('is each that a mutation takes and that has no paragraphs', async () => {
    const schema = await createSchema();
    const found = Object.values(schema.getTypeMap())
      .filter((type) => isInputObjectType(type))
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter((field) => boundOf(field).byRule && !PARAGRAPHS.includes(field.name))
          .map((field) => `${type.name}.${field.name}`),
      );
    expect(found.sort()).toEqual(
      LINES.map(([name, field]) => `${name[0].toUpperCase()}${name.slice(1)}Input.${field}`).sort(),
    );
  });

  it.each(LINES.slice(0, 3))(
    '%s.%s: with a break, a mark or what is not seen it is refused, and said what',
    async (name, field, input, role, code) => {
      const fields = 'userErrors { code path message params { name value } }';
      for (const [text, character] of BAD) {
        const { userErrors } = await change(
          s,
          s.token(role, code),
          name,
          { ...input(text), validateOnly: true },
          fields,
        );
        expect({ text, userErrors }).toEqual({
          text,
          userErrors: [
            {
              code: 'INVALID',
              path: [field],
              message: `此项无效：请删去其中不可见的字符 ${character}。`,
              params: [{ name: 'character', value: character }],
            },
          ],
        });
      }
      for (const text of ['衡阳市域产教联合体（二〇二六）', 'Plan №1 – «ä» 𠮷野家', '葛\u{e0100}城', '👍🏽 ok']) {
        const { userErrors } = await change(
          s,
          s.token(role, code),
          name,
          { ...input(text), validateOnly: true },
          fields,
        );
        expect({ text, userErrors }).toEqual({ text, userErrors: [] });
      }
    },
  );

  it('is held against a title beside whatever else is wrong with a new draft', async () => {
    const obligation = await obligationOf(s, s.token('BOARD', '430000-2024-07'), 'ANNUAL_SUMMARY', 2026);
    const input = { obligationId: obligation.id, title: '甲\n乙' };
    const { userErrors } = await change(s, s.token('BOARD', '430000-2024-07'), 'createReportDraft', input);
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['title'] }]);
  });

  it('is not asked of comments, reasons and summaries', async () => {
    const text = '第一段\n\n第二段\t末';
    const input = { reportId: draft.id, expectedVersion: draft.version, summary: text };
    const answer = await change(
      s,
      s.token('BOARD', CODE),
      'updateReportDraft',
      input,
      'report { version draft { summary } } userErrors { code }',
    );
    expect(answer).toMatchObject({ report: { draft: { summary: text } }, userErrors: [] });
    draft.version = answer.report.version;
  });

  it('is one in the database too, of the same characters and no others', async () => {
    expect(UNSEEN_IN_SQL).toBe(UNSEEN);
    const rows = await s.owner.query(
      'SELECT c FROM generate_series(1, 1114111) c WHERE c NOT BETWEEN 55296 AND 57343 AND chr(c) ~ $1',
      [UNSEEN],
    );
    const here: number[] = [];
    for (let c = 1; c <= 0x10ffff; c++)
      if ((c < 0xd800 || c > 0xdfff) && unseenIn(String.fromCodePoint(c))) here.push(c);
    expect(rows.map(({ c }: { c: number }) => c)).toEqual(here);
    for (const c of [0, 0xd800, 0xdfff]) expect(unseenIn(`a${String.fromCharCode(c)}b`)).toBeDefined();

    const id = s.actor('PROVINCE').tokenId;
    const tries: [string, unknown[]][] = [
      ['UPDATE access_token SET label = $1 WHERE id = $2', [id]],
      ['UPDATE account SET display_name = $1 WHERE id = $2', [s.actor('PROVINCE').accountId]],
      ['UPDATE report_revision SET title = $1 WHERE report_id = $2 AND number IS NULL', [draft.id]],
      [
        "INSERT INTO upload (id, province_id, token_id, file_name, byte_size, sha256, storage_key, created_at, expires_at) VALUES ('upl-x', $3, $2, $1, 1, 'x', 'x', now(), now())",
        [id, s.actor('PROVINCE').provinceId],
      ],
    ];
    for (const [text, values] of tries)
      await expect(s.owner.query(text, ['甲\u202e乙', ...values])).rejects.toMatchObject({
        driverError: { code: '23514' },
      });
  });

  it('is made of those from before, and what was submitted stays as it was signed', async () => {
    const report = await submitted(s, CODE, 'HALF_YEAR_SUMMARY', 2026);
    const runner = s.owner.createQueryRunner();
    const kept = new Kept1732400900000();
    const set = async (text: string, values: unknown[]) => {
      const table = /UPDATE (\w+)/.exec(text)![1];
      await s.owner.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
      await s.owner.query(text, values);
    };
    try {
      await kept.down(runner);
      const label = ' 第一行\r\n第二行\u202e\u200b末 ';
      await set('UPDATE access_token SET label = $1 WHERE id = $2', [label, s.actor('ANALYST').tokenId]);
      await set("UPDATE report_revision SET title = '甲' || chr(10) || '乙' WHERE report_id = ANY($1)", [
        [report.id, draft.id],
      ]);
      await set("UPDATE report_document SET file_name = 'a' || chr(8238) || 'b.docx' WHERE kind = 'WORD'", []);
    } finally {
      await kept.up(runner);
      await runner.release();
    }
    const [{ label }] = await s.owner.query('SELECT label FROM access_token WHERE id = $1', [
      s.actor('ANALYST').tokenId,
    ]);
    expect(label).toBe('第一行 第二行末');
    const titles = await s.owner.query(
      'SELECT number, title FROM report_revision WHERE report_id = ANY($1) ORDER BY number NULLS LAST',
      [[report.id, draft.id]],
    );
    expect(titles).toEqual([
      { number: 1, title: '甲\n乙' },
      { number: null, title: '甲 乙' },
    ]);
    expect(await s.owner.query("SELECT DISTINCT file_name FROM report_document WHERE kind = 'WORD'")).toEqual([
      { file_name: 'ab.docx' },
    ]);
    const [{ off }] = await s.owner.query(
      "SELECT count(*)::int off FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'A' AND c.relnamespace = 'public'::regnamespace",
    );
    expect(off).toBe(0);
    // and its return leaves a draft all the same
    const answer = await change(
      s,
      s.token('CITY_BUREAU', '430400'),
      'returnReport',
      { reportId: report.id, expectedVersion: report.version, comment: '请改标题\n和正文' },
      'report { state } userErrors { code }',
    );
    expect(answer).toEqual({ report: { state: 'RETURNED' }, userErrors: [] });
    const [{ title }] = await s.owner.query(
      'SELECT title FROM report_revision WHERE report_id = $1 AND number IS NULL',
      [report.id],
    );
    expect(title).toBe('甲 乙');
  });
});
