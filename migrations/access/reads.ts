import { ACTORS, type DatabaseRole } from './roles.js';
import { each, ISSUED, MY, OWN, REVISIONS, type Rule } from './rules.js';

/** The published list, of every province: for everybody, jobs included. */
export const LIST = [
  'province',
  'city',
  'department',
  'designation',
  'park',
  'organization',
  'consortium',
  'consortium_park',
  'membership',
  'board',
];
export const SIGNED = ACTORS.filter((role) => role !== 'public');

const { board, bureau, department, province, expert, analyst } = OWN;
const same = (roles: readonly DatabaseRole[], rows: string) => Object.fromEntries(roles.map((role) => [role, rows]));

/** What hangs on a revision is seen with it: the sub-select is under the reader's own policy on revisions. */
const withRevision = (table: string) =>
  same(
    Object.keys(REVISIONS) as DatabaseRole[],
    `EXISTS (SELECT FROM report_revision r WHERE r.id = ${table}.revision_id)`,
  );

/** An analyst never reads a person's name. */
// biome-ignore format: one glance
const EVENT_WITHOUT_NAME = [
  'id', 'serial', 'province_id', 'city_id', 'consortium_id', 'report_id', 'transition',
  'from_state', 'to_state', 'at', 'actor_role', 'revision_number', 'reason',
];

/** The domain's table "Who may do what", row by row. */
export const READS: Rule[] = [
  ...LIST.flatMap((table) => each('reads', table, same([...ACTORS, 'job'], 'true'))),

  ...each('reads', 'board_member', { board, bureau, department, province }),
  ...each('reads', 'board_member_contact', { board, bureau, province }),

  ...each('reads', 'report_obligation', { board, bureau, department, province, expert, analyst, job: 'true' }),
  ...each('reads', 'report', { board, bureau, department, province, expert, analyst }),
  ...each('reads', 'report_event', { board, bureau, department, province, expert }),
  ...each('reads', 'report_event', { analyst }, EVENT_WITHOUT_NAME),

  ...each('reads', 'report_revision', REVISIONS),
  ...['report_document', 'seal_attestation', 'report_event_comment'].flatMap((table) =>
    each('reads', table, withRevision(table)),
  ),
  ...each('reads', 'upload', { board, job: 'true' }),

  ...each('reads', 'access_token', {
    ...same(['board', 'department', 'expert', 'analyst'], `id = ${MY.token}`),
    bureau: `id = ${MY.token} OR ${ISSUED.bureau}`,
    province: `id = ${MY.token} OR ${ISSUED.province}`,
    administrator: 'true',
    job: 'true',
  }),
  ...each('reads', 'account', { administrator: 'true', job: 'true' }),
  ...each('reads', 'expert_assignment', { expert: `account_id = ${MY.account}`, province }),

  ...each('reads', 'audit_entry', { administrator: 'true' }),
  ...each('reads', 'outbox_event', { job: 'true' }),
  ...each('reads', 'idempotent_answer', same(SIGNED, `token_id = ${MY.token}`)),
  // enough to find the old ones; the answers are nobody's business
  ...each('reads', 'idempotent_answer', { job: 'true' }, ['token_id', 'key', 'created_at']),
];
