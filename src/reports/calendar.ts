import type { Desk, ReportKind, Timeliness } from '../graph/enums.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { isAnnounced, isWorkday } from './holidays.js';
import type { Deadline } from './report.types.js';

/** A row comes from TypeORM or as JSON: an instant is a Date or its text. */
export type Instant = Date | string;

/** 每年1月20日、6月20日、12月20日前 (notice, paragraph 4): the only place that knows these days. */
export const DUE_DAYS: Record<ReportKind, string> = {
  ANNUAL_WORK_PLAN: '01-20',
  HALF_YEAR_SUMMARY: '06-20',
  ANNUAL_SUMMARY: '12-20',
};

export const dueDate = (kind: ReportKind, year: number): string => `${year}-${DUE_DAYS[kind]}`;

const DAY = 86_400_000;
const midnightUtc = (day: string) => Date.parse(`${day}T00:00:00Z`);
const dayBefore = (day: string) => new Date(midnightUtc(day) - DAY).toISOString().slice(0, 10);

/** The last instant that is on time: the end of the day in Shanghai (no summer time since 1991), or of the day before. */
export const dueAt = (dueOn: string, dueDayCounts: boolean): Date =>
  new Date(`${dueDayCounts ? dueOn : dayBefore(dueOn)}T15:59:59.999Z`);

export function deadlineOf(
  row: { kind: ReportKind; year: number; dueOn: string; dueAt: Instant; extensionReason?: string | null },
  now: Instant,
): Deadline {
  const lastDay = shanghaiToday(row.dueAt);
  return {
    dueOn: row.dueOn,
    dueAt: new Date(row.dueAt),
    // to the last day that counts, so that it is negative exactly when the deadline has passed
    daysRemaining: (midnightUtc(lastDay) - midnightUtc(shanghaiToday(now))) / DAY,
    ...workdayOf(lastDay),
    // told by the day, since not everybody reads the reason
    extended: row.dueOn !== dueDate(row.kind, row.year),
    extensionReason: row.extensionReason ?? null,
  };
}

export function timelinessOf(row: { dueAt: Instant; filedAt: Instant | null }, now: Instant): Timeliness {
  if (row.filedAt) return isAfter(row.filedAt, row.dueAt) ? 'LATE' : 'ON_TIME';
  return isAfter(now, row.dueAt) ? 'MISSING' : 'PENDING';
}

/** The row's desk stands still when the deadline passes. */
export function lapsedOn(row: { dueAt: Instant; filedAt: Instant | null; desk: Desk }, now: Instant): Desk | null {
  const timeliness = timelinessOf(row, now);
  return timeliness === 'LATE' || timeliness === 'MISSING' ? row.desk : null;
}

const isAfter = (a: Instant, b: Instant) => new Date(a).getTime() > new Date(b).getTime();

type Workday = Pick<Deadline, 'isWorkday' | 'lastWorkdayOnOrBefore' | 'holidaysAnnounced'>;
const known = new Map<string, Workday>();
const MOST_DAYS = 10_000;

/** A few days are asked for a million times, but an extension can name any day: hence kept, and bounded. */
export function workdayOf(day: string): Workday {
  const found = known.get(day);
  if (found) return found;
  let last = day;
  while (!isWorkday(last)) last = dayBefore(last);
  if (known.size >= MOST_DAYS) known.clear();
  const made = { isWorkday: last === day, lastWorkdayOnOrBefore: last, holidaysAnnounced: isAnnounced(day) };
  known.set(day, made);
  return made;
}
