import { withoutWallOne } from '../../src/access/conditions.js';
import { submitted } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
});
afterAll(() => s?.close());

const LISTS =
  '{ reports(first: 100) { totalCount nodes { id } } reportObligations(first: 1) { totalCount } accessTokens { totalCount } }';

describe('with the conditions switched off', () => {
  it('the database alone keeps every list and count to what its role and scope may see', async () => {
    await submitted(s, '430000-2024-06', 'HALF_YEAR_SUMMARY', 2026);
    await submitted(s, '430000-2024-01', 'HALF_YEAR_SUMMARY', 2026);
    for (const token of [
      s.token('BOARD', '430000-2024-06'),
      s.token('CITY_BUREAU', '430400'),
      s.token('PROVINCE'),
      s.token('ANALYST'),
    ]) {
      const both = await s.ask(token, LISTS);
      expect(both.errors).toBeUndefined();
      const alone = await withoutWallOne(() => s.ask(token, LISTS));
      expect(alone.data).toEqual(both.data);
    }
    // who has no grant at all fails loudly, and learns nothing
    const open = await withoutWallOne(() => s.ask(null, '{ reports { totalCount } }'));
    expect(open.data).toBeNull();
    expect(open.errors![0].extensions.code).toBe('INTERNAL');
  });
});
