export const outlines: Record<string, { title: string; blocks: string[] }>;
