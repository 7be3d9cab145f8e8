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
