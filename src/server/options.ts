import type { FastifyPluginAsync, FastifyServerOptions } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Call } from '../graph/call.js';
import type { Language } from '../graph/language.js';
import type { GraphiqlOptions } from './graphiql.js';
import type { RateOptions } from './rates.js';
import type { Patience, Room } from './sockets.js';

/** What a request tells the one who opens its context. */
export type ContextRequest = {
  authorization?: string;
  language: Language;
  requestId: string;
  mutation: boolean | undefined;
  /** What it may still do; nothing is begun once it has ended. */
  call: Call;
  /** Scheme and host as the client wrote them, for links that it can follow. */
  publicBase(): string;
};

export type HttpOptions<C = unknown> = {
  schema: GraphQLSchema;
  /** graphql-js instead of the compiler. */
  interpret: boolean;
  /** May throw an ApiError, which is then the answer. Called once the request is known to be well formed and affordable. */
  openContext(request: ContextRequest): Promise<C>;
  /** Once per opened context, after execution and before the answer is sent; if it throws, the answer is an error. */
  closeContext(context: C, failed: boolean): Promise<void>;
  /** Answers a mutation that carries a key: the stored text for the same body, else what `execute` gives. */
  idempotently?(
    context: C,
    key: string,
    bodyHash: string,
    execute: () => Promise<{ text: string; failed: boolean; unknown?: boolean }>,
  ): Promise<string>;
  ready(): Promise<{ ok: true } | { ok: false; reason: string }>;
  /** Further routes, such as those for files; each with its own content types. */
  plugins?: FastifyPluginAsync[];
  graphiql: GraphiqlOptions;
  /** Origins of web pages on other hosts that may call: scheme, host, port. */
  allowedOrigins?: readonly string[];
  /** Instead of the address that the client used, behind a proxy. */
  publicBase?: string;
  /** Points a minute for each token, and for each address that comes without one. */
  rates?: RateOptions;
  /** The token that a request comes with, in its header or in its link; undefined for a stranger. */
  holderOf?(request: { authorization: string | undefined; url: string }): Promise<string | undefined>;
  /** Addresses and networks of proxies, whose word is taken on who asks (X-Forwarded-…). */
  trustedProxies?: readonly string[];
  patience?: Partial<Patience>;
  room?: Partial<Room>;
  logger?: FastifyServerOptions['logger'];
};
