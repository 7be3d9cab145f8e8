import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { connectOwner } from '../src/database/data-source.js';
import { problemOf } from '../src/start-problems.js';
import { certificateFor } from './support/certificate.js';

const NAME = 'db.example.cn';
const servers: Server[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-problems-'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

const listening = async (serve: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as { port: number }).port;
};

/** Speaks TLS as PostgreSQL does, with this certificate, and hangs up. */
const speaksTls = ({ cert, key }: { cert: string; key: string }) =>
  listening((socket) => {
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ cert, key }) });
      secure.on('error', () => {});
      secure.once('data', () => secure.end());
    });
  });

const problem = async (url: string): Promise<string> => {
  const said = await connectOwner({ url }).then(
    () => 'it connected',
    (error) => problemOf(error),
  );
  // Chinese, then English, and no stack
  expect(said).toMatch(/^[^\n]*[\u4e00-\u9fff][^\n]*[。：][^\n]*[a-z][^\n]*$/);
  expect(said).not.toMatch(/ {4}at |secret/);
  return said;
};

describe('what is the matter with the database is said in one sentence, and what to do', () => {
  it('of a certificate: not trusted, expired, or for another name', async () => {
    const good = await certificateFor(NAME, new Date('2049-01-01T00:00:00Z'));
    const expired = await certificateFor(NAME, new Date('2021-01-01T00:00:00Z'));
    const file = async (name: string, content: string) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const at = async (pair: typeof good) => `postgres://user:secret@127.0.0.1:${await speaksTls(pair)}/x`;
    const url = await at(good);
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await problem(`${url}?sslmode=${mode}`)).toMatch(/证书不受信任.+not trusted.+sslrootcert=file/);
    const ca = await file('good.pem', good.cert);
    expect(await problem(`${url}?sslmode=verify-full&sslrootcert=${ca}`)).toMatch(/证书不是发给.+another name/);
    const old = await file('expired.pem', expired.cert);
    const late = await at(expired);
    expect(await problem(`${late}?sslmode=verify-full&sslrootcert=${old}`)).toMatch(/已过期.+expired/);
    // encrypted without asking who answers: then it is no PostgreSQL after all
    expect(await problem(`${url}?sslmode=no-verify`)).toMatch(/is no PostgreSQL/);
    const rubbish = await file('rubbish.pem', '-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n');
    expect(await problem(`${url}?sslmode=verify-full&sslrootcert=${rubbish}`)).toMatch(/TLS|not trusted/);
    expect(await problem(`${url}?sslmode=verify-full&sslrootcert=${folder}/none.pem`)).toMatch(
      /none\.pem.+There is no/,
    );
  });

  it('of an address where nobody is, or somebody else', async () => {
    const closes = await listening((socket) => socket.end());
    const web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const cases: [string, RegExp][] = [
      ['postgres://user:secret@127.0.0.1:1/x', /Can't connect/],
      ['postgres://user:secret@nobody.invalid/x', /address is not available|Can't connect/],
      [`postgres://user:secret@/x?host=${folder}`, /Can't connect/],
      [`postgres://user:secret@127.0.0.1:${closes}/x`, /is no PostgreSQL/],
      [`postgres://user:secret@127.0.0.1:${web}/x`, /is no PostgreSQL/],
      [`postgres://user:secret@127.0.0.1:${web}/x?sslmode=verify-full`, /is no PostgreSQL/],
      ['postgres://user:secret@127.0.0.1:1/x?sslnegotiation=foo', /can't be used \(.*sslnegotiation/],
    ];
    for (const [url, sentence] of cases) expect(await problem(url)).toMatch(sentence);
  });

  it('of a login that is refused, a database that is not there, and a parameter that is none', async () => {
    const server = new URL(process.env.TEST_DATABASE_URL!);
    const missing = Object.assign(new URL(server), { pathname: '/no_such_database' });
    expect(await problem(missing.href)).toMatch(/does not exist/);
    const stranger = Object.assign(new URL(server), { username: 'no_such_user', password: 'secret' });
    expect(await problem(stranger.href)).toMatch(/refuses the login/);
    const odd = new URL(server);
    odd.searchParams.set('options', '-c no_such_setting=1');
    expect(await problem(odd.href)).toMatch(/DATABASE_URL/);
  });
});
