import { LIST, SIGNED } from './reads.js';
import type { DatabaseRole } from './roles.js';
import { each, ISSUED, MY, OWN, REVISIONS, type Rule } from './rules.js';

const { board, bureau, province } = OWN;

/**
 * Conditions name the scope and never a state: SELECT … FOR UPDATE obeys these policies, and a row that can be read must
 * be there to be locked and refused. States are the guards' business.
 */
const BOARD: Rule[] = [
  ...each('adds', 'report', { board: `${board} AND state = 'DRAFT'` }),
  ...each('changes', 'report', { board }, [
    'state',
    'version',
    'submitted_at',
    'city_approved_at',
    'accepted_at',
    'queued_at',
    'updated_at',
    'submitted_from',
    'submitted_by_account_id',
    'last_revision_number',
  ]),
  ...each('changes', 'report_obligation', { board }, ['desk']),
  ...each('adds', 'report_revision', { board }),
  ...each('changes', 'report_revision', { board }, ['title', 'summary', 'number', 'submitted_at']),
  ...(['adds', 'changes', 'removes'] as const).flatMap((verb) =>
    ['report_document', 'board_member', 'board_member_contact'].flatMap((table) => each(verb, table, { board })),
  ),
  ...each('adds', 'seal_attestation', { board }),
  ...each('removes', 'seal_attestation', { board }),
  ...each('adds', 'upload', { board: `${board} AND token_id = ${MY.token}` }),
  ...each('changes', 'upload', { board }, ['received_at']),
];

const DECIDERS: Rule[] = [
  ...each('changes', 'report', { bureau }, ['state', 'version', 'city_approved_at', 'updated_at']),
  ...each('changes', 'report', { province }, ['state', 'version', 'accepted_at', 'updated_at', 'due_on']),
  ...each('changes', 'report_obligation', { bureau }, ['desk', 'filed_at']),
  ...each('changes', 'report_obligation', { province }, ['desk', 'filed_at', 'due_on', 'due_at', 'extension_reason']),
  ...each('changes', 'report_revision', { bureau: REVISIONS.bureau }, ['approved_at']),
  ...each('changes', 'report_revision', { province: REVISIONS.province }, ['accepted_at']),
  // a return leaves the board a draft, a copy of what was returned; whoever returned it can't see it afterwards
  ...each('adds', 'report_revision', {
    bureau: `${bureau} AND number IS NULL`,
    province: `${province} AND number IS NULL`,
  }),
  ...each('adds', 'report_document', { bureau, province }),
  ...each('adds', 'seal_attestation', { bureau, province }),
];

const HISTORY: Rule[] = [
  ...each('adds', 'report_event', {
    board: `${board} AND actor_role = 'BOARD'`,
    bureau: `${bureau} AND actor_role = 'CITY_BUREAU'`,
    province: `${province} AND actor_role = 'PROVINCE'`,
  }),
  ...each('adds', 'report_event_comment', { board, bureau, province }),
  ...each('adds', 'outbox_event', { board, bureau, province, administrator: 'true', job: 'true' }),
  ...(
    [
      ['board', 'BOARD'],
      ['bureau', 'CITY_BUREAU'],
      ['department', 'CITY_DEPARTMENT'],
      ['province', 'PROVINCE'],
      ['expert', 'EXPERT'],
      ['analyst', 'ANALYST'],
      ['administrator', 'ADMINISTRATOR'],
    ] as const
  ).flatMap(([role, name]) =>
    each('adds', 'audit_entry', {
      [role]: `actor_role = '${name}' AND account_id = ${MY.account} AND token_id = ${MY.token}`,
    }),
  ),
  ...(['loader', 'job'] as const).flatMap((role) =>
    each('adds', 'audit_entry', {
      [role]: `actor_role = '${role.toUpperCase()}' AND account_id IS NOT DISTINCT FROM nullif(${MY.account}, '') AND token_id IS NOT DISTINCT FROM nullif(${MY.token}, '')`,
    }),
  ),
];

const TOKENS: Rule[] = [
  ...each('adds', 'account', { bureau: `province_id = ${MY.province}`, province, administrator: 'true' }),
  ...each('adds', 'access_token', ISSUED),
  // its own row can be locked, and then be refused; it can't be changed
  {
    role: 'bureau',
    verb: 'changes',
    table: 'access_token',
    rows: `id = ${MY.token} OR ${ISSUED.bureau}`,
    becoming: ISSUED.bureau,
    columns: ['revoked_at'],
  },
  {
    role: 'province',
    verb: 'changes',
    table: 'access_token',
    rows: `id = ${MY.token} OR ${ISSUED.province}`,
    becoming: ISSUED.province,
    columns: ['revoked_at'],
  },
  ...each('changes', 'access_token', { administrator: 'true' }, ['revoked_at']),
  ...each('adds', 'expert_assignment', {
    province: `${province} AND consortium_id IN (SELECT c.id FROM consortium c WHERE c.${province})`,
  }),
  ...(['adds', 'changes', 'removes'] as const).flatMap((verb) =>
    each(verb, 'idempotent_answer', Object.fromEntries(SIGNED.map((role) => [role, `token_id = ${MY.token}`]))),
  ),
];

const MACHINES: Rule[] = [
  ...each('changes', 'access_token', { job: 'true' }, ['last_used_at']),
  ...each('adds', 'report_obligation', { job: 'true' }),
  ...each('changes', 'upload', { job: 'true' }, ['received_at']),
  ...each('removes', 'upload', { job: 'true' }),
  ...each('removes', 'idempotent_answer', { job: 'true' }),
];

/** The seeds: no report, no event, nothing that an actor has to do. */
const LOADED = [...LIST, 'board_member', 'board_member_contact', 'account', 'access_token', 'expert_assignment'];
/** Where a corrected file may take a row away; what others hang on is never deleted. */
const REPLACED = [
  'department',
  'consortium_park',
  'membership',
  'board_member',
  'board_member_contact',
  'expert_assignment',
];
const loader: Partial<Record<DatabaseRole, string>> = { loader: 'true' };
const SEEDS: Rule[] = [
  ...LOADED.flatMap((table) => (['reads', 'adds', 'changes'] as const).flatMap((verb) => each(verb, table, loader))),
  ...REPLACED.flatMap((table) => each('removes', table, loader)),
];

export const WRITES: Rule[] = [...BOARD, ...DECIDERS, ...HISTORY, ...TOKENS, ...MACHINES, ...SEEDS];
