import { LIST } from '../access/reads.js';
import { ACTORS, type DatabaseRole } from '../access/roles.js';
import { each, ISSUED, MY, OWN, PURPOSE, type Rule } from '../access/rules.js';

const { board, province } = OWN;
const SEAL_TOKEN = "role = 'SEAL_UNIT'";

/** What hangs on a revision is seen with it, under the reader's own policy on revisions. */
const withRevision = (table: string) =>
  Object.fromEntries(
    (['board', 'bureau', 'department', 'province', 'expert'] as const).map((role) => [
      role,
      `EXISTS (SELECT FROM report_revision r WHERE r.id = ${table}.revision_id)`,
    ]),
  ) as Partial<Record<DatabaseRole, string>>;

/** One lead unit, for one PDF of one report: the list, this document, its own seal on it. */
const SEAL_UNIT: Rule[] = [
  ...LIST.flatMap((table) => each('reads', table, { seal_unit: 'true' })),
  ...each('reads', 'access_token', { seal_unit: `id = ${MY.token}` }),
  // state and version of the one report, to lock it; nothing of what the draft says
  ...each('reads', 'report', { seal_unit: `id = ${PURPOSE.report}` }),
  ...each('changes', 'report', { seal_unit: `id = ${PURPOSE.report}` }, ['version', 'updated_at']),
  ...each('reads', 'report_revision', { seal_unit: `report_id = ${PURPOSE.report}` }, [
    'id',
    'report_id',
    'number',
    'province_id',
    'city_id',
    'consortium_id',
  ]),
  ...each('reads', 'report_document', {
    seal_unit: `sha256 = ${PURPOSE.sha256} AND kind = 'STAMPED_PDF' AND EXISTS (SELECT FROM report_revision r WHERE r.id = report_document.revision_id)`,
  }),
  ...(['reads', 'adds'] as const).flatMap((verb) =>
    each(verb, 'seal_attestation', {
      seal_unit: `organization_id = ${PURPOSE.organization} AND sha256 = ${PURPOSE.sha256} AND EXISTS (SELECT FROM report_revision r WHERE r.id = seal_attestation.revision_id)`,
    }),
  ),
  ...each('adds', 'audit_entry', {
    seal_unit: `actor_role = 'SEAL_UNIT' AND account_id = ${MY.account} AND token_id = ${MY.token}`,
  }),
  ...each('adds', 'outbox_event', { seal_unit: `province_id = ${MY.province}` }),
  ...(['reads', 'adds', 'changes', 'removes'] as const).flatMap((verb) =>
    each(verb, 'idempotent_answer', { seal_unit: `token_id = ${MY.token}` }),
  ),
];

const SEALS: Rule[] = [
  ...each(
    'reads',
    'seal_requirement',
    Object.fromEntries([...ACTORS, 'seal_unit', 'job'].map((role) => [role, 'true'])),
  ),
  ...each('adds', 'seal_requirement', { province }),
  ...each('reads', 'required_seal', withRevision('required_seal')),
  ...each('adds', 'required_seal', { board }),
  // a park or a bureau that is to seal becomes a unit
  ...each('adds', 'organization', { province: `${province} AND kind = 'GOVERNMENT'` }),
  ...each('changes', 'park', { province }, ['organization_id']),
  ...each('changes', 'department', { province }, ['organization_id']),
  ...each('adds', 'account', { board: `province_id = ${MY.province}` }),
  ...each('adds', 'access_token', { board: `${board} AND ${SEAL_TOKEN}` }),
  // as for a bureau: its own row can be locked, and then be refused
  {
    role: 'board',
    verb: 'changes',
    table: 'access_token',
    rows: `id = ${MY.token} OR ${board} AND ${SEAL_TOKEN}`,
    becoming: `${board} AND ${SEAL_TOKEN}`,
    columns: ['revoked_at'],
  },
];

const CHECKS: Rule[] = [
  ...each('reads', 'report_document', { job: 'true' }),
  ...each('changes', 'report_document', { job: 'true' }, [
    'check_state',
    'findings',
    'checked_at',
    'page_count',
    'has_text',
    'signatures',
    'sketch',
    'claimed_at',
  ]),
  // enough to find the draft whose pair is compared
  ...each('reads', 'report_revision', { job: 'true' }, ['id', 'report_id', 'number', 'pair_similarity']),
  ...each('changes', 'report_revision', { job: 'number IS NULL' }, ['pair_similarity']),
];

const RECEIPTS: Rule[] = [
  ...each('reads', 'receipt', withRevision('receipt')),
  ...each('adds', 'receipt', {
    board: `${board} AND kind = 'SUBMISSION'`,
    province: `${province} AND kind = 'ACCEPTANCE'`,
  }),
  ...each('reads', 'receipt', { job: 'true' }),
  ...each('changes', 'receipt', { job: 'true' }, ['sha256']),
];

const TEMPLATES: Rule[] = [
  ...each('reads', 'report_template', { board: `province_id = ${MY.province}`, province }),
  ...each('adds', 'report_template', { province }),
  ...each('reads', 'report_template', { job: 'true' }, ['id', 'storage_key']),
  ...each('reads', 'upload', { province: `${province} AND token_id = ${MY.token}` }),
  ...each('adds', 'upload', { province: `${province} AND token_id = ${MY.token} AND consortium_id IS NULL` }),
];

export const RULES: Rule[] = [...SEAL_UNIT, ...SEALS, ...CHECKS, ...RECEIPTS, ...TEMPLATES];

/** Tokens of seal units are seen by the board that issued them and by its bureau, which can revoke them. */
export const TOKEN_POLICIES = `
  ALTER POLICY board_reads_access_token ON access_token USING (id = ${MY.token} OR ${board} AND ${SEAL_TOKEN});
  ALTER POLICY bureau_reads_access_token ON access_token USING (id = ${MY.token} OR ${OWN.bureau} AND role IN ('BOARD', 'CITY_DEPARTMENT', 'SEAL_UNIT'));
  ALTER POLICY bureau_changes_access_token ON access_token USING (id = ${MY.token} OR ${OWN.bureau} AND role IN ('BOARD', 'CITY_DEPARTMENT', 'SEAL_UNIT'))
    WITH CHECK (${OWN.bureau} AND role IN ('BOARD', 'CITY_DEPARTMENT', 'SEAL_UNIT'));
`;

/** As before, for the way back. */
export const TOKEN_POLICIES_BEFORE = `
  ALTER POLICY board_reads_access_token ON access_token USING (id = ${MY.token});
  ALTER POLICY bureau_reads_access_token ON access_token USING (id = ${MY.token} OR ${ISSUED.bureau});
  ALTER POLICY bureau_changes_access_token ON access_token USING (id = ${MY.token} OR ${ISSUED.bureau}) WITH CHECK (${ISSUED.bureau});
`;
