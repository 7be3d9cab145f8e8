import { execFileSync } from 'node:child_process';
import { chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createSchema } from '../../src/schema.js';
import { pdf, upload, word } from '../support/files.js';
import { change, obligationOf, readyDraft, submitted } from '../support/reports.js';
import { type Answer, type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
type Call = { token: string; input: Record<string, unknown> };

let s: TestService;
const calls: Record<string, Call> = {};
beforeAll(async () => {
  s = await testService();
  const [board, bureau, province] = [s.token('BOARD', CODE), s.token('CITY_BUREAU', '430400'), s.token('PROVINCE')];
  const on = ({ id, version }: { id: string; version: number }) => ({ reportId: id, expectedVersion: version });
  const step = async (token: string, name: string, report: { id: string; version: number }) =>
    (await change(s, token, name, on(report))).report;
  const draft = await readyDraft(s, CODE, 'ANNUAL_SUMMARY', 2026);
  const open = await submitted(s, CODE, 'HALF_YEAR_SUMMARY', 2026);
  const approved = await step(bureau, 'approveReport', await submitted(s, CODE, 'ANNUAL_WORK_PLAN', 2026));
  const accepted = await step(
    province,
    'acceptReport',
    await step(bureau, 'approveReport', await submitted(s, CODE, 'ANNUAL_WORK_PLAN', 2025)),
  );
  const { data } = await s.ask(board, 'query ($code: String) { consortium(code: $code) { id leadSchools { id } } }', {
    code: CODE,
  });
  const [{ id: organizationId }] = data.consortium.leadSchools;
  const free = await obligationOf(s, s.token('BOARD', '430000-2024-07'), 'ANNUAL_SUMMARY', 2026);
  const issued = await change(
    s,
    bureau,
    'issueToken',
    { role: 'CITY_DEPARTMENT', department: 'FINANCE', label: 'x' },
    'token { id } userErrors { code }',
  );
  Object.assign(calls, {
    createReportDraft: { token: s.token('BOARD', '430000-2024-07'), input: { obligationId: free.id } },
    updateReportDraft: { token: board, input: { ...on(draft), title: '新' } },
    createUpload: { token: board, input: { fileName: 'a.pdf', byteSize: 3, sha256: '0'.repeat(64) } },
    attachReportDocument: {
      token: board,
      input: { ...on(draft), kind: 'STAMPED_PDF', uploadId: await upload(s, board, 'b.pdf', await pdf('b')) },
    },
    attestSeal: { token: board, input: { ...on(draft), organizationId, page: 1 } },
    issueSealToken: { token: board, input: { reportId: draft.id, organizationId } },
    submitReport: { token: board, input: on(draft) },
    withdrawReport: { token: board, input: on(open) },
    approveReport: { token: bureau, input: on(open) },
    returnReport: { token: bureau, input: { ...on(open), comment: '请修改' } },
    acceptReport: { token: province, input: on(approved) },
    reopenReport: { token: province, input: { ...on(accepted), reason: '更正' } },
    extendObligation: { token: province, input: { obligationId: free.id, dueOn: '2027-01-29', reason: '雨' } },
    issueToken: { token: province, input: { role: 'ANALYST', label: 'x' } },
    revokeToken: { token: bureau, input: { tokenId: issued.token.id } },
    decideSealRequirement: {
      token: province,
      input: { effectiveOn: '2027-01-01', units: ['LEAD_SCHOOL', 'LEAD_ENTERPRISE', 'PARK'] },
    },
    replaceReportTemplate: {
      token: province,
      input: {
        kind: 'ANNUAL_WORK_PLAN',
        uploadId: await upload(s, province, '模板.docx', await word('致{consortium.name}')),
      },
    },
    requestReportArchive: { token: province, input: { year: 2026 } },
  } satisfies Record<string, Call>);
}, 180_000);
afterAll(() => s?.close());

const ask = (name: string, more: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  s.ask(
    calls[name].token,
    `mutation ($input: ${name[0].toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { userErrors { code path } } }`,
    { input: { ...calls[name].input, ...more } },
    headers,
  );
/** Every one of them would be carried out: nothing but the disk is in the way. */
const allWould = async () => {
  for (const name of Object.keys(calls))
    expect({ name, ...(await ask(name, { validateOnly: true })) }).toMatchObject({
      name,
      data: { [name]: { userErrors: [] } },
    });
};

/** What PostgreSQL says of a full disk, at every write of every table, or at the commit alone. */
async function full(sqlState: string, when: 'write' | 'commit', but: string[] = []): Promise<() => Promise<void>> {
  const said = `RAISE EXCEPTION USING ERRCODE = '${sqlState}', MESSAGE = 'could not extend file "base/1/2": No space left on device';`;
  await s.owner.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${said} END $$`);
  const tables: { t: string }[] = await s.owner.query("SELECT tablename t FROM pg_tables WHERE schemaname = 'public'");
  for (const { t } of tables.filter(({ t }) => !['migrations', ...but].includes(t)))
    await s.owner.query(
      `${
        when === 'write'
          ? `CREATE TRIGGER aaa_full_disk BEFORE INSERT OR UPDATE OR DELETE ON ${t} FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`
          : `CREATE CONSTRAINT TRIGGER aaa_full_disk AFTER INSERT OR UPDATE OR DELETE ON ${t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk()`
      }; ALTER TABLE ${t} ENABLE ALWAYS TRIGGER aaa_full_disk`,
    );
  return () => s.owner.query('DROP FUNCTION full_disk() CASCADE');
}

describe('a full disk of the database', () => {
  it('is tried in every mutation that there is', async () => {
    const schema = await createSchema();
    expect(Object.keys(calls).sort()).toEqual(Object.keys(schema.getMutationType()!.getFields()).sort());
    await allWould();
  });

  it.each([
    ['53100', 'write'],
    ['53100', 'commit'],
    ['53200', 'write'],
    ['53400', 'write'],
    ['57P05', 'write'],
    ['58030', 'write'],
    ['25006', 'write'],
  ] as const)('%s at the %s is UNAVAILABLE in each of them, and may be tried again', async (sqlState, when) => {
    const freed = await full(sqlState, when);
    try {
      for (const name of Object.keys(calls)) {
        const { data, errors } = await ask(name);
        expect({ name, data, code: errors?.[0].extensions.code, retryable: errors?.[0].extensions.retryable }).toEqual({
          name,
          data: { [name]: null },
          code: 'UNAVAILABLE',
          retryable: true,
        });
        expect(JSON.stringify(errors)).not.toMatch(/No space|base\/|full_disk/);
      }
    } finally {
      await freed();
    }
    await allWould();
  });

  it('leaves a key free, and is said where the key itself can not be kept', async () => {
    for (const but of [['idempotent_answer'], []]) {
      const freed = await full('53100', 'write', but);
      try {
        for (const name of Object.keys(calls)) {
          const { errors } = await ask(name, {}, { 'idempotency-key': `full-${name}` });
          expect({ name, code: errors?.[0].extensions.code }).toEqual({ name, code: 'UNAVAILABLE' });
        }
      } finally {
        await freed();
      }
      expect(await s.owner.query('SELECT key FROM idempotent_answer')).toEqual([]);
    }
    await allWould();
  });

  it('is a real one, where this machine lets us have one', async () => {
    const disk = await realDisk();
    if (!disk) return;
    try {
      // what lies on pages already may still find room there
      for (const name of ['createUpload', 'issueToken', 'requestReportArchive']) {
        let answer = await ask(name);
        for (let tries = 0; !answer.errors && tries < 300; tries++) answer = await ask(name);
        expect({ name, code: answer.errors?.[0].extensions.code }).toEqual({ name, code: 'UNAVAILABLE' });
      }
      const { data } = await s.ask(null, '{ consortia(first: 1) { totalCount } }');
      expect(data.consortia.totalCount).toBe(21);
    } finally {
      await disk.free();
    }
    await allWould();
  }, 120_000);
});

/** A small file system of its own for the tables of this database, and filled; undefined where that is not permitted. */
async function realDisk(): Promise<{ free(): Promise<void> } | undefined> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres');
  url.pathname = new URL((s.owner.options as { url: string }).url).pathname;
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  const dir = await mkdtemp(join(tmpdir(), 'consortia-full-'));
  const name = `full_${process.pid}`;
  const tables = async () => {
    const { rows } = await admin.query(
      "SELECT format('ALTER %s %I SET TABLESPACE ', CASE c.relkind WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, c.relname) move FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')",
    );
    return rows.map(({ move }) => move as string);
  };
  const free = async () => {
    await admin.query('DROP TABLE IF EXISTS filler').catch(() => {});
    for (const move of await tables()) await admin.query(`${move} pg_default`);
    await admin.query(`DROP TABLESPACE IF EXISTS ${name}`);
    await admin.end();
    execFileSync('umount', [dir], { stdio: 'ignore' });
    await rm(dir, { recursive: true, force: true });
  };
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dir], { stdio: 'ignore' });
    const [{ data_directory: of }] = (await admin.query('SHOW data_directory')).rows;
    const { uid, gid } = await stat(of);
    await chown(dir, uid, gid);
    await admin.query(`CREATE TABLESPACE ${name} LOCATION '${dir}'`);
  } catch {
    await free().catch(() => {});
    return undefined;
  }
  for (const move of await tables()) await admin.query(`${move} ${name}`);
  await admin.query(`CREATE TABLE filler (t text) TABLESPACE ${name}`);
  for (const rows of [1000, 1]) {
    let more = true;
    while (more)
      await admin
        .query(`INSERT INTO filler SELECT repeat('x', 1900) FROM generate_series(1, ${rows})`)
        .catch((error) => {
          expect(error.code).toBe('53100');
          more = false;
        });
  }
  return { free };
}
