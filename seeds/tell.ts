import { both, type Text } from '../src/graph/language.js';
import type { Comparison, Difference } from './compare.js';
import { FOLLOWS } from './published.js';

const WHY: Record<NonNullable<Difference['why']>, Text> = {
  CHANGED: { zh: '保留：数据库此后已变更', en: 'kept: changed in the database since' },
  GONE: { zh: '不恢复：数据库此后已移除', en: 'not brought back: removed from the database since' },
  UNLISTED: { zh: '保留：文件中已没有，但不从数据库删除', en: 'kept: no longer in the files, but nothing is deleted' },
};
const WILL: Record<Exclude<Difference['act'], 'KEEP'>, Text> = {
  ADD: { zh: '将新增', en: 'to be added' },
  CORRECT: { zh: '将更正', en: 'to be corrected' },
  REMOVE: { zh: '将移除', en: 'to be removed' },
  REFUSE: { zh: '不能更正：已有报送材料，请恢复原值', en: 'can’t be corrected: there are reports; put the value back' },
};
const DID: typeof WILL = {
  ...WILL,
  ADD: { zh: '已新增', en: 'added' },
  CORRECT: { zh: '已更正', en: 'corrected' },
  REMOVE: { zh: '已移除', en: 'removed' },
};

/** The differences for a person, one below the other: cells are too long to stand side by side. */
export function tellList({ differences: all, unchanged, nameOf }: Comparison, applied: boolean): string {
  // what follows from a column says nothing new beside it
  const told = new Set(all.map(({ id, column }) => `${id} ${column}`));
  const differences = all.filter(({ id, column }) => !told.has(`${id} ${FOLLOWS[column ?? '']}`));
  const textOf = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return '—';
    if (Array.isArray(value)) return value.map(nameOf).join('、') || '—';
    if (typeof value === 'object') return String((value as { name?: string }).name ?? '…');
    return /^[a-z]{3}_[0-9a-f]{32}$/.test(String(value)) ? nameOf(String(value)) : String(value).replaceAll('\n', ' ');
  };
  const actOf = ({ act, why }: Difference) => (act === 'KEEP' ? WHY[why!] : (applied ? DID : WILL)[act]);
  const lines: string[] = [];
  // what an application does first, what it leaves below
  for (const one of [...differences].sort((a, b) => Number(a.act === 'KEEP') - Number(b.act === 'KEEP'))) {
    const { file, label, column, published, current, becomes } = one;
    lines.push(`${file} ${label}${column ? ` · ${column}` : ''}`);
    lines.push(`    ${both({ zh: '文件', en: 'files' })}     ${textOf(published)}`);
    lines.push(`    ${both({ zh: '数据库', en: 'database' })} ${textOf(current)}`);
    const other = Array.isArray(becomes) && textOf(becomes) !== textOf(published);
    lines.push(`    → ${both(actOf(one))}${other ? `: ${textOf(becomes)}` : ''}`, '');
  }
  const kept = differences.filter(({ act }) => act === 'KEEP').length;
  const refused = differences.filter(({ act }) => act === 'REFUSE').length;
  const acts = differences.length - kept - refused;
  lines.push(
    both({
      zh: `相同 ${unchanged} 行；${applied ? '已采用' : '待采用'} ${acts} 处，保留 ${kept} 处${refused ? `，不能采用 ${refused} 处` : ''}。`,
      en: `Rows that are the same: ${unchanged}; differences: ${acts} ${applied ? 'applied' : 'to apply'}, ${kept} kept${refused ? `, ${refused} can’t be applied` : ''}.`,
    }),
  );
  if (acts && !applied)
    lines.push(both({ zh: '采用：npm run list -- --apply', en: 'To apply them: npm run list -- --apply' }));
  return lines.join('\n');
}
