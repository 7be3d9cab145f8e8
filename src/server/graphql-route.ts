import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, getOperationAST } from 'graphql';
import { Call } from '../graph/call.js';
import { languageOf } from '../graph/language.js';
import { costExtension, Engine, type Run } from './apollo.js';
import { checkLists, costOf } from './cost.js';
import { Documents } from './documents.js';
import { LIMITS } from './limits.js';
import type { HttpOptions } from './options.js';
import { MEDIA_TYPES, type MediaType, mediaTypeFor, paramsOf, preventCsrf } from './params.js';
import { Persisted } from './persisted.js';
import { badInput, present, Refusal, statusOf, type Viewpoint } from './problems.js';
import { pointsOfCost, type Rates } from './rates.js';
import type { Sockets } from './sockets.js';
import { checkJson, coerceVariables } from './variables.js';

/** A query of which so much is asked may keep a connection of the database for long. */
const HEAVY = 2_000;

type Guards = { sockets: Sockets; rates: Rates };

/** `/graphql`: nothing reaches a resolver or the database before every check that needs neither has passed. */
export async function graphqlRoute<C>(
  app: FastifyInstance,
  options: HttpOptions<C>,
  origins: ReadonlySet<string>,
  { sockets, rates }: Guards,
) {
  const { schema } = options;
  checkLists(schema);
  const documents = new Documents(schema);
  const persisted = new Persisted();
  const engine = new Engine(schema, options.interpret, (error) => app.log.error({ err: error }, 'apollo'));
  await engine.start();
  app.addHook('onClose', async () => {
    await sockets.rest();
    await engine.stop();
  });

  acceptJson(app);

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const view = viewpointOf(request);
    const type = mediaTypeFor(request.headers.accept);
    reply.header('cache-control', 'no-store').header('vary', 'Accept, Accept-Language, Origin');
    reply.header('content-language', view.language === 'zh' ? 'zh-CN' : 'en');
    reply.type(`${type ?? MEDIA_TYPES[0]}; charset=utf-8`);
    try {
      if (!type) throw notAcceptable();
      const admission = admit(request);
      const points = pointsOfCost(admission.cost);
      if (points) await rates.charge(request.payer, points);
      const call = new Call(admission.cost > HEAVY);
      // a change goes to its end, within its time: whoever left can't tell how far it came, and asks again by its key
      const watched = sockets.watch(call, request.raw.socket, admission.operation.operation === 'query');
      try {
        const run = await open(admission, request, view, call);
        const text = await answer(run, request, view, call);
        if (run.outcome.status === 401) reply.header('www-authenticate', 'Bearer');
        if (run.outcome.retryAfter) reply.header('retry-after', String(run.outcome.retryAfter));
        else if (run.outcome.status === 429) reply.header('retry-after', RETRY_AFTER);
        return reply.code(outcome(run)).send(text);
      } finally {
        watched();
      }
    } catch (error) {
      return refuse(reply, error, type, view);
    }
  };

  const admit = (request: FastifyRequest) => {
    preventCsrf(request, origins);
    const params = paramsOf(request);
    checkJson(params.operationName);
    checkJson(params.variables);
    const admitted = documents.admit(persisted.sourceOf(params));
    if (params.hash !== undefined) persisted.keep(params.hash, admitted.source);
    const operation = getOperationAST(admitted.document, params.operationName);
    if (!operation) throw new Refusal(noOperation(), undefined);
    if (request.method === 'GET' && operation.operation !== 'query') throw onlyQueries();
    if (operation.operation === 'subscription') throw new Refusal(noSubscriptions());
    const coerced = coerceVariables(schema, operation, params.variables);
    admitted.operands.check(coerced);
    const cost = costOf(schema, admitted, operation, params.variables);
    return { admitted, operation, cost, operationName: params.operationName, variables: params.variables, coerced };
  };

  const open = async (
    admission: ReturnType<typeof admit>,
    request: FastifyRequest,
    view: Viewpoint,
    call: Call,
  ): Promise<Run> => {
    let contextValue: C;
    try {
      contextValue = await options.openContext({
        authorization: request.headers.authorization,
        language: view.language,
        requestId: request.id,
        mutation: admission.operation.operation === 'mutation',
        call,
        publicBase: () => options.publicBase ?? baseOf(request),
      });
    } catch (error) {
      const status = statusOf(error);
      throw new Refusal(asGraphQL(error), status === 400 ? undefined : status);
    }
    return {
      ...admission,
      contextValue,
      outcome: { executed: false, failed: false },
      present: (error) => present(error, view),
    };
  };

  /** The context is closed once, whatever happened, before the answer leaves: what is promised is then committed. */
  const complete = async (run: Run, view: Viewpoint): Promise<string> => {
    let text: string;
    try {
      text = await engine.run(run);
    } catch (error) {
      await options.closeContext(run.contextValue as C, true).catch(view.log);
      throw error;
    }
    await options.closeContext(run.contextValue as C, run.outcome.failed);
    return text;
  };

  const answer = (run: Run, request: FastifyRequest, view: Viewpoint, call: Call): Promise<string> => {
    const key = keyOf(request);
    if (key === undefined || !options.idempotently || !isMutation(run)) return complete(run, view);
    const body = JSON.stringify([run.admitted.source, run.variables ?? null, run.operationName ?? null]);
    const hash = createHash('sha256').update(body).digest('hex');
    return options.idempotently(run.contextValue as C, key, hash, async () => ({
      text: await complete(run, view),
      failed: run.outcome.failed,
      unknown: run.outcome.unknown || call.ended,
    }));
  };

  app.post('/graphql', { bodyLimit: LIMITS.bodyBytes }, handler);
  app.get('/graphql', { exposeHeadRoute: false }, handler);
  app.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/graphql',
    handler: async (_, reply) => {
      reply.header('allow', 'GET, POST');
      throw new Refusal(badInput({ zh: '请使用 POST 或 GET。', en: 'Use POST or GET.' }), 405, { allow: 'GET, POST' });
    },
  });
}

/** Seconds, where the error does not say. */
const RETRY_AFTER = '5';

/** Answers are 200 once execution began, but for those that only say who may ask again, and when. */
const outcome = ({ outcome: { status } }: Run): number => (status === 401 || status === 429 ? status : 200);

/** Only JSON in UTF-8: bytes that are not text are refused rather than replaced. */
function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset && !/^utf-?8$/i.test(charset)) return done(unsupported());
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      return done(notUtf8());
    }
    parse(request, text, done);
  });
}

const isMutation = ({ operation }: Run): boolean => operation?.operation === 'mutation';

const keyOf = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key'];
  return Array.isArray(key) ? key[0] : key;
};

const unsupported = () =>
  new Refusal(badInput({ zh: '请使用 UTF-8 编码的 application/json。', en: 'Send application/json in UTF-8.' }), 415);
const notUtf8 = () =>
  new Refusal(badInput({ zh: '请求体不是合法的 UTF-8 文本。', en: 'The body is not valid UTF-8; correct it.' }), 400);
const notAcceptable = () =>
  new Refusal(badInput({ zh: `Accept 头须包含 ${MEDIA_TYPES[0]}。`, en: `Accept ${MEDIA_TYPES.join(' or ')}.` }), 406);
const onlyQueries = () =>
  new Refusal(badInput({ zh: 'GET 只用于查询，变更请用 POST。', en: 'GET is for queries; use POST.' }), 405, {
    allow: 'POST',
  });
const noOperation = () =>
  badInput({ zh: '没有找到要执行的操作，请检查 operationName。', en: 'No such operation; check operationName.' });
const noSubscriptions = () => badInput({ zh: '不支持订阅。', en: 'Subscriptions are not supported; use a query.' });

const asGraphQL = (error: unknown): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });

export function viewpointOf(request: FastifyRequest): Viewpoint {
  return {
    language: languageOf(request.headers['accept-language']),
    requestId: request.id,
    log: (error, path) => request.log.error({ err: error, path }, 'unexpected error'),
  };
}

/** Answers an error of any kind in GraphQL's format. */
export function refuse(
  reply: FastifyReply,
  error: unknown,
  type: MediaType | undefined,
  view: Viewpoint,
): FastifyReply {
  const refusal = error instanceof Refusal ? error : new Refusal(asGraphQL(error), statusOf(error));
  const status = refusal.status ?? (type === MEDIA_TYPES[1] ? statusOf(refusal.errors[0]) : 200);
  const errors = refusal.errors.map((e) => present(e, view));
  const { params, code } = (errors[0]?.extensions ?? {}) as { code?: string; params?: Record<string, any> };
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 429) reply.header('retry-after', String(params?.retryAfter ?? RETRY_AFTER));
  const extensions = code === 'QUERY_TOO_COSTLY' && params?.cost ? costExtension(params.cost) : undefined;
  return reply
    .headers(refusal.headers)
    .code(status)
    .send(`${JSON.stringify({ errors, extensions })}\n`);
}

/** How the client reached us; a host header that is none is not repeated. */
function baseOf(request: FastifyRequest): string {
  const { localAddress, localPort } = request.socket;
  const own = `${localAddress?.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
  const scheme = request.protocol === 'https' ? 'https' : 'http';
  const host = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(request.host) ? request.host : own;
  return `${scheme}://${host}`;
}
