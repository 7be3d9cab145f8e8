/** The day in Shanghai of an instant by the service's clock: the flag, the submission and its guard go by the same. */
const dayOf = (now: string) => `(${now}::timestamptz AT TIME ZONE 'Asia/Shanghai')::date`;

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
  `(SELECT draft_gaps(r.id, ${dayOf(now)}) FROM report_revision r WHERE r.report_id = ${report}.id AND r.number IS NULL)`;

/** The units that had to seal a revision; of a draft, those that have to today. */
export const sealsDue = (revision: string, now: string): string =>
  `SELECT q.organization_id AS id, q.position FROM required_seal q WHERE q.revision_id = ${revision}.id AND ${revision}.number IS NOT NULL
   UNION ALL SELECT s.organization_id, s.position FROM seals_due(${revision}.consortium_id, ${dayOf(now)}) s WHERE ${revision}.number IS NULL`;
