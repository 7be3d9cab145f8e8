import { shanghaiToday } from '../../src/graph/shanghai.js';
import { deadlineOf, dueAt, dueDate, lapsedOn, timelinessOf } from '../../src/reports/calendar.js';
import { isLegalHoliday, isWorkday } from '../../src/reports/holidays.js';

const filed = (filedAt: Date | string | null, desk: 'BOARD' | 'CITY_BUREAU' = 'BOARD') => ({
  dueAt: '2027-01-20T15:59:59.999+00:00',
  filedAt,
  desk,
});

it('knows the three days of the notice', () => {
  expect(dueDate('ANNUAL_WORK_PLAN', 2027)).toBe('2027-01-20');
  expect(dueDate('HALF_YEAR_SUMMARY', 2027)).toBe('2027-06-20');
  expect(dueDate('ANNUAL_SUMMARY', 2027)).toBe('2027-12-20');
});

it('ends with the day in Shanghai, or with the day before where the day itself does not count', () => {
  expect(dueAt('2027-01-20', true).toISOString()).toBe('2027-01-20T15:59:59.999Z');
  expect(dueAt('2027-03-01', false).toISOString()).toBe('2027-02-28T15:59:59.999Z');
  expect(dueAt('2028-01-01', false).toISOString()).toBe('2027-12-31T15:59:59.999Z');
});

it('begins a day at midnight in Shanghai', () => {
  expect(shanghaiToday(new Date('2026-12-31T15:59:59.999Z'))).toBe('2026-12-31');
  expect(shanghaiToday('2026-12-31T16:00:00.000Z')).toBe('2027-01-01');
});

describe('timeliness', () => {
  it.each([
    ['PENDING', null, '2027-01-20T15:59:59.999Z'],
    ['MISSING', null, '2027-01-20T16:00:00.000Z'],
    ['ON_TIME', '2027-01-20T15:59:59.999+00:00', '2027-03-01T00:00:00Z'],
    ['ON_TIME', new Date('2027-01-20T23:59:59.999+08:00'), '2027-01-20T15:00:00Z'],
    ['LATE', '2027-01-20T16:00:00.000+00:00', '2027-03-01T00:00:00Z'],
  ])('%s: filed %s, asked at %s', (expected, filedAt, now) => {
    expect(timelinessOf(filed(filedAt), new Date(now))).toBe(expected);
  });

  it('names the desk only where the deadline passed unfiled', () => {
    const after = new Date('2027-01-21T00:00:00Z');
    expect(lapsedOn(filed(null), new Date('2027-01-20T00:00:00Z'))).toBeNull();
    expect(lapsedOn(filed('2027-01-19T00:00:00Z'), after)).toBeNull();
    expect(lapsedOn(filed(null), after)).toBe('BOARD');
    expect(lapsedOn(filed(null, 'CITY_BUREAU'), after)).toBe('CITY_BUREAU');
    expect(lapsedOn(filed('2027-02-01T00:00:00Z', 'CITY_BUREAU'), after)).toBe('CITY_BUREAU');
  });
});

describe('deadline', () => {
  const deadline = (dueOn: string, now: string, dueDayCounts = true) =>
    deadlineOf(
      {
        kind: 'ANNUAL_WORK_PLAN',
        year: 2027,
        dueOn,
        dueAt: dueAt(dueOn, dueDayCounts).toISOString(),
        extensionReason: null,
      },
      new Date(now),
    );

  it('counts days by the calendar of Shanghai', () => {
    expect(deadline('2027-01-20', '2026-12-31T16:00:00Z').daysRemaining).toBe(19);
    expect(deadline('2027-01-20', '2027-01-20T15:59:59.999Z').daysRemaining).toBe(0);
    expect(deadline('2027-01-20', '2027-01-20T16:00:00Z').daysRemaining).toBe(-1);
  });

  it('has none left once the deadline passed, also where the day itself does not count', () => {
    expect(deadline('2027-01-20', '2027-01-19T15:59:59.999Z', false).daysRemaining).toBe(0);
    expect(deadline('2027-01-20', '2027-01-19T16:00:00Z', false).daysRemaining).toBe(-1);
  });

  it.each([
    // a Friday
    ['2024-12-20', true, '2024-12-20'],
    // a Sunday
    ['2025-01-19', false, '2025-01-17'],
    // Dragon Boat Festival on Friday, then the weekend
    ['2026-06-20', false, '2026-06-18'],
    // Saturdays and Sundays worked for a holiday
    ['2025-01-26', true, '2025-01-26'],
    ['2026-02-14', true, '2026-02-14'],
    // the days of the Spring Festival
    ['2025-02-02', false, '2025-01-27'],
  ])('%s: workday %s, the last one %s', (day, isWorkday, lastWorkdayOnOrBefore) => {
    for (const _twice of [1, 2])
      expect(deadline(day, '2024-01-01T00:00:00Z')).toMatchObject({
        isWorkday,
        lastWorkdayOnOrBefore,
        holidaysAnnounced: true,
      });
  });

  it.each([
    // ordinary weekdays, and a Sunday
    ['2031-01-21', true, '2031-01-21'],
    ['2031-06-20', true, '2031-06-20'],
    ['2032-06-20', false, '2032-06-18'],
    // new year's day on a Wednesday; May 1 and 2 on Thursday and Friday; National Day
    ['2031-01-01', false, '2030-12-31'],
    ['2031-05-02', false, '2031-04-30'],
    ['2031-05-05', true, '2031-05-05'],
    ['2031-10-03', false, '2031-09-30'],
    ['2031-10-06', true, '2031-10-06'],
    // Spring Festival from its eve, Wednesday 22 January 2031, to the third day, a Saturday
    ['2031-01-22', false, '2031-01-21'],
    ['2031-01-24', false, '2031-01-21'],
    ['2031-01-27', true, '2031-01-27'],
    // Qingming on Saturday, and on Thursday 4 April 2030's Friday
    ['2030-04-05', false, '2030-04-04'],
    ['2030-04-04', true, '2030-04-04'],
    // Dragon Boat Festival on Tuesday 24 June 2031, Mid-Autumn on Wednesday 1 October 2031
    ['2031-06-24', false, '2031-06-23'],
    ['2030-09-12', false, '2030-09-11'],
  ])(
    '%s, of a year not announced yet: by law and weekend %s, the last one %s, and said to be so',
    (day, isWorkday, lastWorkdayOnOrBefore) => {
      expect(deadline(day, '2024-01-01T00:00:00Z')).toMatchObject({
        isWorkday,
        lastWorkdayOnOrBefore,
        holidaysAnnounced: false,
      });
    },
  );

  it('agrees with every year that was announced: what the law fixes was a holiday in each since it has thirteen days', () => {
    for (const [year, count] of [
      [2025, 13],
      [2026, 13],
    ]) {
      const days = Array.from({ length: 365 }, (_, i) =>
        new Date(Date.UTC(year!, 0, 1 + i)).toISOString().slice(0, 10),
      );
      const legal = days.filter(isLegalHoliday);
      expect([year, legal.length]).toEqual([year, count]);
      for (const day of legal) expect([day, isWorkday(day)]).toEqual([day, false]);
    }
  });

  it('does not know the last days of a year before the next one is announced', () => {
    const [before, last] = ['12-20', '12-29'].map((day) => deadline(`2026-${day}`, '2026-01-01T00:00:00Z'));
    expect([before!.holidaysAnnounced, last!.holidaysAnnounced]).toEqual([true, false]);
  });

  it('asks for the workday of the last day that counts', () => {
    // the 20th, a Wednesday, does not count itself
    expect(deadline('2027-01-20', '2027-01-01T00:00:00Z', false)).toMatchObject({
      isWorkday: true,
      lastWorkdayOnOrBefore: '2027-01-19',
    });
    // Monday the 20th of December: the Sunday before counts last
    expect(deadline('2027-12-20', '2027-01-01T00:00:00Z', false)).toMatchObject({
      isWorkday: false,
      lastWorkdayOnOrBefore: '2027-12-17',
    });
  });

  it('says whether and why it was extended', () => {
    const row = {
      kind: 'ANNUAL_WORK_PLAN' as const,
      year: 2027,
      dueOn: '2027-02-01',
      dueAt: new Date('2027-02-01T15:59:59.999Z'),
      extensionReason: '冰雪灾害',
    };
    expect(deadlineOf(row, new Date('2027-01-01T00:00:00Z'))).toEqual({
      dueOn: '2027-02-01',
      dueAt: row.dueAt,
      daysRemaining: 31,
      isWorkday: true,
      lastWorkdayOnOrBefore: '2027-02-01',
      holidaysAnnounced: false,
      extended: true,
      extensionReason: '冰雪灾害',
    });
    expect(deadline('2027-01-20', '2027-01-01T00:00:00Z').extended).toBe(false);
    // to whom the reason is hidden
    const { extensionReason: _, ...hidden } = row;
    expect(deadlineOf(hidden, new Date('2027-01-01T00:00:00Z'))).toMatchObject({
      extended: true,
      extensionReason: null,
    });
  });
});
