import { shanghaiDayOf } from '../graph/shanghai.js';

export type Gaps = {
  documents: string[];
  pending: string[];
  refused: { kind: string; findings: string[] }[];
  seals: string[];
};

/**
 * What a draft lacks before it can be submitted, as JSON of Gaps. The database's own function says it (migrations/files/), for
 * the flag, for the submission, and for the guard at its commit. `report` is the alias of the report's row; the board alone
 * can see a draft, under both walls.
 */
export const draftGaps = (report: string, now: string): string =>
  `(SELECT draft_gaps(r.id, ${shanghaiDayOf(now)}) FROM report_revision r WHERE r.report_id = ${report}.id AND r.number IS NULL)`;
