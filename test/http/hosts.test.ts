import { type Started, start } from './fixture.js';
import { exchange, portOf } from './raw.js';

describe('the Host header', () => {
  let server: Started;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  const get = (path: string, version: string, ...headers: string[]) =>
    exchange(
      portOf(server.url),
      `GET ${path} HTTP/${version}\r\n${[...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`,
    );
  const PATHS = ['/graphql?query=%7Bhello%7D', '/healthz', '/graphiql', '/nowhere', '/files/documents/doc_1'];

  it.each([
    ['twice', ['Host: a.example', 'Host: b.example']],
    ['twice the same', ['Host: a.example', 'host: a.example']],
    ['twice, apart', ['Host: a.example', 'Accept: */*', 'HOST:  ']],
    ['not at all', []],
  ])('%s is refused on every path', async (_, headers) => {
    for (const path of PATHS) {
      const answer = await get(path, '1.1', ...headers);
      expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*Host[\s\S]*"BAD_USER_INPUT"/);
      expect(answer).not.toContain('"hello"');
    }
  });

  it('once is right; HTTP/1.0 knows none', async () => {
    expect(await get(PATHS[0], '1.1', 'Host: a.example')).toContain('{"hello":"hello"}');
    expect(await get(PATHS[0], '1.0')).toContain('{"hello":"hello"}');
    expect(await get(PATHS[0], '1.0', 'Host: a', 'Host: b')).toMatch(/^HTTP\/1.\d 400 /);
  });
});
