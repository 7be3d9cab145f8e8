import { join } from 'node:path';
import { type Config, ConfigError } from './config.js';
import { labelOf } from './graph/labels.js';

type Entry = { role: string; label: string; token: string };

/** What the chosen role may see, in a line. */
const SEES: Record<string, string> = {
  BOARD: '本联合体的全部材料与联系方式 · everything of its own consortium',
  CITY_BUREAU: '本市州联合体，材料自提交起 · its city, content once submitted',
  CITY_DEPARTMENT: '同市州，不含联系方式 · as the bureau, without contacts',
  PROVINCE: '全省，材料自市州审核通过起 · its province, content once approved',
  ANALYST: '全省状态与时间，不含内容 · states and dates of its province, no content',
  ADMINISTRATOR: '账号、令牌与审计，不含材料 · accounts, tokens and audit, no report',
  EXPERT: '所评联合体的已收材料 · accepted reports of the consortia assigned to it',
};

/** The end of a start: what a newcomer needs next. */
export function welcome(address: string, { dataDir }: Config, demo: Entry[]): string {
  const lines = [
    '',
    `✓ 已就绪 Ready`,
    `  GraphQL    ${address}/graphql`,
    `  查询页面 Query page  ${address}/graphiql`,
    `  状态 Health  ${address}/healthz  ${address}/readyz`,
  ];
  if (demo.length) {
    lines.push(
      '',
      `演示令牌，每个角色一枚（全部见 ${join(dataDir, 'demo-access.json')}） Demo tokens, one of each role (all of them in that file):`,
    );
    for (const role of Object.keys(SEES)) {
      const entry = demo.find((e) => e.role === role);
      if (entry)
        lines.push(
          '',
          `  ${labelOf('Role', role, 'zh')} ${role} · ${entry.label}`,
          `    ${SEES[role]}`,
          `    ${entry.token}`,
        );
    }
  }
  lines.push(
    '',
    '第一个查询 A first query to paste:',
    `  curl -s ${address}/graphql -H 'content-type: application/json' -d '{"query":"{ consortia(first: 3) { totalCount nodes { listNumber name city { name } leadSchools { name } } } }"}'`,
    '',
    '按 Ctrl-C 停止。 Ctrl-C stops it.',
  );
  return lines.join('\n');
}

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
    case 'ETIMEDOUT':
      return `无法连接 DATABASE_URL 指定的数据库：请确认它已启动且地址正确。 Can't connect to the database of DATABASE_URL: is it running, and is the address right?`;
    case '28P01':
    case '28000':
      return '数据库拒绝登录：请检查 DATABASE_URL 中的用户与密码。 The database refuses the login: check user and password in DATABASE_URL.';
    case '3D000':
      return 'DATABASE_URL 指定的数据库不存在：请先建立它。 The database of DATABASE_URL does not exist: create it first.';
    case '42501':
      return `数据库权限不足：DATABASE_URL 的用户须拥有该数据库并具有 CREATEROLE。 Not permitted: the user of DATABASE_URL must own the database and have CREATEROLE. (${message})`;
    default:
      return String((error as Error)?.stack ?? error);
  }
}
