/** Words of the generated pages for what the code names by identifiers; a name without words stops the generator. */
const SUBJECTS = {
  Province: ['省', 'province'],
  City: ['市州', 'city'],
  Department: ['部门', 'department'],
  Designation: ['名单批次', 'designation'],
  Park: ['依托园区', 'park'],
  Organization: ['单位', 'organization'],
  Consortium: ['联合体', 'consortium'],
  ConsortiumPark: ['联合体与园区', 'consortium’s parks'],
  Membership: ['牵头与成员单位', 'lead and member units'],
  Board: ['理事会（形式）', 'board (its form)'],
  BoardMember: ['理事会成员', 'board member'],
  BoardMemberContact: ['成员联系方式', 'board member’s contact'],
  ReportObligation: ['报送任务', 'obligation'],
  Report: ['报送材料（状态与时间）', 'report (state and dates)'],
  ReportEvent: ['办理记录（不含意见）', 'report event without its comment'],
  ReportRevision: ['版本与草稿', 'revision and draft'],
  ReportDocument: ['文件', 'document'],
  SealAttestation: ['盖章确认', 'seal attestation'],
  RequiredSeal: ['应盖印章', 'seal that was due'],
  Receipt: ['回执', 'receipt'],
  SealRequirement: ['用印规定', 'seal requirement'],
  ReportTemplate: ['材料模板', 'report template'],
  ReportEventComment: ['办理意见', 'comment on a revision'],
  Upload: ['上传', 'upload'],
  AccessToken: ['令牌（不含密文）', 'token (never its secret)'],
  Account: ['账号', 'account'],
  AuditEntry: ['审计记录', 'audit entry'],
  OutboxEvent: ['待发事件', 'outbox event'],
  ExpertAssignment: ['专家任务', 'expert assignment'],
  IdempotentAnswer: ['幂等应答', 'stored answer of an Idempotency-Key'],
};

const ACTIONS = {
  read: ['读取', 'read'],
  createReportDraft: ['起草', 'create draft'],
  updateReportDraft: ['修改草稿', 'edit draft'],
  createUpload: ['申请上传', 'create upload'],
  attachReportDocument: ['附文件', 'attach document'],
  attestSeal: ['确认盖章', 'attest seal'],
  submitReport: ['提交', 'submit'],
  withdrawReport: ['撤回', 'withdraw'],
  approveReport: ['审核通过', 'city approve'],
  returnReport: ['退回', 'return'],
  acceptReport: ['收件', 'accept'],
  reopenReport: ['重新打开', 'reopen'],
  extendObligation: ['延长期限', 'extend the deadline'],
  issueToken: ['签发令牌', 'issue token'],
  revokeToken: ['撤销令牌', 'revoke token'],
  issueSealToken: ['签发用印令牌', 'issue a seal unit’s token'],
  decideSealRequirement: ['规定用印单位', 'decide who seals'],
  replaceReportTemplate: ['取代模板', 'replace a template'],
  requestReportArchive: ['打包下载', 'take a year’s archive'],
};

/** The actor's own values; `conditions` compares columns with these. */
export const MY = {
  accountId: 'my.account',
  tokenId: 'my.token',
  provinceId: 'my.province',
  cityId: 'my.city',
  department: 'my.department',
  consortiumId: 'my.consortium',
  organizationId: 'my.organization',
  reportId: 'my.report',
  sealedSha256: 'my.pdf',
  assignedConsortiumIds: ['my.assigned'],
};

/** A condition of a rule in words; the column may be behind a dotted path. */
const CONDITIONS = {
  'consortiumId = my.consortium': ['本联合体', 'own consortium'],
  'cityId = my.city': ['本市州', 'own city'],
  'provinceId = my.province': ['本省', 'own province'],
  'department = my.department': ['本部门', 'own department'],
  'consortiumId in my.assigned': ['所评联合体', 'assigned consortia'],
  'accountId = my.account': ['本人', 'own account'],
  'tokenId = my.token': ['本令牌', 'own token'],
  'id = my.token': ['自己的令牌', 'its own token'],
  'kind = STAMPED_PDF': ['盖章的PDF', 'the stamped PDF'],
  'role = SEAL_UNIT': ['其角色为用印单位', 'of a seal unit'],
  'sha256 = my.pdf': ['令牌所限的PDF', 'the PDF of its token'],
  'reportId = my.report': ['令牌所限的材料', 'the report of its token'],
  'id = my.report': ['令牌所限的材料', 'the report of its token'],
  'organizationId = my.organization': ['本单位', 'its own unit'],
  'number is not null': ['已提交', 'submitted'],
  'approvedAt is not null': ['经市州审核通过', 'approved by a bureau'],
  'acceptedAt is not null': ['省厅已收', 'accepted by the province'],
};

const lookup = (words, name, what) => {
  if (!Object.hasOwn(words, name))
    throw new Error(`No words for ${what} “${name}”: add it, Chinese and English, to scripts/docs/words.mjs.`);
  const [zh, en] = words[name];
  return { zh, en };
};
export const subjectWords = (name) => lookup(SUBJECTS, name, 'the subject');
export const actionWords = (name) => lookup(ACTIONS, name, 'the action');
export const conditionWords = (text) => lookup(CONDITIONS, text, 'the condition');
