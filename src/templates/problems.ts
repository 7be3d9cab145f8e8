import { TEMPLATE_TAGS } from './tags.js';

/** Why a template can't be used: one sentence for each place. */
export type Problem = { tag: string | null; zh: string; en: string };

/** As the library tells them: a value or, with `subparsed`, a section. */
export type Tag = { value: string; module?: string; inverted?: boolean; subparsed?: Tag[] };

const VALUES = new Set(TEMPLATE_TAGS.values.map((value) => value.tag));
const LISTS = new Map(TEMPLATE_TAGS.lists.map((list) => [list.tag, new Set(list.fields.map((field) => field.tag))]));

/** Tags that mean nothing where they stand. A list within a list multiplies, and no list here has lists. */
export function tagProblems(tags: Tag[], within?: string): Problem[] {
  return tags.flatMap((tag): Problem[] => {
    const { value } = tag;
    const fields = LISTS.get(value);
    if (tag.module !== 'loop') {
      if (VALUES.has(value) || (within && LISTS.get(within)!.has(value))) return [];
      return [fields ? listAsValue(value) : unknown(value)];
    }
    if (!fields) return [VALUES.has(value) ? valueAsList(value) : unknown(value)];
    if (tag.inverted) return tagProblems(tag.subparsed ?? [], within);
    if (within) return [nested(value)];
    return tagProblems(tag.subparsed ?? [], value);
  });
}

/** An input method writes ｛｝, which looks like a tag and is none. */
export const wideBraces = (text: string): Problem[] =>
  [...text.matchAll(/[｛{]\s*[#^/]?\s*([A-Za-z][\w.]{0,60})\s*[｝}]/g)]
    .filter(([whole]) => /[｛｝]/.test(whole))
    .map(([whole, tag]) => ({
      tag,
      zh: `${whole} 用了全角花括号，请改为半角 { }。`,
      en: `${whole} has full-width braces: write { }.`,
    }));

const unknown = (tag: string): Problem => ({
  tag,
  zh: `没有标签 {${tag}}，或它只能用在所属列表之内，请对照标签表改正。`,
  en: `There is no tag {${tag}} here: compare the list of tags.`,
});
const listAsValue = (tag: string): Problem => ({
  tag,
  zh: `${tag} 是列表，请写成 {#${tag}}…{/${tag}}。`,
  en: `${tag} is a list: write {#${tag}}…{/${tag}}.`,
});
const valueAsList = (tag: string): Problem => ({
  tag,
  zh: `${tag} 不是列表，请写成 {${tag}}。`,
  en: `${tag} is no list: write {${tag}}.`,
});
const nested = (tag: string): Problem => ({
  tag,
  zh: `列表 {#${tag}} 不能写在另一个列表之内，请移到外面。`,
  en: `The list {#${tag}} may not stand within another: move it out.`,
});

type TemplateError = { message?: string; properties?: { id?: string; xtag?: string; errors?: TemplateError[] } };

const SENTENCES: Record<string, { zh: (tag: string) => string; en: (tag: string) => string }> = {
  braces: {
    zh: (tag) => `“${tag}”处的花括号不成对，请补全或删除。`,
    en: (tag) => `The braces at “${tag}” are not in pairs: complete or remove them.`,
  },
  unclosed_loop: {
    zh: (tag) => `{#${tag}} 没有结束，请在后面加上 {/${tag}}。`,
    en: (tag) => `{#${tag}} has no end: add {/${tag}} after it.`,
  },
  unopened_loop: {
    zh: (tag) => `{/${tag}} 没有开头，请在前面加上 {#${tag}}。`,
    en: (tag) => `{/${tag}} has no beginning: add {#${tag}} before it.`,
  },
  closing_tag_does_not_match_opening_tag: {
    zh: (tag) => `{#${tag}} 的开头与结束不一致，请改成同一名称。`,
    en: (tag) => `The beginning and the end of {#${tag}} differ: use one name.`,
  },
  place: {
    zh: (tag) => `{#${tag}} 与 {/${tag}} 的位置不对，请放在同一段、同一行表格，或各占一段。`,
    en: (tag) =>
      `{#${tag}} and {/${tag}} stand in the wrong places: put them in one paragraph or row, or each in its own.`,
  },
  other: {
    zh: () => '模板无法使用，请用 Word 重新保存后上传。',
    en: () => 'The template can not be used: save it again in Word and upload it.',
  },
};

const KINDS: Record<string, string> = {
  unclosed_tag: 'braces',
  unopened_tag: 'braces',
  duplicate_open_tag: 'braces',
  duplicate_close_tag: 'braces',
  loop_position_invalid: 'place',
  unbalanced_loop_tags: 'place',
  no_xml_tag_found_at_left: 'place',
  no_xml_tag_found_at_right: 'place',
};

/** What the library threw, as sentences; each once. */
export function problemsOf(thrown: unknown): Problem[] {
  const { properties } = thrown as TemplateError;
  const problems = (properties?.errors ?? [thrown as TemplateError]).map((error): Problem => {
    const { id = '', xtag } = error.properties ?? {};
    const tag = xtag === undefined ? null : String(xtag).slice(0, 100);
    const sentence = SENTENCES[KINDS[id] ?? id] ?? SENTENCES.other;
    return { tag, zh: sentence.zh(tag ?? ''), en: sentence.en(tag ?? '') };
  });
  return [...new Map(problems.map((problem) => [problem.zh, problem])).values()];
}
