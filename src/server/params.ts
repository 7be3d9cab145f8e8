import type { FastifyRequest } from 'fastify';
import type { Text } from '../graph/language.js';
import { badInput, Refusal } from './problems.js';

/** GraphQL over HTTP: what a request asks for, and in which media type it wants the answer. */
export type Params = {
  /** Absent where a hash stands for it. */
  query: string | undefined;
  /** SHA-256 of the document (persisted.ts). */
  hash: string | undefined;
  operationName?: string;
  variables: Record<string, unknown>;
};

export const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

const refuse = (zh: string, en: string, status = 400, headers?: Record<string, string>): Refusal =>
  new Refusal(badInput({ zh, en }), status, headers);

/** The best type that the client accepts; application/json unless it says otherwise. */
export function mediaTypeFor(accept: string | undefined): MediaType | undefined {
  if (!accept?.trim()) return MEDIA_TYPES[0];
  const wanted = accept
    .toLowerCase()
    .split(',')
    .slice(0, 50)
    .map((part) => {
      const [type, ...parameters] = part.split(';').map((p) => p.trim());
      const q = parameters.find((p) => p.startsWith('q='));
      return { type, q: q ? Number(q.slice(2)) : 1 };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { type } of wanted) {
    if (type === '*/*' || type === 'application/*') return MEDIA_TYPES[0];
    const found = MEDIA_TYPES.find((m) => m === type);
    if (found) return found;
  }
  return undefined;
}

export function paramsOf(request: FastifyRequest): Params {
  return request.method === 'GET' ? fromSearch(request) : fromBody(request.body);
}

function fromBody(body: unknown): Params {
  if (Array.isArray(body)) {
    throw refuse('不支持批量请求，请逐个发送。', 'Batches are not supported; send one operation per request.');
  }
  if (!isRecord(body)) throw missing();
  return checked(body);
}

function fromSearch(request: FastifyRequest): Params {
  const search = request.query as Record<string, unknown>;
  const given: Record<string, unknown> = {};
  for (const name of ['query', 'operationName', 'variables', 'extensions']) {
    const value = search[name];
    if (Array.isArray(value)) throw refuse(`参数 ${name} 只能出现一次。`, `Send the parameter ${name} once.`);
    given[name] = name === 'variables' || name === 'extensions' ? parsed(name, value) : apart(value);
  }
  return checked(given);
}

/** What is kept of an address must not keep all of it. */
const apart = (value: unknown): unknown => (typeof value === 'string' ? Buffer.from(value).toString() : value);

function parsed(name: string, text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(
      `参数 ${name} 不是合法的 JSON，请修改后重试。`,
      `The parameter ${name} is not valid JSON; correct it.`,
    );
  }
}

function checked({ query, operationName, variables, extensions }: Record<string, unknown>): Params {
  const none = query === undefined || query === null || query === '';
  if (!none && typeof query !== 'string') throw refuse('query 必须是字符串。', 'query must be a string.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw refuse('operationName 必须是字符串。', 'operationName must be a string.');
  }
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value !== undefined && value !== null && !isRecord(value)) {
      throw refuse(`${name} 必须是 JSON 对象。`, `${name} must be a JSON object.`);
    }
  }
  const hash = hashIn(extensions as Record<string, unknown> | null | undefined);
  if (none && hash === undefined) throw missing();
  return {
    query: none ? undefined : (query as string),
    hash,
    operationName: operationName || undefined,
    variables: (variables ?? {}) as Params['variables'],
  };
}

function hashIn(extensions: Record<string, unknown> | null | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  if (persisted === undefined || persisted === null) return undefined;
  const { version, sha256Hash: hash } = isRecord(persisted) ? persisted : ({} as Record<string, unknown>);
  if (version !== 1 || typeof hash !== 'string' || !/^[\da-f]{64}$/.test(hash))
    throw refuse(
      'persistedQuery 须为 version 1 与小写十六进制的 sha256Hash。',
      'persistedQuery takes version 1 and a sha256Hash in lower-case hexadecimal.',
    );
  return hash;
}

const missing = () =>
  refuse('请求缺少 query，请以 JSON 对象发送。', 'The request has no query; send it in a JSON object.');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const CROSS_SITE: Text = {
  zh: '已阻止跨站请求，请改用 POST 并以 application/json 发送。',
  en: 'A cross-site request was blocked; use POST with application/json.',
};

/**
 * A browser sends a GET for any page without asking first, so one from another site is refused unless a header shows that
 * it did ask. POST needs application/json, which no page can send elsewhere unasked. Clients that are no browsers name no site.
 */
export function preventCsrf(request: FastifyRequest, allowedOrigins: ReadonlySet<string>): void {
  const { headers } = request;
  if (request.method !== 'GET' || headers['apollo-require-preflight'] || headers['x-apollo-operation-name']) return;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const foreign = (site && site !== 'same-origin' && site !== 'none') || (origin && !isOwn(origin, request.host));
  if (foreign && !(origin && allowedOrigins.has(origin))) throw new Refusal(badInput(CROSS_SITE), 403);
}

const isOwn = (origin: string, host: string): boolean => origin.replace(/^https?:\/\//, '') === host;
