/** What a Word template may name. The README beside the templates lists the same; a test compares the two. */
export type TemplateTag = { tag: string; zh: string; en: string };
export type TemplateList = TemplateTag & { fields: TemplateTag[] };

const number = { tag: 'number', zh: '序号，从1起', en: 'its place in the list, from 1' };
const name = (zh: string, en: string) => [number, { tag: 'name', zh, en }];

const VALUES: TemplateTag[] = [
  { tag: 'consortium.name', zh: '联合体名称', en: 'name of the consortium' },
  { tag: 'consortium.code', zh: '联合体编号', en: 'its code' },
  { tag: 'consortium.listNumber', zh: '名单序号', en: 'its number on the list' },
  { tag: 'consortium.statusLabel', zh: '状态，如 建设中', en: 'its standing' },
  { tag: 'consortium.city', zh: '市州', en: 'city' },
  { tag: 'consortium.province', zh: '省', en: 'province' },
  { tag: 'consortium.designationNumber', zh: '名单文号', en: 'document number of the list' },
  { tag: 'consortium.designatedOn', zh: '名单成文日期', en: 'day of the list' },
  { tag: 'consortium.parks', zh: '依托园区，以顿号连写', en: 'its parks in one line' },
  { tag: 'consortium.leadSchools', zh: '牵头学校，以顿号连写', en: 'its lead schools in one line' },
  { tag: 'consortium.leadEnterprises', zh: '牵头企业，以顿号连写', en: 'its lead enterprises in one line' },
  { tag: 'consortium.members', zh: '成员单位，以顿号连写', en: 'its members in one line' },
  { tag: 'board.form', zh: '理事会或董事会', en: 'council or board of directors' },
  { tag: 'obligation.kindLabel', zh: '材料类别', en: 'kind of report' },
  { tag: 'obligation.year', zh: '年度', en: 'year' },
  { tag: 'obligation.dueOn', zh: '报送截止日期', en: 'day on which it is due' },
  { tag: 'today', zh: '下载当日', en: 'day of the download' },
];

const LISTS: TemplateList[] = [
  { tag: 'parks', zh: '依托园区', en: 'parks', fields: name('园区名称', 'name of the park') },
  { tag: 'leadSchools', zh: '牵头学校', en: 'lead schools', fields: name('学校名称', 'name of the school') },
  {
    tag: 'leadEnterprises',
    zh: '牵头企业',
    en: 'lead enterprises',
    fields: name('企业名称', 'name of the enterprise'),
  },
  {
    tag: 'leadUnits',
    zh: '牵头学校与牵头企业',
    en: 'lead schools and lead enterprises',
    fields: name('单位名称', 'name of the unit'),
  },
  { tag: 'members', zh: '成员单位', en: 'members', fields: name('单位名称', 'name of the unit') },
  {
    tag: 'board.members',
    zh: '理事（董事）',
    en: 'members of the board',
    fields: [
      ...name('姓名', 'name'),
      { tag: 'position', zh: '职务', en: 'position' },
      { tag: 'constituency', zh: '代表方', en: 'whom they represent' },
      { tag: 'organization', zh: '单位', en: 'their organization' },
    ],
  },
  {
    tag: 'planItems',
    zh: '年度工作计划事项',
    en: 'items of the annual plan',
    fields: [
      number,
      { tag: 'title', zh: '事项', en: 'what it is' },
      { tag: 'completion', zh: '完成情况', en: 'how far it is done' },
    ],
  },
  {
    tag: 'indicators',
    zh: '建设指标',
    en: 'indicators',
    fields: [
      number,
      { tag: 'code', zh: '指标编号', en: 'code' },
      { tag: 'name', zh: '指标名称', en: 'name' },
      { tag: 'unit', zh: '单位', en: 'unit' },
      { tag: 'planned', zh: '计划值', en: 'planned value' },
      { tag: 'actual', zh: '完成值', en: 'actual value' },
    ],
  },
];

/** `values` stand alone; a list's fields stand between `{#list}` and `{/list}`, and `{^list}…{/list}` when it is empty. */
export const TEMPLATE_TAGS = { values: VALUES, lists: LISTS };
