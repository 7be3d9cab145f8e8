import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A setting that can't be used; the message is the one sentence that the operator sees. */
export class ConfigError extends Error {}

export type Config = {
  port: number;
  host: string;
  dataDir: string;
  /** Empty: the embedded database in dataDir. */
  databaseUrl: string;
  production: boolean;
  /** Connections that requests share; a request holds one for its transaction. */
  poolSize: number;
  /** graphql-js instead of the compiling executor. */
  interpret: boolean;
  /** Base of the signed file URLs; empty: as the request addressed us. */
  publicUrl: string;
};

/** Every environment variable the service reads. docs/configuration.md is checked against this list. */
export const VARIABLES = {
  PORT: {
    default: '4000',
    zh: '监听端口（1–65535；0 为任选空闲端口）',
    en: 'port to listen on (1 to 65535; 0 picks a free one)',
  },
  HOST: { default: '127.0.0.1', zh: '监听地址', en: 'address to listen on' },
  DATA_DIR: {
    default: '.data',
    zh: '数据目录：内置数据库、上传文件、密钥',
    en: 'folder of the embedded database, uploaded files and keys',
  },
  DATABASE_URL: {
    default: '',
    zh: 'PostgreSQL 15+ 连接串；留空则使用内置数据库',
    en: 'PostgreSQL 15+ connection string; empty: the embedded database',
  },
  NODE_ENV: {
    default: '',
    zh: 'production 时不建立演示账号；development、test 与留空相同',
    en: 'production: no demo accounts, no demo keys; development and test are as empty',
  },
  POOL_SIZE: { default: '10', zh: '数据库连接数（1–90）', en: 'database connections (1 to 90)' },
  GRAPHQL_INTERPRET: {
    default: '',
    zh: '1：使用 graphql-js 逐字段执行；0 与留空相同',
    en: '1: execute with graphql-js instead of compiled queries; 0 is as empty',
  },
  PUBLIC_URL: { default: '', zh: '签名文件链接的外部地址', en: 'external base address of signed file links' },
} as const;

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const value = (name: keyof typeof VARIABLES) => (env[name] ?? VARIABLES[name].default).trim();
  const integer = (name: keyof typeof VARIABLES, min: number, max: number) => {
    const n = Number(value(name));
    if (!/^\d+$/.test(value(name)) || n < min || n > max)
      throw new ConfigError(
        `${name}=${value(name)} 无效：应为 ${min} 至 ${max} 的整数。 ${name} must be a whole number from ${min} to ${max}.`,
      );
    return n;
  };
  const url = (name: 'DATABASE_URL' | 'PUBLIC_URL', protocols: string[]) => {
    const text = value(name);
    if (text && !protocols.some((p) => text.startsWith(`${p}://`) && URL.canParse(text)))
      throw new ConfigError(
        `${name} 无效：应以 ${protocols.join(':// 或 ')}:// 开头。 ${name} must start with ${protocols.join(':// or ')}://.`,
      );
    return text;
  };
  const choice = (name: keyof typeof VARIABLES, ...allowed: string[]) => {
    if (!['', ...allowed].includes(value(name)))
      throw new ConfigError(
        `${name}=${value(name)} 无效：应为 ${allowed.join('、')} 或留空。 ${name} must be ${allowed.join(', ')} or empty.`,
      );
    return value(name);
  };
  if (!value('HOST')) throw new ConfigError('HOST 不能为空。 HOST must not be empty.');
  return {
    port: integer('PORT', 0, 65535),
    host: value('HOST'),
    dataDir: resolve(value('DATA_DIR') || '.data'),
    databaseUrl: url('DATABASE_URL', ['postgres', 'postgresql']),
    production: choice('NODE_ENV', 'development', 'test', 'production') === 'production',
    poolSize: integer('POOL_SIZE', 1, 90),
    interpret: choice('GRAPHQL_INTERPRET', '0', '1') === '1',
    publicUrl: url('PUBLIC_URL', ['http', 'https']).replace(/\/$/, ''),
  };
}

/** The folder with package.json: seeds and examples are read from there, from source and from dist alike. */
export const projectRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();
