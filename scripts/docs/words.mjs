/** Words of the generated pages for what the rules say; a condition without words stops the generator. */
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
export const conditionWords = (text) => lookup(CONDITIONS, text, 'the condition');
