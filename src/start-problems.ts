import { ConfigError } from './config.js';

/** One sentence for the operator; anything unforeseen keeps its stack. */
export function problemOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `端口 ${port} 已被占用：请停止占用它的程序，或用 PORT 指定另一个端口。 Port ${port} is in use: stop what uses it, or set PORT to another.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `地址不可用：请检查 HOST 或 DATABASE_URL。 The address is not available: check HOST or DATABASE_URL. (${message})`;
    case 'EACCES':
    case 'EPERM':
      return `权限不足：${message}。请检查 PORT 与 DATA_DIR。 Not permitted: check PORT and DATA_DIR.`;
    case 'ENOSPC':
      return '磁盘已满：请释放空间后重新启动。 The disk is full: free some space and start again.';
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `无法连接 DATABASE_URL 指定的数据库：请确认它已启动且地址正确。 Can't connect to the database of DATABASE_URL: is it running, and is the address right?`;
    case '53300':
      return '数据库的连接数已满：请提高 max_connections 或该用户的 CONNECTION LIMIT，或调小 POOL_SIZE。 The database has no connection left: raise max_connections or the user’s CONNECTION LIMIT, or lower POOL_SIZE.';
    case '25006':
      return '数据库只读（如备用节点）：DATABASE_URL 须指向可写的主库。 The database is read-only, as a standby is: DATABASE_URL must lead to the primary.';
    case '57014':
      return '数据库语句超时：请去掉 DATABASE_URL 中的 statement_timeout。 A statement of the start timed out: remove statement_timeout from DATABASE_URL.';
    case '28P01':
    case '28000':
      return '数据库拒绝登录：请检查 DATABASE_URL 中的用户与密码。 The database refuses the login: check user and password in DATABASE_URL.';
    case '3D000':
      return 'DATABASE_URL 指定的数据库不存在：请先建立它。 The database of DATABASE_URL does not exist: create it first.';
    case '42501':
      return `数据库权限不足：DATABASE_URL 的用户须拥有该数据库并具有 CREATEROLE。 Not permitted: the user of DATABASE_URL must own the database and have CREATEROLE. (${message})`;
    default:
      // what pg says without a code: no PostgreSQL at that address, or none that speaks TLS
      if (/Connection terminated|unexpected response|does not support SSL/i.test(message ?? ''))
        return `DATABASE_URL 指定的地址不是可用的 PostgreSQL，或其 TLS 设置不符：请检查地址与 sslmode。 What answers at the address of DATABASE_URL is no PostgreSQL, or its TLS differs: check the address and sslmode. (${message})`;
      return String((error as Error)?.stack ?? error);
  }
}
