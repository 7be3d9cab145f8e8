import { shanghaiDayOf } from '../graph/shanghai.js';

/** The units that had to seal a revision; of a draft, those that have to today. */
export const sealsDue = (revision: string, now: string): string =>
  `SELECT q.organization_id AS id, q.position FROM required_seal q WHERE q.revision_id = ${revision}.id AND ${revision}.number IS NOT NULL
   UNION ALL SELECT s.organization_id, s.position FROM seals_due(${revision}.consortium_id, ${shanghaiDayOf(now)}) s WHERE ${revision}.number IS NULL`;
