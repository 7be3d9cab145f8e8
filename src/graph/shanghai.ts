/** No summer time since 1991. */
const AHEAD_MS = 8 * 3_600_000;

const parts = (instant: Date | string): [string, string] => {
  const [day, time] = new Date(new Date(instant).getTime() + AHEAD_MS).toISOString().split('T');
  return [day, time.slice(0, 8)];
};

/** 2027-01-18 */
export const shanghaiToday = (now: Date | string): string => parts(now)[0];

/** 2027-01-18 10:23:45, as a clock in Shanghai shows it. */
export const shanghaiClock = (instant: Date | string): string => parts(instant).join(' ');

/** 2027年1月18日 10:23:45 */
export const shanghaiTime = (instant: Date | string): string => {
  const [day, time] = parts(instant);
  return `${chineseDay(day)} ${time}`;
};

/** 2027年1月18日 10:23:45（北京时间） */
export const shanghaiInstant = (instant: Date | string): string => `${shanghaiTime(instant)}（北京时间）`;

/** 2027-01-18 → 2027年1月18日; what is no day stays as it is. */
export const chineseDay = (day: string): string => {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return year ? `${year}年${Number(month)}月${Number(date)}日` : day;
};

/** The day in Shanghai of an instant of the service's clock, in SQL: flags, submissions and their guard go by the same. */
export const shanghaiDayOf = (now: string): string => `(${now}::timestamptz AT TIME ZONE 'Asia/Shanghai')::date`;
