import type { ConsortiumStatus, Desk, ReportState, Role } from '../graph/enums.js';
import { workflow } from '../workflow/workflow.js';
import type { Gaps } from './gaps.js';

/** What the guards look at. `gaps` is known to the board alone: a draft is its own. */
export type Facts = {
  state: ReportState | null;
  submittedFrom?: ReportState | null;
  submittedByAccountId?: string | null;
  consortiumStatus?: ConsortiumStatus;
  gaps?: Gaps | null;
  /** Names of the units whose seals are missing. */
  units?: ReadonlyMap<string, string>;
};

/** Both files there, checked and accepted, and every seal that is due (notice, paragraph 4). */
const COMPLETE = ['DOCUMENT_MISSING', 'DOCUMENT_UNREADABLE', 'DOCUMENT_PENDING', 'SEAL_MISSING'] as const;
/** A withdrawal goes back to the state that it was submitted from. */
const from = (state: ReportState) => (facts: Facts) => (facts.submittedFrom ?? 'DRAFT') === state;
const BOARDS_DESK = ['DRAFT', 'RETURNED'] as const;

/**
 * The report's way: read by the mutations, the May-I flags and docs/workflow.md. The database holds the same rows, and
 * test/reports/workflow.test.ts compares the two.
 */
export const REPORT_WAY = workflow<Facts>()({
  name: 'Report',
  states: 'ReportState',
  turns: { DRAFT: 'BOARD', SUBMITTED: 'CITY_BUREAU', RETURNED: 'BOARD', CITY_APPROVED: 'PROVINCE', ACCEPTED: null },
  guards: {
    CONSORTIUM_CLOSED: {
      code: 'CONSORTIUM_CLOSED',
      path: 'obligationId',
      finds: ({ consortiumStatus: status }) => (status === 'REMOVED' || status === 'DISQUALIFIED' ? [{}] : []),
    },
    REPORT_EXISTS: { code: 'REPORT_EXISTS', path: 'obligationId', finds: ({ state }) => (state ? [{}] : []) },
    DOCUMENT_MISSING: {
      code: 'DOCUMENT_MISSING',
      path: 'reportId',
      finds: ({ gaps }) => (gaps?.documents ?? []).map((kind) => ({ kind })),
    },
    // a seal stands on a PDF
    PDF_MISSING: {
      code: 'DOCUMENT_MISSING',
      path: 'reportId',
      finds: ({ gaps }) => (gaps?.documents ?? []).filter((kind) => kind === 'STAMPED_PDF').map((kind) => ({ kind })),
    },
    DOCUMENT_UNREADABLE: {
      code: 'DOCUMENT_UNREADABLE',
      path: 'reportId',
      finds: ({ gaps }) =>
        (gaps?.refused ?? []).flatMap(({ kind, findings }) => findings.map((finding) => ({ kind, finding }))),
    },
    DOCUMENT_PENDING: {
      code: 'DOCUMENT_PENDING',
      path: 'reportId',
      finds: ({ gaps }) => (gaps?.pending ?? []).map((kind) => ({ kind })),
    },
    SEAL_MISSING: {
      code: 'SEAL_MISSING',
      path: 'reportId',
      finds: ({ gaps, units }) =>
        (gaps?.seals ?? []).map((organizationId) => {
          const organization = units?.get(organizationId);
          return { organizationId, ...(organization && { organization }) };
        }),
    },
    SAME_PERSON: {
      code: 'SAME_PERSON',
      path: 'reportId',
      finds: ({ submittedByAccountId: by }, { accountId }) => (by && by === accountId ? [{}] : []),
    },
  },
  steps: [
    { name: 'createReportDraft', from: null, to: 'DRAFT', by: 'BOARD', guards: ['CONSORTIUM_CLOSED', 'REPORT_EXISTS'] },
    { name: 'submitReport', from: 'DRAFT', to: 'SUBMITTED', by: 'BOARD', guards: COMPLETE },
    { name: 'submitReport', from: 'RETURNED', to: 'SUBMITTED', by: 'BOARD', guards: COMPLETE },
    { name: 'withdrawReport', from: 'SUBMITTED', to: 'DRAFT', by: 'BOARD', when: from('DRAFT') },
    { name: 'withdrawReport', from: 'SUBMITTED', to: 'RETURNED', by: 'BOARD', when: from('RETURNED') },
    { name: 'approveReport', from: 'SUBMITTED', to: 'CITY_APPROVED', by: 'CITY_BUREAU', guards: ['SAME_PERSON'] },
    { name: 'returnReport', from: 'SUBMITTED', to: 'RETURNED', by: 'CITY_BUREAU' },
    { name: 'acceptReport', from: 'CITY_APPROVED', to: 'ACCEPTED', by: 'PROVINCE' },
    // it passes the bureau again
    { name: 'returnReport', from: 'CITY_APPROVED', to: 'RETURNED', by: 'PROVINCE' },
    { name: 'reopenReport', from: 'ACCEPTED', to: 'RETURNED', by: 'PROVINCE' },
  ],
  edits: [
    { name: 'updateReportDraft', in: BOARDS_DESK, by: ['BOARD'] },
    { name: 'attachReportDocument', in: BOARDS_DESK, by: ['BOARD'] },
    { name: 'attestSeal', in: BOARDS_DESK, by: ['BOARD', 'SEAL_UNIT'], guards: ['PDF_MISSING'] },
    { name: 'issueSealToken', in: BOARDS_DESK, by: ['BOARD'] },
    // its due day, of whatever was not filed
    { name: 'extendObligation', in: ['DRAFT', 'SUBMITTED', 'RETURNED'], by: ['PROVINCE'] },
  ],
});

const TURNS: Record<ReportState, Role | null> = REPORT_WAY.turns;

/** Whose desk a deadline would pass on: a board that has nothing begun, or whose turn it is, and else its city. */
export const deskOf = (state: ReportState | undefined): Desk =>
  state === undefined || TURNS[state] === 'BOARD' ? 'BOARD' : 'CITY_BUREAU';

/** What was filed is on time or late for good (domain: Deadlines). */
export const isExtensible = ({ filedAt }: { filedAt: unknown }): boolean => filedAt === null;
