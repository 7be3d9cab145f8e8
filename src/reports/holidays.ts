import { createRequire } from 'node:module';

const DAY = 86_400_000;
const midnightUtc = (day: string) => Date.parse(`${day}T00:00:00Z`);
const after = (day: string, days: number) => new Date(midnightUtc(day) + days * DAY).toISOString().slice(0, 10);

/**
 * Holidays, and the days worked for them, by day, of the years that were announced. The package's functions are not used: they
 * mix UTC with the server's zone, and west of Greenwich they call a Saturday a workday.
 */
const {
  holidays,
  workdays,
}: Record<'holidays' | 'workdays', Record<string, string>> = createRequire(import.meta.url)(
  'chinese-days/dist/chinese-days.json',
);
const YEARS = Object.keys(holidays).map((day) => day.slice(0, 4));
const [FIRST, LAST] = [YEARS.reduce((a, b) => (a < b ? a : b)), YEARS.reduce((a, b) => (a > b ? a : b))];

/** Were the holidays of its year announced? The last days of a year may still be moved by the new year's day of the next. */
export const isAnnounced = (day: string): boolean => day.slice(0, 4) >= FIRST && after(day, 7).slice(0, 4) <= LAST;

/** Of a year that is not announced, the days that the law itself fixes are none, nor are weekends: what is moved is not known yet. */
export function isWorkday(day: string): boolean {
  if (Object.hasOwn(workdays, day)) return true;
  const weekday = new Date(midnightUtc(day)).getUTCDay();
  if (weekday === 0 || weekday === 6 || Object.hasOwn(holidays, day)) return false;
  return isAnnounced(day) || !isLegalHoliday(day);
}

const SOLAR = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03']);
/** Spring Festival from its first day, Dragon Boat, Mid-Autumn: months and days of the lunar calendar. */
const LUNAR = new Set(['1/1', '1/2', '1/3', '5/5', '8/15']);
const lunarDay = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
const lunar = (day: string) => lunarDay.format(midnightUtc(day));

/** 全国年节及纪念日放假办法 (2024), article 2: thirteen days a year. */
export const isLegalHoliday = (day: string): boolean =>
  SOLAR.has(day.slice(5)) || LUNAR.has(lunar(day)) || lunar(after(day, 1)) === '1/1' || isQingming(day);

/** The sun at 15°: the 4th or 5th of April in this century, by the usual rule. */
function isQingming(day: string): boolean {
  const year = Number(day.slice(2, 4));
  return day.slice(5) === `04-0${Math.floor(year * 0.2422 + 4.81) - Math.floor(year / 4)}`;
}
