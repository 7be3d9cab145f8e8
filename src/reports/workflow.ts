import type { Actor } from '../access/actor.js';
import type { ConsortiumStatus, Desk, PermissionReason, ReportState, Role } from '../graph/enums.js';
import type { UserErrorCode } from '../graph/user-errors.js';
import type { Gaps } from './gaps.js';

/** Both files there, checked and accepted, and every seal that is due (notice, paragraph 4). */
const COMPLETE = ['DOCUMENT_MISSING', 'DOCUMENT_UNREADABLE', 'DOCUMENT_PENDING', 'SEAL_MISSING'] as const;

/**
 * The report's way: one table, read by the mutations, the May-I flags and docs/workflow.md; the database's own guard
 * (migrations/) holds the same rows, and test/reports/workflow.test.ts compares the two.
 */
export const WORKFLOW = [
  { name: 'createReportDraft', from: null, to: 'DRAFT', by: 'BOARD', guards: ['CONSORTIUM_CLOSED', 'REPORT_EXISTS'] },
  { name: 'submitReport', from: 'DRAFT', to: 'SUBMITTED', by: 'BOARD', guards: COMPLETE },
  { name: 'submitReport', from: 'RETURNED', to: 'SUBMITTED', by: 'BOARD', guards: COMPLETE },
  // back to the state it was submitted from
  { name: 'withdrawReport', from: 'SUBMITTED', to: 'DRAFT', by: 'BOARD', guards: [] },
  { name: 'withdrawReport', from: 'SUBMITTED', to: 'RETURNED', by: 'BOARD', guards: [] },
  { name: 'approveReport', from: 'SUBMITTED', to: 'CITY_APPROVED', by: 'CITY_BUREAU', guards: ['SAME_PERSON'] },
  { name: 'returnReport', from: 'SUBMITTED', to: 'RETURNED', by: 'CITY_BUREAU', guards: [] },
  { name: 'acceptReport', from: 'CITY_APPROVED', to: 'ACCEPTED', by: 'PROVINCE', guards: [] },
  // it passes the bureau again
  { name: 'returnReport', from: 'CITY_APPROVED', to: 'RETURNED', by: 'PROVINCE', guards: [] },
  { name: 'reopenReport', from: 'ACCEPTED', to: 'RETURNED', by: 'PROVINCE', guards: [] },
] as const satisfies readonly Transition[];

export type Guard = Extract<PermissionReason, UserErrorCode>;
export type Transition = {
  name: TransitionName;
  from: ReportState | null;
  to: ReportState;
  by: Role;
  guards: readonly Guard[];
};
export type TransitionName =
  | 'createReportDraft'
  | 'submitReport'
  | 'withdrawReport'
  | 'approveReport'
  | 'returnReport'
  | 'acceptReport'
  | 'reopenReport';

/** Whose turn it is; in the board's states the draft can be edited. */
export const TURN_OF: Record<ReportState, Role | null> = {
  DRAFT: 'BOARD',
  SUBMITTED: 'CITY_BUREAU',
  RETURNED: 'BOARD',
  CITY_APPROVED: 'PROVINCE',
  ACCEPTED: null,
};
/** Whose desk a deadline would pass on: a board that has nothing begun, or whose turn it is, and else its city. */
export const deskOf = (state: ReportState | undefined): Desk =>
  state === undefined || TURN_OF[state] === 'BOARD' ? 'BOARD' : 'CITY_BUREAU';
export const isEditable = (state: ReportState): boolean => TURN_OF[state] === 'BOARD';

/** What was filed is on time or late for good (domain: Deadlines). */
export const isExtensible = ({ filedAt }: { filedAt: unknown }): boolean => filedAt === null;

/** What the guards look at. `gaps` is known to the board alone: a draft is its own. */
export type Facts = {
  state: ReportState | null;
  submittedFrom?: ReportState | null;
  submittedByAccountId?: string | null;
  consortiumStatus?: ConsortiumStatus;
  gaps?: Gaps | null;
};

const FAILS: Record<Guard, (facts: Facts, actor: Actor) => boolean> = {
  CONSORTIUM_CLOSED: ({ consortiumStatus }) => consortiumStatus === 'REMOVED' || consortiumStatus === 'DISQUALIFIED',
  REPORT_EXISTS: ({ state }) => state !== null,
  DOCUMENT_MISSING: ({ gaps }) => !!gaps?.documents.length,
  DOCUMENT_UNREADABLE: ({ gaps }) => !!gaps?.refused.length,
  DOCUMENT_PENDING: ({ gaps }) => !!gaps?.pending.length,
  SEAL_MISSING: ({ gaps }) => !!gaps?.seals.length,
  SAME_PERSON: ({ submittedByAccountId }, actor) => !!submittedByAccountId && submittedByAccountId === actor.accountId,
};

const ROWS: readonly Transition[] = WORKFLOW;

/** The transition that this actor would make from here, if the table has one. */
export function transitionOf(name: TransitionName, role: Actor['role'], facts: Facts): Transition | undefined {
  const rows = ROWS.filter((t) => t.name === name && t.by === role && t.from === facts.state);
  return rows.length > 1 ? rows.find((t) => t.to === (facts.submittedFrom ?? 'DRAFT')) : rows[0];
}

/** Every reason why not, in the order of the table; none means it may be done. The flags and the mutations both ask here. */
export function objections(name: TransitionName, actor: Actor, facts: Facts): PermissionReason[] {
  const rows = ROWS.filter((t) => t.name === name);
  if (!rows.some((t) => t.by === actor.role)) return ['NOT_YOUR_ROLE'];
  const creates = rows[0].from === null;
  const row = creates ? rows[0] : transitionOf(name, actor.role, facts);
  if (!row) return ['WRONG_STATE'];
  return row.guards.filter((guard) => FAILS[guard](facts, actor));
}

/** Who could do it now: nobody in a wrong state. */
export const rolesFor = (name: TransitionName, facts: Facts): Role[] => [
  ...new Set(ROWS.filter((t) => t.name === name && t.from === facts.state).map((t) => t.by)),
];

// a table that contradicts itself must not start
for (const t of ROWS) {
  const twins = ROWS.filter((o) => o.name === t.name && o.by === t.by && o.from === t.from);
  if (twins.length > 1 && t.name !== 'withdrawReport')
    throw new Error(`workflow: ${t.name} from ${t.from} is ambiguous`);
  if (t.from !== null && TURN_OF[t.from] !== t.by && t.name !== 'withdrawReport' && t.name !== 'reopenReport')
    throw new Error(`workflow: ${t.name} from ${t.from} is not ${t.by}'s turn`);
}
