import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { ApiError } from '../graph/errors.js';
import { both, type Text } from '../graph/language.js';
import { among, lineOf } from './addresses.js';
import { graphiqlRoute } from './graphiql.js';
import { graphqlRoute, refuse, viewpointOf } from './graphql-route.js';
import { LIMITS } from './limits.js';
import { isLoopback } from './names.js';
import type { HttpOptions } from './options.js';
import { badInput, Refusal } from './problems.js';
import { type Payer, pointsOfBody, Rates } from './rates.js';
import { PATIENCE, ROOM, Sockets } from './sockets.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counted to nobody. */
    free?: boolean;
    /** Its body is a file: it has time as long as it moves. */
    upload?: boolean;
  }
  interface FastifyRequest {
    payer: Payer;
  }
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server, not yet listening. It knows the schema as a value and no feature. */
export async function createHttpServer<C>(options: HttpOptions<C>): Promise<FastifyInstance> {
  const origins: ReadonlySet<string> = new Set(options.allowedOrigins);
  const patience = { ...PATIENCE, ...options.patience };
  const isProxy = among(options.trustedProxies ?? []);
  const sockets = new Sockets(patience, { ...ROOM, ...options.room }, isProxy, TOO_SLOW);
  const app = fastify({
    logger: options.logger ?? { level: 'warn', stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    trustProxy: options.trustedProxies?.length ? isProxy : false,
    bodyLimit: LIMITS.bodyBytes,
    serverFactory: (handle) =>
      sockets.guard(
        createServer(
          {
            keepAliveTimeout: 72_000,
            requestTimeout: 900_000,
            maxHeaderSize: 65_536,
            headersTimeout: patience.headers,
            connectionsCheckingInterval: patience.headers / 10,
            // of hosts as of bodies: what is wrong is said in our words
            requireHostHeader: false,
          },
          (request, response) => {
            if (sockets.begin(request, response)) handle(request, response);
          },
        ),
      ),
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
    clientErrorHandler(error, socket) {
      // an answer that is being sent is not broken into
      if (!socket.writable || socket.writableLength > 0) return void socket.destroy();
      const answer = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? TOO_SLOW : BROKEN_REQUEST;
      socket.end(answer, () => socket.destroy());
    },
  }) as unknown as FastifyInstance;
  const rates = new Rates(options.rates ?? { token: 0, address: 0 });

  app.decorateRequest('payer');
  app.addHook('onRequest', (request, reply, done) => {
    const { upload = false } = request.routeOptions.config;
    sockets.expect(request.raw, upload, LIMITS.bodyBytes);
    reply.headers({ 'x-request-id': request.id, ...SECURITY });
    if (namesOneHost(request.raw)) done();
    else decline(request, reply, new Refusal(badInput(HOSTS), 400));
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

  app.addHook('onRequest', async (request, reply) => {
    const { free, upload } = request.routeOptions.config;
    if (free) return;
    const { url, headers } = request.raw;
    const key = await options.holderOf?.({ authorization: headers.authorization, url: url ?? '' });
    request.payer = key ? { token: true, key } : { token: false, key: lineOf(request.ip) };
    const bytes = upload ? 0 : Number(headers['content-length'] ?? 0);
    await rates.charge(request.payer, pointsOfBody(bytes)).catch((error) => decline(request, reply, error));
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return done(null, payload);
    const inPieces = sockets.answer(reply.raw, payload);
    if (inPieces) reply.header('content-length', Buffer.byteLength(payload));
    done(null, inPieces ?? payload);
  });
  app.addHook('onClose', async () => sockets.stop());

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

  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) =>
    decline(request, reply, known(error, request)),
  );
  app.setNotFoundHandler((request, reply) => decline(request, reply, new Refusal(noSuchPath(), 404)));

  /** Asked once for all that ask at the same time. */
  let asked: ReturnType<typeof options.ready> | undefined;
  const ready = () => {
    asked ??= options.ready().finally(() => {
      asked = undefined;
    });
    return asked;
  };

  // whoever types the address alone looks for the page; behind a prefix it may come without the slash that it ends in
  app.get('/', async (request, reply) => {
    const direct = !options.publicBase || isLoopback(request.host);
    return reply.redirect(direct ? 'graphiql' : `${options.publicBase}/graphiql`);
  });
  app.get('/healthz', { config: { free: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config: { free: true } }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const state = await ready().catch((error) => {
      request.log.error({ err: error }, 'readiness');
      return { ok: false as const, reason: '就绪检查失败，请查看服务日志。 The readiness check failed; see the log.' };
    });
    return state.ok ? { status: 'ready' } : reply.code(503).send({ status: 'unavailable', reason: state.reason });
  });

  await app.register((scope) => graphqlRoute(scope, options, origins, { sockets, rates }));
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

/** For every route alike, whatever it answers errors in. */
function decline(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  return refuse(reply.type('application/json; charset=utf-8'), error, undefined, viewpointOf(request));
}
