import { labelledEnum } from './labels.js';

/** The vocabulary's enums (names: the domain's; labels: as on paper). Grammar of the API, hence below the features. */
export const Role = labelledEnum(
  'Role',
  { zh: '角色。', en: 'Who is asking.' },
  {
    PUBLIC: { zh: '公众', en: 'Public' },
    BOARD: { zh: '联合体理事会', en: 'Consortium board' },
    CITY_BUREAU: { zh: '市州教育行政部门', en: 'City education bureau' },
    CITY_DEPARTMENT: { zh: '市州协同部门', en: 'City partner department' },
    PROVINCE: { zh: '省教育厅', en: 'Provincial education department' },
    EXPERT: { zh: '评审专家', en: 'Expert' },
    ANALYST: { zh: '分析人员', en: 'Analyst' },
    ADMINISTRATOR: { zh: '系统管理员', en: 'System administrator' },
    SEAL_UNIT: { zh: '用印单位', en: 'Lead unit that seals' },
  },
);
export type Role = keyof typeof Role;

export const DepartmentKind = labelledEnum(
  'DepartmentKind',
  { zh: '部门类别（通知第1条）。', en: 'Kind of government office (notice, paragraph 1).' },
  {
    EDUCATION: { zh: '教育', en: 'Education' },
    DEVELOPMENT_AND_REFORM: { zh: '发展改革', en: 'Development and reform' },
    INDUSTRY_AND_INFORMATION_TECHNOLOGY: { zh: '工业和信息化', en: 'Industry and information technology' },
    FINANCE: { zh: '财政', en: 'Finance' },
    HUMAN_RESOURCES_AND_SOCIAL_SECURITY: { zh: '人力资源社会保障', en: 'Human resources and social security' },
    STATE_ASSETS: { zh: '国资', en: 'State assets' },
  },
);
export type DepartmentKind = keyof typeof DepartmentKind;

export const ConsortiumStatus = labelledEnum(
  'ConsortiumStatus',
  { zh: '联合体状态（通知第3条）。', en: 'Standing on the list (notice, paragraph 3).' },
  {
    ACTIVE: { zh: '建设中', en: 'Active' },
    WARNED: { zh: '预警', en: 'Warned' },
    REMOVED: { zh: '调出名单', en: 'Removed from the list' },
    DISQUALIFIED: { zh: '取消资格', en: 'Disqualified' },
  },
);
export type ConsortiumStatus = keyof typeof ConsortiumStatus;

export const OrganizationKind = labelledEnum(
  'OrganizationKind',
  { zh: '单位类别。', en: 'Kind of organization.' },
  {
    SCHOOL: { zh: '学校', en: 'School' },
    ENTERPRISE: { zh: '企业', en: 'Enterprise' },
    RESEARCH_INSTITUTE: { zh: '科研机构', en: 'Research institute' },
    GOVERNMENT: { zh: '政府部门', en: 'Government office' },
    INDUSTRY_ASSOCIATION: { zh: '行业组织', en: 'Industry association' },
  },
);
export type OrganizationKind = keyof typeof OrganizationKind;

export const BoardForm = labelledEnum(
  'BoardForm',
  { zh: '理事会或董事会（通知第1条）。', en: 'Form of the governing body (notice, paragraph 1).' },
  {
    COUNCIL: { zh: '理事会', en: 'Council' },
    BOARD_OF_DIRECTORS: { zh: '董事会', en: 'Board of directors' },
  },
);
export type BoardForm = keyof typeof BoardForm;

export const BoardPosition = labelledEnum(
  'BoardPosition',
  { zh: '职务。', en: 'Position on the board.' },
  {
    CHAIR: { zh: '理事长', en: 'Chair' },
    VICE_CHAIR: { zh: '副理事长', en: 'Vice chair' },
    SECRETARY_GENERAL: { zh: '秘书长', en: 'Secretary-general' },
    MEMBER: { zh: '理事', en: 'Member' },
  },
);
export type BoardPosition = keyof typeof BoardPosition;

export const Constituency = labelledEnum(
  'Constituency',
  {
    zh: '代表方（通知第1条：政府、企业、学校、科研机构等多方）。',
    en: 'Whom a member represents (notice, paragraph 1).',
  },
  {
    GOVERNMENT: { zh: '政府', en: 'Government' },
    ENTERPRISE: { zh: '企业', en: 'Enterprise' },
    SCHOOL: { zh: '学校', en: 'School' },
    RESEARCH_INSTITUTE: { zh: '科研机构', en: 'Research institute' },
    INDUSTRY_ASSOCIATION: { zh: '行业组织', en: 'Industry association' },
    PARK: { zh: '园区', en: 'Park' },
  },
);
export type Constituency = keyof typeof Constituency;

export const ReportKind = labelledEnum(
  'ReportKind',
  { zh: '材料类别（通知第4条）。', en: 'Kind of report (notice, paragraph 4).' },
  {
    ANNUAL_WORK_PLAN: { zh: '年度工作计划', en: 'Annual work plan' },
    HALF_YEAR_SUMMARY: { zh: '半年工作总结', en: 'Half-year summary' },
    ANNUAL_SUMMARY: { zh: '年度工作总结', en: 'Annual summary' },
  },
);
export type ReportKind = keyof typeof ReportKind;

export const ReportState = labelledEnum(
  'ReportState',
  { zh: '材料状态。', en: 'Where a report stands.' },
  {
    DRAFT: { zh: '草稿', en: 'Draft' },
    SUBMITTED: { zh: '待市州审核', en: 'Awaiting the city bureau' },
    RETURNED: { zh: '退回修改', en: 'Returned for correction' },
    CITY_APPROVED: { zh: '待省厅收件', en: 'Approved by the city, awaiting the province' },
    ACCEPTED: { zh: '省厅已收', en: 'Accepted by the province' },
  },
);
export type ReportState = keyof typeof ReportState;

export const ReturnReason = labelledEnum(
  'ReturnReason',
  { zh: '退回原因。', en: 'Why a report was returned.' },
  {
    INCOMPLETE: { zh: '材料不全（不计为已报送）', en: 'Incomplete: it does not count as filed' },
    INCORRECT: { zh: '内容有误', en: 'Incorrect' },
    OUTDATED: { zh: '内容过期', en: 'Outdated' },
    SUPPLEMENT: { zh: '需补充说明', en: 'Needs a supplement' },
  },
);
export type ReturnReason = keyof typeof ReturnReason;

export const Timeliness = labelledEnum(
  'Timeliness',
  { zh: '报送及时性。', en: 'Punctuality of a filing.' },
  {
    PENDING: { zh: '未到期', en: 'Neither filed nor due' },
    ON_TIME: { zh: '按时', en: 'Filed on time' },
    LATE: { zh: '逾期', en: 'Filed late' },
    MISSING: { zh: '未报', en: 'Due and not filed' },
  },
);
export type Timeliness = keyof typeof Timeliness;

export const Desk = labelledEnum(
  'Desk',
  { zh: '到期时材料在谁手中。', en: 'On whose desk a deadline passed.' },
  {
    BOARD: { zh: '联合体理事会', en: 'Consortium board' },
    CITY_BUREAU: { zh: '市州教育行政部门', en: 'City education bureau' },
  },
);
export type Desk = keyof typeof Desk;

export const DocumentKind = labelledEnum(
  'DocumentKind',
  { zh: '文件类别（通知第4条）。', en: 'Kind of document (notice, paragraph 4).' },
  {
    WORD: { zh: 'WORD文档', en: 'Word document' },
    STAMPED_PDF: { zh: '各牵头单位联合盖章的PDF文档', en: 'PDF stamped by every lead unit' },
  },
);
export type DocumentKind = keyof typeof DocumentKind;

export const SortDirection = labelledEnum(
  'SortDirection',
  { zh: '排序方向。', en: 'Direction of a sort.' },
  {
    ASC: { zh: '升序', en: 'Ascending' },
    DESC: { zh: '降序', en: 'Descending' },
  },
);
export type SortDirection = keyof typeof SortDirection;

export const PermissionReason = labelledEnum(
  'PermissionReason',
  { zh: '不可操作的原因。', en: 'Why something may not be done now.' },
  {
    NOT_YOUR_ROLE: { zh: '您的角色无此权限', en: 'Not for your role' },
    WRONG_STATE: { zh: '当前状态下不可操作', en: 'Not possible in this state' },
    DOCUMENT_MISSING: { zh: '缺少WORD或PDF文件', en: 'The Word file or the PDF is missing' },
    DOCUMENT_UNREADABLE: { zh: '文件未通过检查', en: 'A file was refused by its check' },
    DOCUMENT_PENDING: { zh: '文件正在检查', en: 'A file is still being checked' },
    SEAL_MISSING: { zh: '尚有牵头单位未确认盖章', en: 'A lead unit has not attested its seal' },
    SAME_PERSON: { zh: '不能审核本人提交的材料', en: 'Nobody decides on their own submission' },
    CONSORTIUM_CLOSED: { zh: '联合体已调出名单或被取消资格', en: 'The consortium is removed or disqualified' },
    REPORT_EXISTS: { zh: '该任务已有材料', en: 'The obligation has a report already' },
  },
);
export type PermissionReason = keyof typeof PermissionReason;

export const MembershipRole = {
  LEAD_SCHOOL: 'LEAD_SCHOOL',
  LEAD_ENTERPRISE: 'LEAD_ENTERPRISE',
  MEMBER: 'MEMBER',
} as const;
export type MembershipRole = keyof typeof MembershipRole;

export const DocumentCheckState = labelledEnum(
  'DocumentCheckState',
  { zh: '文件检查的状态。', en: 'Where the check of a file stands.' },
  {
    PENDING: { zh: '检查中', en: 'Being checked' },
    PASSED: { zh: '通过', en: 'Passed' },
    WARNED: { zh: '通过，有提示', en: 'Passed, with warnings' },
    REFUSED: { zh: '不予接受', en: 'Refused' },
  },
);
export type DocumentCheckState = keyof typeof DocumentCheckState;

export const FindingSeverity = labelledEnum(
  'FindingSeverity',
  { zh: '检查发现的轻重。', en: 'How much a finding matters.' },
  {
    WARNING: { zh: '提示，不妨碍提交', en: 'A warning; never hinders' },
    ERROR: { zh: '不予接受', en: 'Refuses the file' },
  },
);
export type FindingSeverity = keyof typeof FindingSeverity;

export const ReceiptKind = labelledEnum(
  'ReceiptKind',
  { zh: '回执类别。', en: 'Kind of receipt.' },
  { SUBMISSION: { zh: '报送回执', en: 'Of a submission' }, ACCEPTANCE: { zh: '收件回执', en: 'Of an acceptance' } },
);
export type ReceiptKind = keyof typeof ReceiptKind;

export const SealUnitKind = labelledEnum(
  'SealUnitKind',
  { zh: '须盖章的牵头单位类别（通知第4条）。', en: 'Kind of lead unit that must seal (notice, paragraph 4).' },
  {
    LEAD_SCHOOL: { zh: '牵头学校', en: 'Lead school' },
    LEAD_ENTERPRISE: { zh: '牵头企业', en: 'Lead enterprise' },
    PARK: { zh: '依托园区', en: 'Park' },
    BUREAU: { zh: '市州教育行政部门', en: 'City education bureau' },
  },
);
export type SealUnitKind = keyof typeof SealUnitKind;
