import { GraphQLError } from 'graphql';
import { both, type Language, type Text } from './language.js';

/** Every request error that a client can meet: when, and what to do about it. Business errors are values: see payloads. */
export const REQUEST_ERRORS = {
  UNAUTHENTICATED: {
    zh: '需要有效的访问令牌：请在 Authorization 头中提供 Bearer 令牌。',
    en: 'A valid access token is required: send it as a Bearer token in the Authorization header.',
    status: 401,
  },
  TOKEN_EXPIRED: {
    zh: '访问令牌已过期，请向签发单位申请新的令牌。',
    en: 'The access token has expired; ask whoever issued it for a new one.',
    status: 401,
  },
  TOKEN_REVOKED: {
    zh: '访问令牌已被撤销，请向签发单位申请新的令牌。',
    en: 'The access token was revoked; ask whoever issued it for a new one.',
    status: 401,
  },
  FORBIDDEN: { zh: '您的角色无权执行此操作。', en: 'Your role may not do this.', status: 403 },
  NOT_FOUND: { zh: '未找到该对象。', en: 'No such object.', status: 404 },
  BAD_USER_INPUT: { zh: '输入有误。', en: 'The input is not valid.', status: 400 },
  QUERY_TOO_COSTLY: {
    zh: '查询代价过高，请减少字段或页长。',
    en: 'The query costs too much; ask for fewer fields or shorter pages.',
    status: 400,
  },
  QUERY_TOO_DEEP: {
    zh: '查询嵌套过深，请减少层数。',
    en: 'The query is nested too deeply; use fewer levels.',
    status: 400,
  },
  PERSISTED_QUERY_NOT_FOUND: {
    zh: '尚不认识此查询的哈希，请连同 query 再发一次。',
    en: 'No document is known by this hash yet; send the query along with it.',
    status: 200,
  },
  RATE_LIMITED: { zh: '请求过于频繁，请稍后重试。', en: 'Too many requests; try again later.', status: 429 },
  CONFLICT: {
    zh: '数据已被他人更改，请刷新后重试。',
    en: 'Somebody else changed this; reload and try again.',
    status: 409,
  },
  UNAVAILABLE: {
    zh: '数据库或文件存储暂时不可用，请稍后重试。',
    en: 'The database or the file storage is not available at the moment; try again later.',
    status: 503,
  },
  INTERNAL: {
    zh: '服务器内部错误，请稍后重试并提供请求编号。',
    en: 'Internal error; try again later and quote the request id.',
    status: 500,
  },
} as const satisfies Record<string, Text & { status: number }>;

export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

const RETRYABLE: ReadonlySet<RequestErrorCode> = new Set(['CONFLICT', 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL']);

export type ApiErrorOptions = {
  message?: Text;
  requiredPermission?: string;
  params?: Record<string, unknown>;
  /** Where it is not as the code says. */
  retryable?: boolean;
  cause?: Error;
  /** The client is told, and so is the log. */
  unexpected?: boolean;
};

/** The one error class for requests; the server adds requestId and picks the language of the message. */
export class ApiError extends GraphQLError {
  readonly text: Text;
  readonly unexpected: boolean;
  constructor(
    readonly code: RequestErrorCode,
    { message, requiredPermission, params, retryable, cause, unexpected }: ApiErrorOptions = {},
  ) {
    const text = message ?? REQUEST_ERRORS[code];
    super(both(text), {
      originalError: cause,
      extensions: {
        code,
        retryable: retryable ?? RETRYABLE.has(code),
        ...(requiredPermission && { requiredPermission }),
        ...(params && { params }),
      },
    });
    this.unexpected = unexpected ?? code === 'INTERNAL';
    this.text = { zh: text.zh, en: text.en };
  }
  messageIn(language: Language): string {
    return this.text[language];
  }
}
