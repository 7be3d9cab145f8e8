export function breaking(before: string, after: string, today: string): string[];
export function wrongAnnouncements(sdl: string, dueDays: readonly string[]): string[];
