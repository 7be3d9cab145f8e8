import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { ApiError } from '../graph/errors.js';
import { both, type Text } from '../graph/language.js';
import { graphiqlRoute } from './graphiql.js';
import { graphqlRoute, refuse, viewpointOf } from './graphql-route.js';
import { LIMITS } from './limits.js';
import { isLoopback } from './names.js';
import type { HttpOptions } from './options.js';
import { badInput, Refusal } from './problems.js';

/** Milliseconds: for the body of a query to arrive, and for running requests to end once the server closes. */
const PATIENCE = { body: 30_000, closing: 30_000 };
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server, not yet listening. It knows the schema as a value and no feature. */
export async function createHttpServer<C>(options: HttpOptions<C>): Promise<FastifyInstance> {
  const origins: ReadonlySet<string> = new Set(options.allowedOrigins);
  const patience = options.patience ?? PATIENCE;
  const app = fastify({
    logger: options.logger ?? { level: 'warn', stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    trustProxy: false,
    bodyLimit: LIMITS.bodyBytes,
    keepAliveTimeout: 72_000,
    requestTimeout: 900_000,
    // of hosts as of bodies: what is wrong is said in our words
    http: { maxHeaderSize: 65_536, headersTimeout: 30_000, requireHostHeader: false },
    routerOptions: { maxParamLength: 2_000 },
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    // an address that can't be decoded: no route and no hook has run
    frameworkErrors(error, request, reply) {
      reply.headers({ 'x-request-id': request.id, ...SECURITY }).type('application/json; charset=utf-8');
      return refuse(reply as never, known(error), undefined, viewpointOf(request as never));
    },
    clientErrorHandler(_error, socket) {
      if (socket.writable) socket.end(BROKEN_REQUEST);
    },
  }) as unknown as FastifyInstance;

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...SECURITY });
    done(namesOneHost(request.raw) ? undefined : new Refusal(badInput(HOSTS), 400));
  });
  // a page on an origin that is trusted may send what it likes: its client knows best which headers it needs
  if (origins.size)
    await app.register(cors, {
      origin: (origin, allow) => allow(null, origin !== undefined && origins.has(origin) && origin),
      methods: ['GET', 'POST', 'PUT'],
      exposedHeaders: EXPOSED,
      maxAge: 600,
      strictPreflight: false,
    });

  // a connection whose last request ends after closing began would else stay open for the whole keep-alive time, and one
  // whose request never ends for good
  app.addHook('preClose', async () => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), 50).unref();
    const last = setTimeout(() => app.server.closeAllConnections(), patience.closing).unref();
    app.server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(last);
    });
  });

  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    reply.type('application/json; charset=utf-8');
    return refuse(reply, known(error, request), undefined, viewpointOf(request));
  });
  app.setNotFoundHandler((request, reply) => {
    reply.type('application/json; charset=utf-8');
    return refuse(reply, new Refusal(noSuchPath(), 404), undefined, viewpointOf(request));
  });

  // whoever types the address alone looks for the page; behind a prefix it may come without the slash that it ends in
  app.get('/', async (request, reply) => {
    const direct = !options.publicBase || isLoopback(request.host);
    return reply.redirect(direct ? 'graphiql' : `${options.publicBase}/graphiql`);
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const state = await options.ready().catch((error) => {
      request.log.error({ err: error }, 'readiness');
      return { ok: false as const, reason: '就绪检查失败，请查看服务日志。 The readiness check failed; see the log.' };
    });
    return state.ok ? { status: 'ready' } : reply.code(503).send({ status: 'unavailable', reason: state.reason });
  });

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => hasten(request, reply, patience.body));
    await graphqlRoute(scope, options, origins);
  });
  graphiqlRoute(app, options.graphiql);
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  return app;
}

const SECURITY = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
const EXPOSED =
  'x-request-id, retry-after, www-authenticate, content-disposition, content-range, content-encoding, accept-ranges, etag';

const HOSTS: Text = { zh: '请求须有且只有一个 Host 头。', en: 'Send one Host header, and only one.' };

/** Of two, whoever stands between us may take the other one. */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i].length === 4 && rawHeaders[i].toLowerCase() === 'host') hosts++;
  return hosts === 1 || (hosts === 0 && httpVersion !== '1.1');
}

const noSuchPath = () =>
  new ApiError('NOT_FOUND', {
    message: { zh: '没有这个地址，接口在 /graphql。', en: 'No such path; the API is at /graphql.' },
  });

/** What fastify refuses before a handler runs, in our words; anything else stays unknown and is masked. */
function known(error: Error & { statusCode?: number; code?: string }, request?: FastifyRequest): unknown {
  if (error instanceof Refusal || error instanceof ApiError) return error;
  const announced = request?.headers['content-length'];
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal(413, '请求体过大，请减小后重试。', 'The body is too large; send less.', {
        limit: LIMITS.bodyBytes,
        ...(announced !== undefined && { actual: Number(announced) }),
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusal(415, '请以 application/json 发送请求。', 'Send the request as application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return refusal(400, '请求体不是合法的 JSON，请修改后重试。', 'The body is not valid JSON; correct it.');
  }
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return error;
  return refusal(status, '请求有误，请修改后重试。', 'The request is not valid; correct it.');
}

const refusal = (status: number, zh: string, en: string, params?: Record<string, unknown>) =>
  new Refusal(badInput({ zh, en }, params), status);

/** For bytes that are no HTTP: there is no request yet whose language or id could be told. */
const bareAnswer = (status: string, text: Text): string => {
  const message = both(text);
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT', retryable: false } }] });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const BROKEN_REQUEST = bareAnswer('400 Bad Request', {
  zh: '请求不是合法的 HTTP。',
  en: 'The request is not valid HTTP; correct it.',
});
const TOO_SLOW = bareAnswer('408 Request Timeout', {
  zh: '请求体没有及时到达，请重新发送。',
  en: 'The body did not arrive in time; send the request again.',
});

/** A body that does not come is not waited for. */
function hasten({ raw, method }: FastifyRequest, reply: FastifyReply, milliseconds: number): void {
  if (method === 'GET' || method === 'HEAD') return;
  const timer = setTimeout(() => raw.socket.end(TOO_SLOW, () => raw.socket.destroy()), milliseconds).unref();
  const done = () => clearTimeout(timer);
  raw.once('end', done);
  reply.raw.once('close', done);
}
