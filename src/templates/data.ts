import { chineseDay } from '../graph/shanghai.js';
import { TEMPLATE_TAGS } from './tags.js';

type Named = { name: string };

/** Days are ISO (2027-01-20) and are written in Chinese; labels come in Chinese. An empty list is one to be filled in by hand. */
export type TemplateData = {
  consortium: {
    code: string;
    name: string;
    listNumber: number;
    statusLabel: string;
    city: string;
    province: string;
    designationNumber: string;
    designatedOn: string;
  };
  parks: Named[];
  leadSchools: Named[];
  leadEnterprises: Named[];
  members: Named[];
  board: {
    form: string;
    members: { name: string; position: string; constituency: string; organization: string | null }[];
  };
  obligation: { kindLabel: string; year: number; dueOn: string };
  planItems: { title: string; completion: string | null }[];
  indicators: { code: string; name: string; unit: string; planned: string | null; actual: string | null }[];
  today: string;
};

/** With what is derived: joined names, numbers in lists, days in Chinese. */
export function view(data: TemplateData): object {
  const { consortium, obligation, board } = data;
  const leadUnits = [...data.leadSchools, ...data.leadEnterprises];
  const joined = (list: Named[]) => list.map((one) => one.name).join('、');
  return cleaned({
    consortium: {
      ...consortium,
      designatedOn: chineseDay(consortium.designatedOn),
      parks: joined(data.parks),
      leadSchools: joined(data.leadSchools),
      leadEnterprises: joined(data.leadEnterprises),
      members: joined(data.members),
    },
    obligation: { ...obligation, dueOn: chineseDay(obligation.dueOn) },
    today: chineseDay(data.today),
    parks: numbered(data.parks),
    leadSchools: numbered(data.leadSchools),
    leadEnterprises: numbered(data.leadEnterprises),
    leadUnits: numbered(leadUnits),
    members: numbered(data.members),
    board: { form: board.form, members: numbered(board.members) },
    planItems: numbered(data.planItems),
    indicators: numbered(data.indicators),
  }) as object;
}

const numbered = <T extends object>(list: T[]) => list.map((one, i) => ({ ...one, number: i + 1 }));

/** XML has no place for control characters and halves of surrogate pairs, not even escaped. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(?![\n\t])[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, '');
  if (Array.isArray(value)) return value.map(cleaned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)]));
}

/** More than a consortium has of anything. */
const SAMPLE_ROWS = 100;

/** Something in every place, or with every list empty: what a template is tried out with. */
export function sampleView(listsEmpty: boolean): object {
  const root: Record<string, any> = {};
  const put = (path: string, value: unknown) => {
    const names = path.split('.');
    const last = names.pop()!;
    let scope = root;
    for (const name of names) {
      scope[name] ??= {};
      scope = scope[name];
    }
    scope[last] = value;
  };
  for (const { tag, zh } of TEMPLATE_TAGS.values) put(tag, zh);
  const row = (fields: { tag: string; zh: string }[]) => Object.fromEntries(fields.map((f) => [f.tag, f.zh]));
  const rows = (fields: { tag: string; zh: string }[]) => Array.from({ length: SAMPLE_ROWS }, () => row(fields));
  for (const { tag, fields } of TEMPLATE_TAGS.lists) put(tag, listsEmpty ? [] : rows(fields));
  return root;
}
