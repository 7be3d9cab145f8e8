import { Field, ObjectType } from 'type-graphql';
import { unseenIn } from '../database/one-line.js';
import { AtMost, Weighs } from './hints.js';
import { labelledEnum, labelOf } from './labels.js';
import type { Language, Text } from './language.js';

/** Every business error: when, and what to do. The sentences are the schema's too. */
export const UserErrorCode = labelledEnum(
  'UserErrorCode',
  { zh: '业务错误代码。', en: 'Code of a business error.' },
  {
    REQUIRED: { zh: '此项必填。', en: 'This is required.' },
    INVALID: { zh: '此项无效。', en: 'This is not valid.' },
    TOO_LONG: { zh: '内容过长。', en: 'This is too long.' },
    TOO_MANY: { zh: '一次取得过多，请缩小范围。', en: 'This is too much at once; ask for less.' },
    CONFLICT: { zh: '已被他人更改，请刷新后重试。', en: 'Somebody else changed this; reload and try again.' },
    ILLEGAL_TRANSITION: { zh: '当前状态下不可执行此操作。', en: 'Not possible in this state.' },
    DOCUMENT_MISSING: {
      zh: '缺少文件，须有一份WORD文档和一份PDF。',
      en: 'A document is missing; one Word file and one PDF are required.',
    },
    DOCUMENT_UNREADABLE: {
      zh: '文件未通过检查。',
      en: 'The file was refused by its check.',
    },
    DOCUMENT_PENDING: {
      zh: '文件正在检查，请稍候再提交。',
      en: 'A file is still being checked; submit in a moment.',
    },
    SEAL_MISSING: { zh: '尚有牵头单位未确认盖章。', en: 'A lead unit has not attested its seal.' },
    SAME_PERSON: { zh: '不能审核本人提交的材料。', en: 'Nobody decides on their own submission.' },
    CONSORTIUM_CLOSED: { zh: '联合体已调出名单或被取消资格。', en: 'The consortium is removed or disqualified.' },
    REPORT_EXISTS: { zh: '该任务已有材料。', en: 'The obligation has a report already.' },
    UPLOAD_INCOMPLETE: { zh: '文件尚未上传完成。', en: 'The file has not arrived yet.' },
    UPLOAD_MISMATCH: {
      zh: '上传内容与所申明的大小或摘要不符。',
      en: 'The bytes differ from the announced size or digest.',
    },
    SCOPE_EXCEEDED: { zh: '超出您自身的权限范围或有效期。', en: 'Wider or longer than your own token.' },
    NOT_FOUND: { zh: '未找到所指对象。', en: 'No such object.' },
  },
);
export type UserErrorCode = keyof typeof UserErrorCode;

/** What was done all the same, and deserves a look. */
export const UserWarningCode = labelledEnum(
  'UserWarningCode',
  { zh: '提示代码。', en: 'Code of a warning.' },
  {
    DOCUMENT_WARNED: {
      zh: '文件可以提交，但检查有提示。',
      en: 'The file can be submitted, but look at what its check found.',
    },
    DOCUMENT_PENDING: {
      zh: '文件仍在检查，结果随后给出。',
      en: 'The file is still being checked; the result follows.',
    },
    OVERDUE: { zh: '已过截止时间，将记为逾期。', en: 'The deadline has passed; the report will count as late.' },
    NOT_A_WORKDAY: { zh: '新的截止日不是工作日。', en: 'The new due day is no workday.' },
  },
);
export type UserWarningCode = keyof typeof UserWarningCode;

@ObjectType({ simpleResolvers: true, description: '错误参数。 A value that belongs to an error.' })
export class ErrorParam {
  @Field({ description: '名称。 Name.' })
  name!: string;
  @Field({ description: '值。 Value.' })
  value!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: '业务错误：请求有效，但规则不允许。 A business error: the request was valid, a rule refused it.',
})
export class UserError {
  @Field(() => UserErrorCode, { description: '代码，不随语言变化。 Code; never changes with the language.' })
  code!: UserErrorCode;
  @Field({ description: '说明，按 Accept-Language 为中文或英文。 Message, Chinese or English by Accept-Language.' })
  @Weighs(500)
  message!: string;
  @Field(() => [String], { description: '出错的输入项路径。 Path of the input it concerns.' })
  @AtMost(10)
  path!: string[];
  @Field(() => [ErrorParam], { description: '参数。 Values.' })
  @AtMost(10)
  params!: ErrorParam[];
}

@ObjectType({
  simpleResolvers: true,
  description: '提示：已照办（或可照办），但值得一看。 A warning: it was done, or can be, and deserves a look.',
})
export class UserWarning {
  @Field(() => UserWarningCode, { description: '代码，不随语言变化。 Code; never changes with the language.' })
  code!: UserWarningCode;
  @Field({ description: '说明，按 Accept-Language 为中文或英文。 Message, Chinese or English by Accept-Language.' })
  @Weighs(500)
  message!: string;
  @Field(() => [String], { description: '所涉输入项的路径。 Path of the input it concerns.' })
  @AtMost(10)
  path!: string[];
  @Field(() => [ErrorParam], { description: '参数。 Values.' })
  @AtMost(10)
  params!: ErrorParam[];
}

type Raw<C> = { code: C; path: string[]; params: ErrorParam[] };
const raw = <C>(code: C, path: string[], params: Record<string, string | number>): Raw<C> => ({
  code,
  path,
  params: Object.entries(params).map(([name, value]) => ({ name, value: String(value) })),
});
export type RawUserError = Raw<UserErrorCode>;
export type RawUserWarning = Raw<UserWarningCode>;
export const userError = (code: UserErrorCode, path: string[], params: Record<string, string | number> = {}) =>
  raw(code, path, params);
export const userWarning = (code: UserWarningCode, path: string[], params: Record<string, string | number> = {}) =>
  raw(code, path, params);

/** What a parameter says to a person; codes are said by their labels. */
const SAID: Record<string, Text | { of: string }> = {
  min: { zh: '不小于 ?', en: 'at least ?' },
  max: { zh: '不大于 ?', en: 'at most ?' },
  after: { zh: '晚于 ?', en: 'after ?' },
  notBefore: { zh: '不早于 ?', en: 'not before ?' },
  notAfter: { zh: '不晚于 ?', en: 'not after ?' },
  character: { zh: '请删去其中不可见的字符 ?', en: 'delete the invisible character ? in it' },
  format: { zh: '格式为 ?', en: 'in the form ?' },
  dueOn: { zh: '截止日为 ?', en: 'due on ?' },
  lastWorkday: { zh: '此前最后的工作日为 ?', en: 'the last workday before it is ?' },
  currentVersion: { zh: '现为版本 ?', en: 'its version is ? now' },
  organization: { zh: '?', en: '?' },
  state: { of: 'ReportState' },
  kind: { of: 'DocumentKind' },
  finding: { of: 'DocumentFindingCode' },
  unit: { of: 'SealUnitKind' },
};

/** The sentence of the code, with what its parameters say: a person reads it without knowing them. */
function messageOf(vocabulary: string, { code, params }: Raw<string>, language: Language): string {
  const sentence = labelOf(vocabulary, code, language);
  const said = params.flatMap(({ name, value }) => {
    // a problem of a template brings its own sentence in both languages
    if (name === language) return [value];
    const how = SAID[name];
    if (!how) return [];
    return ['of' in how ? labelOf(how.of, value, language) : how[language].replace('?', () => value)];
  });
  if (!said.length) return sentence;
  const [colon, comma, stop] = language === 'zh' ? ['：', '，', '。'] : [': ', ', ', '.'];
  return `${sentence.replace(/[。.]$/, '')}${colon}${said.map((one) => one.replace(/[。.]$/, '')).join(comma)}${stop}`;
}

const said =
  <C extends string>(vocabulary: string) =>
  (all: Raw<C>[], language: Language) =>
    all.map((one) => ({ ...one, message: messageOf(vocabulary, one, language) }));
export const errorsIn = said<UserErrorCode>('UserErrorCode');
export const warningsIn = said<UserWarningCode>('UserWarningCode');

type Rule = { required?: boolean; max: number };
/** Something that can be seen: neither space nor marks, controls and zero widths alone. */
const VISIBLE = /[^\p{Z}\p{C}\p{M}]/u;
export const isBlank = (text: string): boolean => !VISIBLE.test(text);

/** Checks a text of the input; nobody reads blank comments. */
export function checkText(value: string | null | undefined, path: string[], { required, max }: Rule): RawUserError[] {
  if (value === null || value === undefined || isBlank(value)) return required ? [userError('REQUIRED', path)] : [];
  if ([...value].length > max) return [userError('TOO_LONG', path, { max })];
  return [];
}

/** The same of a text of one line: whoever reads it sees all of it, where and in the order it is written. */
export function checkLine(value: string | null | undefined, path: string[], rule: Rule): RawUserError[] {
  const errors = checkText(value, path, rule);
  const character = value == null || errors.length ? undefined : unseenIn(value);
  return character === undefined ? errors : [userError('INVALID', path, { character })];
}
