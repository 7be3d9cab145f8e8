import type { TestService } from '../support/service.js';

type Mocks = { unstable_mockModule(path: string, make: () => unknown): void };
const { jest: mocks } = import.meta as unknown as { jest: Mocks };

/** Wall one, and a switch that only this file has: the module is replaced before the service loads it. */
let wallOne = true;
const real = await import('../../src/access/conditions.js');
mocks.unstable_mockModule('../../src/access/conditions.js', () => ({
  ...real,
  condition: (...given: Parameters<typeof real.condition>) => (wallOne ? real.condition(...given) : 'TRUE'),
  hasRight: (...given: Parameters<typeof real.hasRight>) => !wallOne || real.hasRight(...given),
  mayReadField: (...given: Parameters<typeof real.mayReadField>) => !wallOne || real.mayReadField(...given),
}));
const { testService } = await import('../support/service.js');
const { submitted } = await import('../support/reports.js');
const { Session } = await import('../../src/access/session.js');

let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const LISTS =
  '{ reports(first: 100) { totalCount nodes { id } } reportObligations(first: 1) { totalCount } accessTokens { totalCount } }';
/** Statements are kept by document: another text is compiled anew. */
const OTHERWISE = ` ${LISTS}`;

describe('with the conditions switched off', () => {
  it('the database alone keeps every list and count to what its role and scope may see', async () => {
    await submitted(s, '430000-2024-06', 'HALF_YEAR_SUMMARY', 2026);
    await submitted(s, '430000-2024-01', 'HALF_YEAR_SUMMARY', 2026);
    const tokens = [
      s.token('BOARD', '430000-2024-06'),
      s.token('CITY_BUREAU', '430400'),
      s.token('PROVINCE'),
      s.token('ANALYST'),
    ];
    const both = [];
    for (const token of tokens) both.push(await s.ask(token, LISTS));
    const asked: string[] = [];
    const query = Session.prototype.query;
    Session.prototype.query = function (statement, ...rest) {
      asked.push(statement.text);
      return query.call(this, statement, ...rest) as never;
    };
    wallOne = false;
    const alone = [];
    for (const token of tokens) alone.push(await s.ask(token, OTHERWISE));
    expect(asked.filter((text) => text.includes('FROM report t'))).not.toEqual([]);
    expect(asked.filter((text) => / t\d+\.(province|city|consortium)_id = /.test(text))).toEqual([]);
    for (const [i, answer] of both.entries()) {
      expect(answer.errors).toBeUndefined();
      expect(alone[i].data).toEqual(answer.data);
    }
    // who has no grant at all fails loudly, and learns nothing
    const open = await s.ask(null, '{ reports { totalCount } }');
    expect(open.data).toBeNull();
    expect(open.errors![0].extensions.code).toBe('FORBIDDEN');
  });
});
