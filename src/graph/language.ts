/** The two languages of every text that people read; codes never change with them. */
export type Language = 'zh' | 'en';
export type Text = { zh: string; en: string };

/** zh unless the client prefers English: the higher quality, and of equals the first. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { language: Language; quality: number } = { language: 'zh', quality: 0 };
  for (const part of (acceptLanguage ?? '').toLowerCase().split(',').slice(0, 50)) {
    const [tag, ...parameters] = part.split(';').map((p) => p.trim());
    const language = (['zh', 'en'] as const).find((l) => tag === l || tag.startsWith(`${l}-`));
    const quality = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? 1);
    if (language && quality > best.quality) best = { language, quality };
  }
  return best.language;
}

export const both = (text: Text): string => `${text.zh} ${text.en}`;
