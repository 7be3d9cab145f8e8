import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, type RequestErrorCode } from '../graph/errors.js';
import { languageOf, type Text } from '../graph/language.js';
import { type ByteRange, dispositionOf, rangeOf } from './http-headers.js';
import { downloadPath, uploadPath } from './links.js';
import type { UrlSigner } from './signing.js';
import {
  type Announced,
  lengthOf,
  partsOf,
  type Receiver,
  type Storage,
  StorageUnavailable,
  UploadError,
  type UploadErrorCode,
} from './storage.js';
import { delivered } from './verify.js';

/** The claims of a link with `id`, the object's id from its path, which the signature covers too. */
export type LinkClaims = Record<string, string> & { id: string };

export type UploadGrant = { uploadId: string } & Announced;
/** What a link leads to: a kept file, bytes made for it, or a stream that is made as it is read. */
export type DownloadGrant = { fileName: string; contentType: string; sha256?: string } & (
  | { key: string; byteSize: number }
  | { bytes: Buffer }
  | { stream(): Readable }
);
export type Authorize<G> = (claims: LinkClaims, authorization: string | undefined) => Promise<G | null>;

export type FileRoutesDeps = {
  storage: Storage;
  /** Absent where senders PUT to the store itself. */
  receiver?: Receiver;
  signer: UrlSigner;
  now(): Date;
  /** Whether the link still counts, asked at each use; null refuses, with whatever reason kept back. */
  onUpload: Authorize<UploadGrant>;
  /** By the kind of file, which is the first segment of its path. */
  onDownload: Record<string, Authorize<DownloadGrant>>;
};

/** Bytes of files, through links that are signed and live shortly. To be registered as a plugin of its own. */
export async function fileRoutes(app: FastifyInstance, deps: FileRoutesDeps): Promise<void> {
  const { storage, receiver, signer, onUpload, onDownload } = deps;

  app.removeAllContentTypeParsers();
  // the body stays on the wire until somebody may send it, whatever it calls itself
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(ALWAYS);
    if (request.method !== 'PUT') return;
    // only our own checks read the type, and they read the content
    request.headers['content-type'] = 'application/octet-stream';
  });
  app.setErrorHandler((error: Error, request, reply) => {
    discard(request.raw, storage.maxUploadBytes);
    if (error instanceof Problem) return refuse(reply, error);
    if (error instanceof UploadError) return refuse(reply, PROBLEMS[error.code]);
    if (error instanceof StorageUnavailable) {
      request.log.error({ err: error.originalError }, 'storage');
      return refuse(reply.header('retry-after', '30'), UNAVAILABLE);
    }
    if (error instanceof ApiError && error.code === 'RATE_LIMITED')
      return refuse(reply.header('retry-after', '5'), MANY);
    const known = error instanceof ApiError ? OF_A_REQUEST[error.code] : undefined;
    if (known !== NOT_FOUND) request.log.error({ err: error }, 'files');
    return refuse(reply, known ?? FAILED);
  });

  const claimsOf = (request: FastifyRequest): LinkClaims => {
    const signed = signer.verify(request.raw.url ?? '', deps.now());
    if (!signed) throw NOT_FOUND;
    return { ...signed.claims, id: (request.params as { id: string }).id };
  };

  if (receiver)
    app.put(
      uploadPath(':id'),
      { bodyLimit: storage.maxUploadBytes, config: { upload: true } },
      async (request, reply) => {
        const claims = claimsOf(request);
        const grant = await onUpload(claims, request.headers.authorization);
        if (!grant) throw NOT_FOUND;
        const part = claims.part === undefined ? undefined : partsOf(grant.byteSize)[Number(claims.part) - 1];
        if (claims.part !== undefined && !part) throw NOT_FOUND;
        const length = request.headers['content-length'];
        if (length === undefined) throw LENGTH_REQUIRED;
        if (Number(length) !== (part ? lengthOf(part) : grant.byteSize)) throw PROBLEMS.SIZE_MISMATCH;
        await receiver.receive(grant.uploadId, request.raw, grant, part);
        return reply.code(204).send();
      },
    );

  for (const [kind, authorize] of Object.entries(onDownload))
    app.route({
      method: ['GET', 'HEAD'],
      url: downloadPath(kind, ':id'),
      handler: async (request, reply) => {
        const grant = await authorize(claimsOf(request), request.headers.authorization);
        if (!grant) throw NOT_FOUND;
        reply.headers({
          'content-type': grant.contentType,
          'content-disposition': dispositionOf(grant.fileName),
          'content-security-policy': "sandbox; default-src 'none'",
        });
        const headOnly = request.method === 'HEAD';
        if ('stream' in grant) return headOnly ? reply.send() : send(reply, await begun(grant.stream()));
        reply.header('accept-ranges', 'bytes');
        const etag = grant.sha256 && `"${grant.sha256}"`;
        if (etag) reply.header('etag', etag);
        const byteSize = 'bytes' in grant ? grant.bytes.length : grant.byteSize;
        const range = rangeOf(request.headers, byteSize, etag);
        if (range === 'unsatisfiable') {
          reply.header('content-range', `bytes */${byteSize}`);
          throw RANGE;
        }
        const { start, end } = range ?? { start: 0, end: byteSize - 1 };
        // opened for a HEAD too: a file that is not there has no length
        const body = await bodyOf(grant, range);
        if (headOnly && !Buffer.isBuffer(body)) body.destroy();
        if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${byteSize}`);
        reply.header('content-length', end - start + 1);
        if (headOnly) return reply.send();
        return Buffer.isBuffer(body) ? reply.send(body) : send(reply, body);
      },
    });

  async function bodyOf(
    grant: Exclude<DownloadGrant, { stream(): Readable }>,
    range: ByteRange | undefined,
  ): Promise<Readable | Buffer> {
    if ('bytes' in grant) return range ? grant.bytes.subarray(range.start, range.end + 1) : grant.bytes;
    const { stream, byteSize } = await storage.open(grant.key, range);
    if (byteSize === grant.byteSize) return begun(delivered(stream, range ? { byteSize: lengthOf(range) } : grant));
    stream.destroy();
    throw new StorageUnavailable(new Error(`a stored file has ${byteSize} bytes instead of ${grant.byteSize}`));
  }
}

/** Its first bytes are there, or it is known that none will come: what fails until then is answered in words. */
async function begun(stream: Readable): Promise<Readable> {
  try {
    await once(stream, 'readable');
    return stream;
  } catch (error) {
    throw error instanceof ApiError ? error : new StorageUnavailable(error);
  }
}

/**
 * What fails later breaks the connection off, before its length or its last chunk. HTTP/1.0, as some proxies speak it, knows
 * neither: there an orderly end would be the end of the file, and a reset is none.
 */
function send(reply: FastifyReply, body: Readable): FastifyReply {
  body.once('error', (error) => {
    reply.log.error({ err: error }, 'a download broke off');
    if (reply.request.raw.httpVersion === '1.0') reply.raw.socket?.resetAndDestroy();
  });
  return reply.send(body);
}

const ALWAYS = { 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' };

/** In the words of every other error of this API. */
class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: Text,
    readonly retryable = false,
  ) {
    super(code);
  }
}

const NOT_FOUND = new Problem(404, 'NOT_FOUND', {
  zh: '链接无效或已过期，请重新获取链接。',
  en: 'The link is not valid or has expired; ask for a new one.',
});
const LENGTH_REQUIRED = new Problem(411, 'UPLOAD_MISMATCH', {
  zh: '请在 Content-Length 中给出文件大小。',
  en: 'Send the file with its size in Content-Length.',
});
const RANGE = new Problem(416, 'RANGE_NOT_SATISFIABLE', {
  zh: '请求的范围超出文件，请从头下载。',
  en: 'The range lies outside the file; download it from its beginning.',
});
const FAILED = new Problem(
  500,
  'INTERNAL',
  { zh: '文件服务出错，请稍后重试。', en: 'The file service failed; try again later.' },
  true,
);
const BUSY = new Problem(
  503,
  'UNAVAILABLE',
  { zh: '数据库暂时不可用，请稍后重试。', en: 'The database does not answer; try again later.' },
  true,
);
const MANY = new Problem(
  429,
  'RATE_LIMITED',
  { zh: '同时进行的请求过多，请稍后重试。', en: 'Too many requests at the same time; try again later.' },
  true,
);
const UNAVAILABLE = new Problem(
  503,
  'STORAGE_UNAVAILABLE',
  { zh: '文件存储暂时不可用，请稍后重试。', en: 'The file storage does not answer; try again later.' },
  true,
);

/** What the database says, in the words of a link: a token that ended between two looks is a link that does not hold. */
const OF_A_REQUEST: Partial<Record<RequestErrorCode, Problem>> = {
  UNAUTHENTICATED: NOT_FOUND,
  TOKEN_EXPIRED: NOT_FOUND,
  TOKEN_REVOKED: NOT_FOUND,
  FORBIDDEN: NOT_FOUND,
  NOT_FOUND,
  CONFLICT: BUSY,
  // a read that took too long
  QUERY_TOO_COSTLY: BUSY,
  UNAVAILABLE: BUSY,
};

const PROBLEMS: Record<UploadErrorCode, Problem> = {
  INCOMPLETE: new Problem(
    400,
    'UPLOAD_INCOMPLETE',
    { zh: '文件尚未完整到达，请补传。', en: 'Not all of the file has arrived; send what is missing.' },
    true,
  ),
  SIZE_MISMATCH: new Problem(400, 'UPLOAD_MISMATCH', {
    zh: '大小与申报的（或该分段的）不一致，请核对后重新上传。',
    en: 'The size is not the announced one, or not that of the part; check it and send again.',
  }),
  HASH_MISMATCH: new Problem(400, 'UPLOAD_MISMATCH', {
    zh: '文件内容与申报的 SHA-256 不一致，请重新上传。',
    en: 'The content does not have the announced SHA-256; send it again.',
  }),
  TOO_LARGE: new Problem(413, 'UPLOAD_TOO_LARGE', {
    zh: '文件超过大小上限，请压缩后重新申请上传。',
    en: 'The file is larger than allowed; make it smaller and create a new upload.',
  }),
  NO_SPACE: new Problem(
    507,
    'STORAGE_FULL',
    {
      zh: '服务器存储空间不足，请联系管理员后重试。',
      en: 'The server has no space left; tell its administrator and try again.',
    },
    true,
  ),
  ABORTED: new Problem(
    400,
    'UPLOAD_ABORTED',
    { zh: '上传中断，请重新上传。', en: 'The upload was interrupted; send it again.' },
    true,
  ),
};

/** Every code that a file route answers. */
export const FILE_CODES: readonly string[] = [
  ...new Set(
    [NOT_FOUND, LENGTH_REQUIRED, RANGE, FAILED, BUSY, UNAVAILABLE, ...Object.values(PROBLEMS)].map((p) => p.message),
  ),
];

const OF_THE_FILE = ['content-disposition', 'content-length', 'etag', 'accept-ranges'];

function refuse(reply: FastifyReply, { status, code, text, retryable }: Problem): FastifyReply {
  for (const name of OF_THE_FILE) reply.removeHeader(name);
  const { id: requestId, headers } = reply.request;
  const message = text[languageOf(headers['accept-language'])];
  const body = { errors: [{ message, extensions: { code, retryable, requestId } }] };
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** An answer is only heard by a sender that may finish its sentence, up to the longest that was ever allowed. */
function discard(body: IncomingMessage, limit: number): void {
  let left = limit;
  body.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) body.destroy();
  });
}
