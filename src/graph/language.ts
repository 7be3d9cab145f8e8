/** The two languages of every text that people read; codes never change with them. */
export type Language = 'zh' | 'en';
export type Text = { zh: string; en: string };

/** zh unless the client prefers English (`Accept-Language: en…` before any `zh…`). */
export function languageOf(acceptLanguage: string | undefined): Language {
  for (const part of (acceptLanguage ?? '').toLowerCase().split(',')) {
    const tag = part.trim();
    if (tag.startsWith('zh')) return 'zh';
    if (tag.startsWith('en')) return 'en';
  }
  return 'zh';
}

export const both = (text: Text): string => `${text.zh} ${text.en}`;
