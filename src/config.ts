import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
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
  /** Origins of web pages on other hosts that may call. */
  allowedOrigins: string[];
  /** Points a minute: of one token, and of one address without a token; 0: without end. */
  rates: { token: number; address: number };
  /** Addresses and networks of the proxies in front, whose word is taken on who asks. */
  trustedProxies: string[];
  maxUploadBytes: number;
  /** Null: files lie in dataDir. */
  s3: S3Config | null;
};

export type S3Config = {
  endpoint: string;
  /** The address under which senders reach the same store. */
  publicEndpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
};

/** 50 MiB: what the checks on content can take (files/inspection/bounds.ts). */
export const MAX_UPLOAD_BYTES = 52_428_800;

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
  PUBLIC_URL: {
    default: '',
    zh: '外部地址，可带路径前缀：用于签名文件链接与查询页面',
    en: 'external base address, with a path where there is one: of signed file links and of the query page',
  },
  ALLOWED_ORIGINS: {
    default: '',
    zh: '允许跨域调用的网页来源，以逗号分隔，如 https://page.example.cn',
    en: 'origins of web pages on other hosts that may call, separated by commas, such as https://page.example.cn',
  },
  RATE_LIMIT_TOKEN: {
    default: '30000',
    zh: '每枚令牌每分钟的点数：一个请求一点，查询的代价每满 100 加一点，请求体每满 16 KiB 加一点；0 为不限',
    en: 'points a minute for each token: one for a request, one for each 100 of a query’s cost and for each 16 KiB of its body; 0: no limit',
  },
  RATE_LIMIT_ADDRESS: {
    default: '12000',
    zh: '不带有效令牌的请求，每个地址（IPv6 为 /64）每分钟的点数；0 为不限',
    en: 'the same for each address (of IPv6, each /64) whose requests come without a valid token; 0: no limit',
  },
  TRUSTED_PROXIES: {
    default: '',
    zh: '前置反向代理的地址或网段，以逗号分隔，如 127.0.0.1, 10.0.0.0/8；只有它们的 X-Forwarded-… 算数',
    en: 'addresses or networks of the reverse proxies in front, separated by commas, such as 127.0.0.1, 10.0.0.0/8; X-Forwarded-… is believed from these alone',
  },
  MAX_UPLOAD_BYTES: {
    default: String(MAX_UPLOAD_BYTES),
    zh: `单个文件的最大字节数（1–${MAX_UPLOAD_BYTES}）`,
    en: `the most bytes that one file may have (1 to ${MAX_UPLOAD_BYTES})`,
  },
  S3_BUCKET: {
    default: '',
    zh: '存放文件的存储桶；留空则存入 DATA_DIR',
    en: 'bucket for the files; empty: they are kept in DATA_DIR',
  },
  S3_ENDPOINT: { default: '', zh: 'S3 兼容存储的地址', en: 'address of the S3-compatible store' },
  S3_PUBLIC_ENDPOINT: {
    default: '',
    zh: '上传者访问该存储的地址；留空则同 S3_ENDPOINT',
    en: 'address under which senders reach the store; empty: S3_ENDPOINT',
  },
  S3_REGION: { default: 'us-east-1', zh: '存储的区域', en: 'region of the store' },
  S3_ACCESS_KEY_ID: { default: '', zh: '存储的访问密钥编号', en: 'access key of the store' },
  S3_SECRET_ACCESS_KEY: { default: '', zh: '存储的访问密钥', en: 'its secret' },
} as const;

const SHAPE: Record<string, string> = {
  postgres: 'postgres://user:password@host:5432/database',
  http: 'http://host:8080',
};

/** A socket's address has no host: user:password@/database?host=/folder. */
function parsed(text: string): URL | undefined {
  const whole = text.replace('@/', '@localhost/');
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

/** Which character in front of the last @ ends an address before it: its user or password is not written as one has to. */
function rawInPassword(text: string): string | undefined {
  const [, inFront = ''] = /^\w+:\/\/(.*)@/s.exec(text) ?? [];
  const raw = /[/?#]/.exec(inFront)?.[0];
  // an @ may also stand in the name of a database, or behind a question mark
  return raw === '#' || !parsed(text)?.username ? raw : undefined;
}

/** What programs need of the system, ours and those that we start; nothing else is handed on to these. */
export const SYSTEM_VARIABLES =
  process.platform === 'win32'
    ? [
        'PATH',
        'Path',
        'PATHEXT',
        'ComSpec',
        'SystemDrive',
        'SystemRoot',
        'windir',
        'TEMP',
        'TMP',
        'APPDATA',
        'USERPROFILE',
      ]
    : ['PATH'];

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
  const url = (name: keyof typeof VARIABLES, protocols: string[]) => {
    const text = value(name);
    if (text && !protocols.some((p) => text.startsWith(`${p}://`)))
      throw new ConfigError(
        `${name} 无效：应以 ${protocols.join(':// 或 ')}:// 开头。 ${name} must start with ${protocols.join(':// or ')}://.`,
      );
    if (/%(?![\da-f]{2})/i.test(text))
      throw new ConfigError(
        `${name} 无效：其中的 % 须写作 %25。 ${name} holds a % that stands for nothing: write it as %25.`,
      );
    const raw = name === 'DATABASE_URL' && rawInPassword(text);
    if (raw)
      throw new ConfigError(
        `${name} 无效：用户名或密码中的 ${raw} 须写作 ${encodeURIComponent(raw)}（@ 写作 %40，: 写作 %3A）。 ${name} has a ${raw} in its user or password: write it as ${encodeURIComponent(raw)} (@ as %40, : as %3A).`,
      );
    if (text && !parsed(text))
      throw new ConfigError(
        `${name} 无效：应形如 ${SHAPE[protocols[0]]}，端口为数字。 ${name} can't be read: write it like ${SHAPE[protocols[0]]}, with a number as its port.`,
      );
    return text;
  };
  const databaseUrl = () => {
    const text = url('DATABASE_URL', ['postgres', 'postgresql']);
    if (text && !parsed(text)?.username && !parsed(text)?.searchParams.get('user'))
      throw new ConfigError(
        `DATABASE_URL 无效：须写明用户，如 ${SHAPE.postgres}。 DATABASE_URL names no user: write it like ${SHAPE.postgres}.`,
      );
    return text;
  };
  const origins = () => {
    const given = value('ALLOWED_ORIGINS')
      .split(',')
      .map((text) => text.trim());
    const listed = given.filter((text) => text !== '');
    const wrong = listed.find((text) => !/^https?:/.test(text) || !URL.canParse(text) || new URL(text).origin !== text);
    if (wrong !== undefined)
      throw new ConfigError(
        `ALLOWED_ORIGINS 中的 ${wrong} 无效：应形如 https://page.example.cn，末尾没有斜杠。 ${wrong} in ALLOWED_ORIGINS is not an origin: write it like https://page.example.cn, without a slash at its end.`,
      );
    return listed;
  };
  const proxies = () => {
    const listed = value('TRUSTED_PROXIES')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '');
    const wrong = listed.find((text) => {
      const [address, length, ...more] = text.split('/');
      const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number;
      return (
        bits < 0 || more.length > 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits))
      );
    });
    if (wrong !== undefined)
      throw new ConfigError(
        `TRUSTED_PROXIES 中的 ${wrong} 无效：应为地址或网段，如 10.0.0.1 或 10.0.0.0/8。 ${wrong} in TRUSTED_PROXIES is neither an address nor a network: write it like 10.0.0.1 or 10.0.0.0/8.`,
      );
    return listed;
  };
  const s3 = (): S3Config | null => {
    const names = ['S3_BUCKET', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
    const missing = names.filter((name) => !value(name));
    // half a setting would put the files into a folder without a word
    if (missing.length === names.length) return null;
    if (missing.length)
      throw new ConfigError(
        `使用 S3 存储还须设置 ${missing.join('、')}。 To keep files in S3, set ${missing.join(', ')} too.`,
      );
    const bucket = value('S3_BUCKET');
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
      throw new ConfigError(
        `S3_BUCKET=${bucket} 无效：应为 3 至 63 个小写字母、数字、点或连字符。 S3_BUCKET must be 3 to 63 lower-case letters, digits, dots or hyphens.`,
      );
    const endpoint = url('S3_ENDPOINT', ['http', 'https']).replace(/\/$/, '');
    return {
      endpoint,
      publicEndpoint: url('S3_PUBLIC_ENDPOINT', ['http', 'https']).replace(/\/$/, '') || endpoint,
      bucket,
      region: value('S3_REGION') || VARIABLES.S3_REGION.default,
      accessKeyId: value('S3_ACCESS_KEY_ID'),
      secretAccessKey: value('S3_SECRET_ACCESS_KEY'),
    };
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
    databaseUrl: databaseUrl(),
    production: choice('NODE_ENV', 'development', 'test', 'production') === 'production',
    poolSize: integer('POOL_SIZE', 1, 90),
    interpret: choice('GRAPHQL_INTERPRET', '0', '1') === '1',
    publicUrl: url('PUBLIC_URL', ['http', 'https']).replace(/\/$/, ''),
    allowedOrigins: origins(),
    rates: {
      token: integer('RATE_LIMIT_TOKEN', 0, 1_000_000_000),
      address: integer('RATE_LIMIT_ADDRESS', 0, 1_000_000_000),
    },
    trustedProxies: proxies(),
    maxUploadBytes: integer('MAX_UPLOAD_BYTES', 1, MAX_UPLOAD_BYTES),
    s3: s3(),
  };
}

/** The folder with package.json: seeds and examples are read from there, from source and from dist alike. */
export const projectRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();
