import { MAX_ANSWER_BYTES } from '../../src/graph/answer-size.js';
import { type Started, start } from './fixture.js';

const many = (n: number, make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(' ');

/** `long` is a text of 120,000 bytes. */
describe.each([
  ['compiled', false],
  ['interpreted', true],
])('an answer has a bound, %s', (_, interpret) => {
  let server: Started;
  beforeAll(async () => {
    server = await start({ interpret });
  });
  afterAll(() => server.app.close());

  it.each([
    ['of one object', `{ city { ${many(90, (i) => `a${i}: long`)} } }`],
    ['of root fields, each below it', `{ ${many(90, (i) => `a${i}: long`)} }`],
    [
      'of fragments',
      `{ city { ...F } } fragment F on City { twin { ${many(50, (i) => `a${i}: long`)} } twins { ${many(50, (i) => `b${i}: long`)} } }`,
    ],
    // a gigabyte, were it written
    ['of a list', `{ nodes(ids: [${many(100, (i) => `"${i}"`)}]) { ${many(90, (i) => `a${i}: long`)} } }`],
    ['of a mutation', `mutation { long { ${many(90, (i) => `a${i}: long`)} } }`],
  ])('%s', async (_, query) => {
    for (let again = 0; again < 3; again++) {
      const before = process.memoryUsage().rss;
      const { status, body } = await server.ask(query);
      expect([status, body.data]).toEqual([200, undefined]);
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0].extensions).toMatchObject({
        code: 'QUERY_TOO_COSTLY',
        retryable: false,
        params: { what: 'bytes', limit: MAX_ANSWER_BYTES },
      });
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_048_576);
      expect(server.closed.at(-1)).toEqual({ failed: true });
    }
  });

  it('what is within it is answered to the character', async () => {
    const query = `{ ${many(80, (i) => `a${i}: long`)} }`;
    for (let again = 0; again < 3; again++) {
      const { text, body } = await server.ask(query);
      expect(Buffer.byteLength(text)).toBeGreaterThan(9_500_000);
      expect(Object.keys(body.data)).toHaveLength(80);
    }
  });
});
