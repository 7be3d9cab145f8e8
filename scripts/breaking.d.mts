export function breaking(published: string, emitted: string, today: string, dueDays: readonly string[]): string[];
export function wrongAnnouncements(
  published: string,
  emitted: string,
  today: string,
  dueDays: readonly string[],
): string[];
