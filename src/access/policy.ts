import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import type { Text } from '../graph/language.js';
import type { Actor, Scope } from './actor.js';

/**
 * Wall one: who may do what, in the order and the words of the table in docs/permissions.md.
 * Wall two (migrations/) says the same a second time and knows nothing of this file; test/access compares them.
 *
 * A rule without conditions is for every row of every province. What is not given here is refused.
 */
export const ACTIONS = {
  read: { zh: '读取', en: 'read' },
  createReportDraft: { zh: '起草', en: 'create draft' },
  updateReportDraft: { zh: '修改草稿', en: 'edit draft' },
  createUpload: { zh: '申请上传', en: 'create upload' },
  attachReportDocument: { zh: '附文件', en: 'attach document' },
  attestSeal: { zh: '确认盖章', en: 'attest seal' },
  submitReport: { zh: '提交', en: 'submit' },
  withdrawReport: { zh: '撤回', en: 'withdraw' },
  approveReport: { zh: '审核通过', en: 'city approve' },
  returnReport: { zh: '退回', en: 'return' },
  acceptReport: { zh: '收件', en: 'accept' },
  reopenReport: { zh: '重新打开', en: 'reopen' },
  extendObligation: { zh: '延长期限', en: 'extend the deadline' },
  issueToken: { zh: '签发令牌', en: 'issue token' },
  revokeToken: { zh: '撤销令牌', en: 'revoke token' },
  issueSealToken: { zh: '签发用印令牌', en: 'issue a seal unit’s token' },
  decideSealRequirement: { zh: '规定用印单位', en: 'decide who seals' },
  replaceReportTemplate: { zh: '取代模板', en: 'replace a template' },
  requestReportArchive: { zh: '打包下载', en: 'take a year’s archive' },
} as const satisfies Record<string, Text>;
export type Action = keyof typeof ACTIONS;
export type Ability = MongoAbility<[Action, any]>;

/** Province, city … board: the published list, read by everybody. */
export const LIST = [
  'Province',
  'City',
  'Department',
  'Designation',
  'Park',
  'Organization',
  'Consortium',
  'ConsortiumPark',
  'Membership',
  'Board',
  'SealRequirement',
] as const;

/** Obligation, report (state and dates), event without its comment. */
export const PROGRESS = ['ReportObligation', 'Report', 'ReportEvent'] as const;

/** What hangs on a submitted revision and is read with it. */
export const ATTACHED = ['ReportDocument', 'SealAttestation', 'RequiredSeal', 'Receipt', 'ReportEventComment'] as const;

const BOARD_EDITS = [
  'updateReportDraft',
  'attachReportDocument',
  'attestSeal',
  'submitReport',
  'withdrawReport',
] as const satisfies Action[];

const SUBMITTED = { $ne: null };

/** Tokens may be issued for these roles, and no wider (domain: who issues for whom). */
export const ISSUES: Partial<Record<Actor['role'], readonly string[]>> = {
  CITY_BUREAU: ['BOARD', 'CITY_DEPARTMENT'],
  PROVINCE: ['CITY_BUREAU', 'EXPERT', 'ANALYST'],
  ADMINISTRATOR: ['PROVINCE', 'ADMINISTRATOR'],
};

/** A bureau takes back what it issued, and what its boards issued. */
const REVOKED_BY_BUREAU = ['BOARD', 'CITY_DEPARTMENT', 'SEAL_UNIT'];

type Grant = (can: AbilityBuilder<Ability>['can'], my: Scope) => void;

const RULES: Record<Actor['role'], Grant> = {
  PUBLIC: () => {},

  BOARD: (can, my) => {
    const own = { consortiumId: my.consortiumId };
    can('read', [...PROGRESS, 'BoardMember', 'BoardMemberContact', 'ReportRevision', ...ATTACHED, 'Upload'], own);
    can('read', 'AccessToken', { id: my.tokenId });
    // those that it issued to its lead units, and takes back
    can(['read', 'revokeToken'], 'AccessToken', { ...own, role: 'SEAL_UNIT' });
    can('read', 'ReportTemplate', { provinceId: my.provinceId });
    can('createReportDraft', 'ReportObligation', own);
    can('createUpload', 'Upload');
    can(BOARD_EDITS as unknown as Action[], 'Report', own);
    can('issueSealToken', 'Report', own);
  },

  CITY_BUREAU: (can, my) => {
    const own = { cityId: my.cityId };
    can('read', [...PROGRESS, 'BoardMember', 'BoardMemberContact'], own);
    // a draft is the board's own
    can('read', 'ReportRevision', { ...own, number: SUBMITTED });
    can('read', [...ATTACHED], { ...own, 'revision.number': SUBMITTED });
    can('read', 'AccessToken', { id: my.tokenId });
    can('read', 'AccessToken', { ...own, role: { $in: REVOKED_BY_BUREAU } });
    can(['approveReport', 'returnReport'], 'Report', own);
    can('issueToken', 'AccessToken', { ...own, role: { $in: ISSUES.CITY_BUREAU as string[] } });
    can('revokeToken', 'AccessToken', { ...own, role: { $in: REVOKED_BY_BUREAU } });
  },

  // as the bureau, without contacts
  CITY_DEPARTMENT: (can, my) => {
    const own = { cityId: my.cityId };
    can('read', [...PROGRESS, 'BoardMember'], own);
    can('read', 'ReportRevision', { ...own, number: SUBMITTED });
    can('read', [...ATTACHED], { ...own, 'revision.number': SUBMITTED });
    can('read', 'AccessToken', { id: my.tokenId });
  },

  PROVINCE: (can, my) => {
    const own = { provinceId: my.provinceId };
    can('read', [...PROGRESS, 'BoardMember', 'BoardMemberContact', 'ExpertAssignment'], own);
    // only what a bureau approved, whatever became of the report afterwards
    can('read', 'ReportRevision', { ...own, approvedAt: SUBMITTED });
    can('read', [...ATTACHED], { ...own, 'revision.approvedAt': SUBMITTED });
    can('read', 'AccessToken', { id: my.tokenId });
    can('read', 'AccessToken', { ...own, role: { $in: ISSUES.PROVINCE as string[] } });
    can(['returnReport', 'acceptReport', 'reopenReport'], 'Report', own);
    can('extendObligation', 'ReportObligation', own);
    can('read', 'ReportTemplate', own);
    can('read', 'Upload', { tokenId: my.tokenId });
    can('createUpload', 'Upload');
    can('replaceReportTemplate', 'ReportTemplate', own);
    can('decideSealRequirement', 'SealRequirement', own);
    can('requestReportArchive', 'Report', own);
    can('issueToken', 'AccessToken', { ...own, role: { $in: ISSUES.PROVINCE as string[] } });
    can('revokeToken', 'AccessToken', { ...own, role: { $in: ISSUES.PROVINCE as string[] } });
  },

  EXPERT: (can, my) => {
    const assigned = { consortiumId: { $in: my.assignedConsortiumIds as string[] } };
    can('read', [...PROGRESS], assigned);
    can('read', 'ReportRevision', { ...assigned, acceptedAt: SUBMITTED });
    can('read', [...ATTACHED], { ...assigned, 'revision.acceptedAt': SUBMITTED });
    can('read', 'ExpertAssignment', { accountId: my.accountId });
    can('read', 'AccessToken', { id: my.tokenId });
  },

  ANALYST: (can, my) => {
    const own = { provinceId: my.provinceId };
    can('read', 'Report', own);
    // neither a free text nor a person's name
    can('read', 'ReportObligation', OBLIGATION_WITHOUT_REASON, own);
    can('read', 'ReportEvent', EVENT_WITHOUT_NAME, own);
    can('read', 'AccessToken', { id: my.tokenId });
  },

  ADMINISTRATOR: (can) => {
    can('read', ['AccessToken', 'Account', 'AuditEntry']);
    can('issueToken', 'AccessToken', { role: { $in: ISSUES.ADMINISTRATOR as string[] } });
    can('revokeToken', 'AccessToken');
  },

  // one lead unit: the one PDF that it is asked to seal, and its own seal on it
  SEAL_UNIT: (can, my) => {
    const here = { sha256: my.sealedSha256, 'revision.reportId': my.reportId };
    can('read', 'ReportDocument', { ...here, kind: 'STAMPED_PDF' });
    can('read', 'SealAttestation', { ...here, organizationId: my.organizationId });
    can('read', 'AccessToken', { id: my.tokenId });
    can('attestSeal', 'Report', { id: my.reportId });
  },

  JOB: (can) => {
    can('read', ['AccessToken', 'Account', 'ReportObligation', 'Upload', 'OutboxEvent']);
    // checks files as they arrive, and prints receipts
    can('read', ['ReportDocument', 'ReportRevision', 'ReportTemplate', 'Receipt']);
  },
};

// biome-ignore format: one glance
const OBLIGATION_WITHOUT_REASON = [
  'id', 'provinceId', 'cityId', 'cityCode', 'consortiumId', 'listNumber', 'year', 'kind', 'dueOn', 'dueAt', 'filedAt', 'desk',
];

// biome-ignore format: one glance
const EVENT_WITHOUT_NAME = [
  'id', 'serial', 'reportId', 'consortiumId', 'cityId', 'provinceId', 'transition',
  'from', 'to', 'at', 'actorRole', 'revisionNumber', 'reason',
];

/** The rules of a role for a scope: real values for judging rows, placeholders for compiling conditions. */
export function abilityFor(role: Actor['role'], my: Scope): Ability {
  const { can, build } = new AbilityBuilder<Ability>(createMongoAbility);
  can('read', [...LIST]);
  RULES[role](can, my);
  return build({ detectSubjectType: (row) => (typeof row === 'string' ? row : row.__type) });
}

/** Tables that no role reads through the API; named, so that an entity without a rule is a decision and no accident. */
export const UNREAD = ['IdempotentAnswer'] as const;
