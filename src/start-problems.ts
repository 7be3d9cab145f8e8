import { ConfigError } from './config.js';

/** One sentence for the operator; anything unforeseen keeps its stack. */
export function problemOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message, port, syscall, path } = error as NodeJS.ErrnoException & { port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `端口 ${port} 已被占用：请停止占用它的程序，或用 PORT 指定另一个端口。 Port ${port} is in use: stop what uses it, or set PORT to another.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `地址不可用：请检查 HOST 或 DATABASE_URL。 The address is not available: check HOST or DATABASE_URL. (${message})`;
    case 'ENOENT':
      if (syscall === 'uv_cwd')
        return '当前目录已不存在：请换到一个存在的目录再启动。 The working directory is no more: change to one that exists and start again.';
      if (syscall === 'connect') return unreachable(message);
      return `找不到 ${path}：请检查 DATABASE_URL 的 sslrootcert、sslcert、sslkey 与 DATA_DIR。 There is no ${path}: check sslrootcert, sslcert and sslkey in DATABASE_URL, and DATA_DIR.`;
    case 'EACCES':
    case 'EPERM':
      if (syscall === 'connect') return unreachable(message);
      return `权限不足：${message}。请检查 PORT 与 DATA_DIR。 Not permitted: check PORT and DATA_DIR.`;
    case 'ENOSPC':
      return '磁盘已满：请释放空间后重新启动。 The disk is full: free some space and start again.';
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return unreachable(message);
    case '53300':
      return '数据库的连接数已满：请提高 max_connections 或该用户的 CONNECTION LIMIT，或调小 POOL_SIZE。 The database has no connection left: raise max_connections or the user’s CONNECTION LIMIT, or lower POOL_SIZE.';
    case '25006':
      return '数据库只读（如备用节点）：DATABASE_URL 须指向可写的主库。 The database is read-only, as a standby is: DATABASE_URL must lead to the primary.';
    case '57014':
      return '数据库语句超时：请去掉 DATABASE_URL 中的 statement_timeout。 A statement of the start timed out: remove statement_timeout from DATABASE_URL.';
    case '28P01':
    case '28000':
      return `数据库拒绝登录：请检查 DATABASE_URL 中的用户与密码（其中的 % 写作 %25，@ 写作 %40）与 sslmode。 The database refuses the login: check user and password in DATABASE_URL (a % in it is written as %25, an @ as %40), and sslmode. (${message})`;
    case '3D000':
      return 'DATABASE_URL 指定的数据库不存在：请先建立它。 The database of DATABASE_URL does not exist: create it first.';
    case '42501':
      return `数据库权限不足：DATABASE_URL 的用户须拥有该数据库并具有 CREATEROLE。 Not permitted: the user of DATABASE_URL must own the database and have CREATEROLE. (${message})`;
    case '08P01':
    case '08000':
      return `DATABASE_URL 中的参数不被接受（${message}）：经 PgBouncer 等连接池时，请去掉 options、statement_timeout 一类的参数。 A parameter in DATABASE_URL is not accepted (${message}): through a pooler such as PgBouncer leave out options, statement_timeout and the like.`;
    case '57P03':
    case '57P01':
      return `数据库正在启动、关闭或恢复：请稍后再启动。 The database is starting, stopping or recovering: start again a little later. (${message})`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `数据库的证书已过期或尚未生效：请更换证书，或校正本机时钟。 The database’s certificate is expired, or not valid yet: renew it, or set this machine’s clock. (${message})`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `数据库的证书不是发给 DATABASE_URL 中的主机名的：请改用证书上的名称。 The database’s certificate is for another name than the host in DATABASE_URL: use the name that it is for. (${message})`;
    default:
      if (CERTIFICATE.test(code ?? ''))
        return `数据库的证书不受信任（${code}）：请在 DATABASE_URL 中用 sslrootcert=文件 给出签发者的证书（PEM）；sslmode=no-verify 只加密而不核对对方。 The database’s certificate is not trusted (${code}): name its issuer’s certificate (PEM) with sslrootcert=file in DATABASE_URL; sslmode=no-verify encrypts without asking who answers.`;
      if (/^(EPROTO|ERR_(SSL|TLS|OSSL)_\w+)$/.test(code ?? ''))
        return `与数据库的 TLS 连接失败（${message}）：请检查 DATABASE_URL 的 sslmode 与证书文件。 TLS with the database failed (${message}): check sslmode and the certificate files in DATABASE_URL.`;
      if (/timeout/i.test(message ?? '') && /connect/i.test(message ?? '')) return unreachable(message);
      // what pg says without a code: no PostgreSQL at that address, or none that speaks TLS
      if (/Connection terminated|unexpected response|does not support SSL|establishing an SSL/i.test(message ?? ''))
        return `DATABASE_URL 指定的地址不是可用的 PostgreSQL，或其 TLS 设置不符：请检查地址与 sslmode。 What answers at the address of DATABASE_URL is no PostgreSQL, or its TLS differs: check the address and sslmode. (${message})`;
      if ((error as { connecting?: true } | null)?.connecting)
        return `无法使用 DATABASE_URL（${message}）：请检查其地址与参数。 DATABASE_URL can't be used (${message}): check its address and its parameters.`;
      return String((error as Error)?.stack ?? error);
  }
}

const unreachable = (message: string) =>
  `无法连接 DATABASE_URL 指定的数据库：请确认它已启动且地址正确。 Can't connect to the database of DATABASE_URL: is it running, and is the address right? (${message})`;

/** How OpenSSL says that it does not trust one: no issuer that it knows, or not for this purpose. */
const CERTIFICATE =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|CERT_\w+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;
