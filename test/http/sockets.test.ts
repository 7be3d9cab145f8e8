import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyPluginAsync } from 'fastify';
import { read, type Started, start } from './fixture.js';
import { exchange, portOf } from './raw.js';

const MB = 1 << 20;
const BIG = Buffer.alloc(24 * MB, 'x');
/** Routes as the files have them. */
const files: FastifyPluginAsync = async (app) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.get('/big', (_, reply) => {
    served++;
    return reply.send(BIG);
  });
  app.put('/upload', { bodyLimit: 50 * MB, config: { upload: true } }, async ({ raw }) => {
    let bytes = 0;
    for await (const chunk of raw) bytes += chunk.length;
    return { bytes };
  });
  app.put('/refused', { bodyLimit: 50 * MB, config: { upload: true } }, async (_, reply) =>
    reply.code(404).send('no such link'),
  );
};

let server: Started;
let served = 0;
const begin = async (options: Parameters<typeof start>[0]) => {
  served = 0;
  server = await start({ plugins: [files], ...options });
};
const opened: Socket[] = [];
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server.app.close();
});

type Open = { socket: Socket; heard: () => string; closed: Promise<string>; isClosed: () => boolean };
function open(text = ''): Open {
  let heard = '';
  const socket = connect(portOf(server.url), '127.0.0.1');
  opened.push(socket);
  if (text) socket.write(text);
  socket.on('data', (chunk) => (heard += chunk));
  socket.on('error', () => {});
  let over = false;
  const closed = new Promise<string>((done) =>
    socket.on('close', () => {
      over = true;
      done(heard);
    }),
  );
  return { socket, heard: () => heard, closed, isClosed: () => over };
}
const head = (method: string, path: string, ...more: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...more].join('\r\n')}\r\n\r\n`;
/** A byte now and then, as long as somebody takes it. */
async function drip({ socket }: Open, text = 'a', every = 40) {
  while (!socket.destroyed && socket.writable) {
    socket.write(text);
    await delay(every);
  }
}

describe('what is slow is cut off', () => {
  const JSON_BODY = ['Content-Type: application/json', 'Content-Length: 100000'];

  it.each([
    ['/graphql', 'POST', JSON_BODY],
    ['/nowhere', 'POST', JSON_BODY],
    ['/nowhere', 'PUT', ['Content-Type: text/plain', 'Content-Length: 100000']],
    ['/healthz', 'POST', JSON_BODY],
    ['/healthz', 'GET', JSON_BODY],
    ['/graphql', 'DELETE', JSON_BODY],
    ['/graphql', 'OPTIONS', JSON_BODY],
    ['/graphiql', 'GET', ['Content-Length: 100000']],
    ['/refused', 'PUT', ['Content-Length: 1000000']],
    ['/upload', 'PUT', ['Content-Length: 1000000']],
    ['/graphql', 'POST', ['Content-Type: application/json', 'Expect: 100-continue', 'Content-Length: 100000']],
    [
      '/graphql',
      'POST',
      ['Content-Type: application/json', 'Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 9999'],
    ],
  ])('a body of %s (%s) that comes byte by byte, or not at all', async (path, method, headers) => {
    await begin({ patience: { body: 400 } });
    const dripping = open(head(method, path, ...headers));
    const silent = open(head(method, path, ...headers));
    void drip(dripping);
    await Promise.all([dripping.closed, silent.closed]);
    expect((await server.ask('{ hello }')).body.data.hello).toBe('hello');
  });

  it('chunks without end, and trailers', async () => {
    await begin({ patience: { body: 400 } });
    const chunked = head('POST', '/graphql', 'Content-Type: application/json', 'Transfer-Encoding: chunked');
    const [chunks, trailers] = [open(chunked), open(`${chunked}2\r\n{}\r\n0\r\n`)];
    void drip(chunks, '1\r\n \r\n');
    void drip(trailers, 'x-a: b\r\n');
    expect(await chunks.closed).toMatch(/^HTTP\/1.1 408 [\s\S]*"BAD_USER_INPUT"/);
    await trailers.closed;
  });

  it('headers', async () => {
    await begin({ patience: { headers: 400 } });
    const slow = open('GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ');
    void drip(slow);
    expect(await slow.closed).toMatch(/^HTTP\/1.1 408 /);
    await open().closed;
  });

  it('a reader who does not read; one who reads slowly gets it all', async () => {
    await begin({ patience: { write: 500 } });
    const get = head('GET', '/big', 'Connection: close');
    const [deaf, slow] = [open(get), open(get)];
    deaf.socket.pause();
    let bytes = 0;
    slow.socket.removeAllListeners('data');
    slow.socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), chunk.length / 10_000);
    });
    const began = performance.now();
    while (served < 2) await delay(50);
    while ((await connections()) > 1) await delay(50);
    deaf.socket.resume();
    await deaf.closed;
    expect(deaf.heard().length).toBeLessThan(BIG.length);
    await slow.closed;
    expect(bytes).toBeGreaterThan(BIG.length);
    // longer than anybody may be silent
    expect(performance.now() - began).toBeGreaterThan(1_000);
  }, 60_000);

  it('an upload has time as long as it moves', async () => {
    await begin({ patience: { body: 400 } });
    const piece = 'x'.repeat(40_000);
    const sending = open(head('PUT', '/upload', 'Connection: close', `Content-Length: ${piece.length * 12}`));
    for (let n = 0; n < 12; n++) {
      sending.socket.write(piece);
      await delay(100);
    }
    expect(await sending.closed).toContain(`{"bytes":${piece.length * 12}}`);
  });
});

const connections = () => new Promise<number>((done) => server.app.server.getConnections((_, count) => done(count)));
const healthy = async () => (await read(server.url, {}, '/healthz')).status;

describe('there is room', () => {
  it.each([
    ['of one address', { sockets: 100, ofOneLine: 10 }],
    ['in all', { sockets: 10, ofOneLine: 100 }],
  ])('whoever does nothing goes first where it is full: %s', async (_, room) => {
    await begin({ room });
    const running = server.ask('{ slow }');
    await delay(100);
    const idle = Array.from({ length: 40 }, (_, n) =>
      open(['', 'GET /', head('POST', '/graphql', 'Content-Type: application/json', 'Content-Length: 9')][n % 3]),
    );
    await delay(100);
    expect(await connections()).toBeLessThanOrEqual(11);
    for (let n = 0; n < 5; n++) expect(await healthy()).toBe(200);
    expect(idle.filter(({ isClosed }) => isClosed()).length).toBeGreaterThanOrEqual(25);
    expect((await running).body.data).toEqual({ slow: 'done' });
  });

  it('a proxy that is named has as many as there are', async () => {
    await begin({ room: { sockets: 100, ofOneLine: 10 }, trustedProxies: ['127.0.0.0/8'] });
    const idle = Array.from({ length: 40 }, () => open());
    await delay(200);
    expect(idle.some(({ isClosed }) => isClosed())).toBe(false);
    expect(await healthy()).toBe(200);
  });

  it('for so many bytes of bodies that are on their way', async () => {
    await begin({ room: { bodies: 3 * MB } });
    const sending = Array.from({ length: 6 }, () =>
      open(head('POST', '/graphql', 'Content-Type: application/json', `Content-Length: ${MB}`)),
    );
    await Promise.all(sending.slice(0, 3).map(({ closed }) => closed));
    expect(sending.slice(3).some(({ isClosed }) => isClosed())).toBe(false);
    const small = await server.ask('{ hello }');
    expect(small.body.data.hello).toBe('hello');
  });

  it('for so many bytes of answers that nobody has read yet', async () => {
    await begin({ room: { answers: 2 * BIG.length } });
    const readers = Array.from({ length: 5 }, () => {
      const reader = open(head('GET', '/big', 'Connection: close'));
      reader.socket.pause();
      return reader;
    });
    while (served < 5) await delay(50);
    while ((await connections()) > 2) await delay(50);
    for (const { socket } of readers) socket.resume();
    const lengths = (await Promise.all(readers.map(({ closed }) => closed))).map((text) => text.length);
    expect(lengths.filter((length) => length > BIG.length)).toHaveLength(2);
  }, 30_000);

  it('for a few requests behind another, not for thousands', async () => {
    await begin({});
    const few = head('GET', '/graphql?query=%7Bhello%7D').repeat(5);
    const answers = await exchange(portOf(server.url), few, head('GET', '/healthz', 'Connection: close'));
    expect(answers.split('HTTP/1.1 200').length).toBe(7);
    server.opened.length = 0;
    await exchange(portOf(server.url), head('GET', '/graphql?query=%7Bslow%7D').repeat(2000));
    expect(server.opened.length).toBeLessThan(50);
    expect(await healthy()).toBe(200);
  });

  it('for what HTTP knows besides: upgrades are not taken, a body is asked for, CONNECT is none of ours', async () => {
    await begin({});
    const port = portOf(server.url);
    const upgrade = head('GET', '/healthz', 'Connection: Upgrade, close', 'Upgrade: websocket');
    expect(await exchange(port, upgrade)).toMatch(/^HTTP\/1.1 200 /);
    const body = '{"query":"{ hello }"}';
    const type = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    const asked = await exchange(
      port,
      head('POST', '/graphql', 'Expect: 100-continue', 'Connection: close', ...type),
      body,
    );
    expect(asked).toMatch(/^HTTP\/1.1 100 [\s\S]*HTTP\/1.1 200 [\s\S]*"hello":"hello"/);
    expect(await exchange(port, head('POST', '/graphql', 'Expect: miracles', 'Connection: close', ...type))).toMatch(
      /^HTTP\/1.1 417 /,
    );
    expect(await exchange(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')).not.toMatch(/^HTTP\/1.1 2/);
    // what follows an answer and is no HTTP does not get into it
    const mixed = await exchange(port, `${head('GET', '/big')}nonsense\r\n\r\n`);
    expect(mixed).not.toMatch(/x{100}HTTP\/1.1 400/);
  });
});
