import { demoAccounts } from '../../seeds/demo/accounts.js';
import { loadDemo } from '../../seeds/demo/load.js';
import { Door } from '../../src/access/door.js';
import { ownerDataSource } from '../../src/database/data-source.js';
import { change } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
const writing = Door.prototype.writing;
/** Transactions until somebody is killed. */
let left = Number.POSITIVE_INFINITY;
let said: string[] = [];

beforeAll(async () => {
  s = await testService();
  Door.prototype.writing = function (this: Door, ...given) {
    if (left-- <= 0) throw new Error('killed');
    return writing.apply(this, given as never) as never;
  };
});
afterAll(async () => {
  Door.prototype.writing = writing;
  await s?.close();
});

const load = (transactions = Number.POSITIVE_INFINITY, owner = s.owner) => {
  left = transactions;
  said = [];
  const say = ({ en }: { en: string }) => said.push(en);
  return loadDemo({ owner, service: s.service, dataDir: s.dataDir, now: s.clock.now, say });
};
const states = async () =>
  Object.fromEntries(
    (await s.owner.query('SELECT state, count(*)::int AS n FROM report GROUP BY 1')).map(
      (row: { state: string; n: number }) => [row.state, row.n],
    ),
  );
const ALL = { DRAFT: 3, SUBMITTED: 9, RETURNED: 6, CITY_APPROVED: 6, ACCEPTED: 12 };

it('demonstration data is completed at the next start, wherever the one before was killed, and then left alone', async () => {
  // in the middle of the first report's files, its seals, its decisions, and of later reports
  // a verdict that was not written any more leaves its file pending
  for (const transactions of [0, 1, 2, 3, 5, 2, 4, 3, 7, 11, 13])
    await expect(load(transactions)).rejects.toThrow(/killed|DOCUMENT_PENDING/);
  // two at once
  left = Number.POSITIVE_INFINITY;
  const other = await ownerDataSource({ url: (s.owner.options as { url: string }).url, entities: [] }).initialize();
  await Promise.all([load(), load(Number.POSITIVE_INFINITY, other)]);
  await other.destroy();
  expect(await states()).toEqual(ALL);
  const [{ n }] = await s.owner.query(
    'SELECT count(*)::int AS n FROM report p WHERE (SELECT count(*) FROM report_event e WHERE e.report_id = p.id) <> (SELECT count(DISTINCT e.transition) FROM report_event e WHERE e.report_id = p.id)',
  );
  expect(n).toBe(0);

  const board = s.token('BOARD', '430000-2024-07');
  const { data } = await s.ask(board, '{ reports(filter: { state: { eq: SUBMITTED } }) { nodes { id version } } }');
  const [{ id, version }] = data.reports.nodes;
  await change(s, board, 'withdrawReport', { reportId: id, expectedVersion: version });
  await load(0);
  expect(said).toEqual([]);
  expect(await states()).toEqual({ ...ALL, DRAFT: 4, SUBMITTED: 8 });
}, 120_000);

it('a demonstration token that was revoked stays so at the next start, and its account has another', async () => {
  const role = async (token: string) => {
    const { data, errors } = await s.ask(token, '{ viewer { role } }');
    return errors ? errors[0].extensions.code : data.viewer.role;
  };
  const revoke = async (token: string) => {
    const { data } = await s.ask(token, '{ viewer { token { id } } }');
    const bureau = s.token('CITY_BUREAU', '430400');
    return change(s, bureau, 'revokeToken', { tokenId: data.viewer.token.id }, 'userErrors { code }');
  };
  const next = async () => {
    const accounts = await demoAccounts(s.owner, s.service.tokens, s.clock.now);
    return accounts.find(({ entry }) => entry.department === 'FINANCE')!.entry.token;
  };
  left = Number.POSITIVE_INFINITY;
  const tokens = [s.token('CITY_DEPARTMENT', 'FINANCE')];
  for (let times = 0; times < 2; times++) {
    await revoke(tokens[0]);
    tokens.unshift(await next());
    expect(await role(tokens[0])).toBe('CITY_DEPARTMENT');
    for (const revoked of tokens.slice(1)) expect(await role(revoked)).toBe('TOKEN_REVOKED');
  }
  // neither the owner nor the loader takes it back
  const takeBack = 'UPDATE access_token SET revoked_at = NULL WHERE revoked_at IS NOT NULL';
  await expect(s.owner.query(takeBack)).rejects.toMatchObject({ code: 'IEC02' });
  const asLoader = s.owner.transaction(async (db) => {
    await db.query('SET LOCAL ROLE iec_loader');
    await db.query(takeBack);
  });
  await expect(asLoader).rejects.toMatchObject({ code: '42501' });
  // what nobody revoked is the same
  const [{ n }] = await s.owner.query('SELECT count(*)::int AS n FROM access_token WHERE demo AND revoked_at IS NULL');
  expect(n).toBe(s.accounts.length);
});
