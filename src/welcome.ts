import { join } from 'node:path';
import type { Config } from './config.js';
import { labelOf } from './graph/labels.js';
import { isLoopback } from './server/names.js';

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
export function welcome(address: string, { dataDir, host, publicUrl }: Config, demo: Entry[]): string {
  const lines = [
    '',
    `✓ 已就绪 Ready`,
    `  GraphQL    ${address}/graphql`,
    `  查询页面 Query page  ${address}/graphiql`,
    `  状态 Health  ${address}/healthz  ${address}/readyz`,
  ];
  if (demo.length) {
    const beyond = [host, ...(publicUrl ? [new URL(publicUrl).host] : [])].find((name) => !isLoopback(name));
    if (beyond)
      lines.push(
        '',
        `! 演示模式在 ${beyond} 上对本机以外开放：能访问它的任何人都可取得演示令牌，并以任一角色行事。正式使用请设 NODE_ENV=production，仅供自己使用请去掉 HOST 与 PUBLIC_URL。`,
        `  Demo mode is open beyond this machine, on ${beyond}: whoever reaches it can take the demo tokens and act in any role. For real use set NODE_ENV=production, for yourself alone leave HOST and PUBLIC_URL out.`,
      );
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
