import { shanghaiToday } from '../graph/shanghai.js';
import { DUE_DAYS } from './calendar.js';

/** Answers the rows; the caller has set the role iec_job. */
export type Query = (sql: string, params: unknown[]) => Promise<unknown>;

/**
 * Whatever the consortia on the list owe, from the designation to the end of next year (domain: Deadlines). Said as often
 * as one likes: what exists already, extensions included, keeps its due day. The end of the due day is calendar.ts's dueAt.
 */
export async function ensureObligations(query: Query, now: Date): Promise<void> {
  const lastYear = Number(shanghaiToday(now).slice(0, 4)) + 1;
  await query(MAKE_OBLIGATIONS, [Object.keys(DUE_DAYS), Object.values(DUE_DAYS), lastYear]);
  await query(FOLLOW_THE_PROVINCE, [now, shanghaiToday(now)]);
}

const END_OF = (day: string, dueDayCounts: string) =>
  `(${day} + CASE WHEN ${dueDayCounts} THEN 1 ELSE 0 END)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 millisecond'`;

const MAKE_OBLIGATIONS = `
  INSERT INTO report_obligation
    (id, province_id, city_id, city_code, consortium_id, list_number, year, kind, due_on, due_at)
  SELECT 'obl_' || replace(gen_random_uuid()::text, '-', ''),
    c.province_id, c.city_id, c.city_code, c.id, c.list_number, y.year, k.kind, due.day,
    ${END_OF('due.day', 'p.due_day_counts')}
  FROM consortium c
  JOIN province p ON p.id = c.province_id
  JOIN designation d ON d.id = c.designation_id
  CROSS JOIN LATERAL generate_series(extract(year FROM d.signed_on)::int, $3::int) y(year)
  CROSS JOIN unnest($1::text[], $2::text[]) k(kind, day)
  CROSS JOIN LATERAL (SELECT (y.year || '-' || k.day)::date AS day) due
  WHERE c.status IN ('ACTIVE', 'WARNED') AND due.day >= d.signed_on
    -- found by a join: at a hundred thousand consortia the daily run would otherwise try a million rows in vain
    AND NOT EXISTS (SELECT FROM report_obligation o WHERE o.consortium_id = c.id AND o.year = y.year AND o.kind = k.kind)
  ON CONFLICT (consortium_id, year, kind) DO NOTHING
`;

/** Where the province changes whether the due day itself counts: of what is neither filed nor due, before and after the change. */
const FOLLOW_THE_PROVINCE = `
  UPDATE report_obligation o SET due_at = ${END_OF('o.due_on', 'p.due_day_counts')}
  FROM province p WHERE p.id = o.province_id AND o.due_on >= $2::date AND o.filed_at IS NULL AND o.due_at > $1
    AND o.due_at <> ${END_OF('o.due_on', 'p.due_day_counts')} AND ${END_OF('o.due_on', 'p.due_day_counts')} > $1
`;
