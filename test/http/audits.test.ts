import { serverAudits } from 'graphql-http';
import { type Started, start } from './fixture.js';

/** GraphQL over HTTP, as its working group tests it: every audit, on both executors. */
describe.each([
  ['compiled', false],
  ['interpreted', true],
])('audits, %s', (_, interpret) => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ interpret });
  });
  afterAll(() => server.app.close());

  const audits = serverAudits({ url: () => `${server.url}/graphql` });
  it('are all there', () => expect(audits).toHaveLength(61));
  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_, audit) => {
    for (let again = 0; again < 3; again++) {
      const result = await audit.fn();
      expect('reason' in result ? result.reason : result.status).toBe('ok');
    }
  });
});
