import { ConfigError, readConfig } from '../src/config.js';

describe('the environment', () => {
  it.each([
    ['NODE_ENV', 'prod'],
    ['NODE_ENV', 'Production'],
    ['GRAPHQL_INTERPRET', 'true'],
    ['GRAPHQL_INTERPRET', '2'],
    ['PORT', '65536'],
    ['POOL_SIZE', '0'],
  ])('%s=%s is refused with one sentence in each language', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name}=${value} 无效：[^。]+。 ${name} must be [^.]+\\.$`));
  });

  it('what is allowed is understood', () => {
    const production = (NODE_ENV: string) => readConfig({ NODE_ENV }).production;
    expect(['', 'development', 'test', 'production', ' production '].map(production)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    const interpret = (GRAPHQL_INTERPRET: string) => readConfig({ GRAPHQL_INTERPRET }).interpret;
    expect(['', '0', '1'].map(interpret)).toEqual([false, false, true]);
  });
});

describe('DATABASE_URL', () => {
  const read = (DATABASE_URL: string) => readConfig({ DATABASE_URL }).databaseUrl;

  it.each([
    ['postgres://user:p#w@host/db', '#', '%23'],
    ['postgres://user:p/w@host:5432/db', '/', '%2F'],
    ['postgres://user:12/34@host:5432/db', '/', '%2F'],
    ['postgresql://user:p?w@host/db', '?', '%3F'],
    ['postgres://user:12#34@host/db', '#', '%23'],
    ['postgres://user:p@w#x@host/db', '#', '%23'],
    ['postgres://us/er:pw@host/db', '/', '%2F'],
  ])('%s is told which character to write otherwise', (url, raw, written) => {
    expect(() => read(url)).toThrow(ConfigError);
    expect(() => read(url)).toThrow(`用户名或密码中的 ${raw} 须写作 ${written}`);
    expect(() => read(url)).toThrow(`has a ${raw} in its user or password: write it as ${written}`);
    // nobody's password in a log
    expect(() => read(url)).not.toThrow(/p.w@|34@|w#x/);
  });

  it.each([
    'postgres://user:p%23w@host/db',
    'postgres://user:p@w@host/db',
    'postgres://user:p:w@host:5432/db',
    'postgresql://user@host/db?sslmode=verify-full',
    'postgres://user:pw@/db?host=/var/run/postgresql',
    'postgres:///db?host=/var/run/postgresql&user=somebody',
    'postgres://user:pw@[::1]:5432/db',
    'postgres://user:pw@host/db?application_name=a@b',
    'postgres://user:pw@host/d@b',
  ])('%s is read', (url) => expect(read(url)).toBe(url));

  it.each([
    ['mysql://user:pw@host/db', /must start with postgres:\/\//],
    ['user:pw@host/db', /must start with postgres:\/\//],
    ['postgres://user:p%w@host/db', /write it as %25/],
    ['postgres://user:pw@host:port/db', /with a number as its port/],
    ['postgres://host/db', /names no user/],
  ])('%s is refused with what to do', (url, sentence) => expect(() => read(url)).toThrow(sentence));
});

it('a public address may hold an @, as nothing stands in front of it', () => {
  expect(readConfig({ PUBLIC_URL: 'https://data.example.cn/@x/' }).publicUrl).toBe('https://data.example.cn/@x');
});
