import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { ApiError } from '../../src/graph/errors.js';
import { createHttpServer } from '../../src/server/http.js';
import type { ContextRequest, HttpOptions } from '../../src/server/options.js';

const LONG = '长'.repeat(40_000);

/** A small schema with one of everything that a limit or an executor could get wrong. */
export type Context = { request: ContextRequest; closed?: boolean };

const Named = new GraphQLInterfaceType({
  name: 'Named',
  fields: { name: { type: GraphQLString } },
  resolveType: () => 'City',
});
const Colour = new GraphQLEnumType({ name: 'Colour', values: { RED: {}, GREEN: {} } });
const Day = new GraphQLScalarType({
  name: 'Day',
  parseValue: (value) => {
    if (value !== '2026-01-01') {
      const message = { zh: '日期无效，请写成 2026-01-01。', en: 'The day is not valid; write it as 2026-01-01.' };
      throw new ApiError('BAD_USER_INPUT', { message });
    }
    return new Date(value);
  },
});
const Filter: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'Filter',
  fields: () => ({
    eq: { type: GraphQLString },
    day: { type: Day },
    colour: { type: Colour, defaultValue: 'RED' },
    not: { type: Filter },
    and: { type: new GraphQLList(new GraphQLNonNull(Filter)) },
  }),
});

const City: GraphQLObjectType = new GraphQLObjectType<{ n: number }, Context>({
  name: 'City',
  interfaces: [Named],
  fields: () => ({
    id: { type: new GraphQLNonNull(GraphQLID), resolve: ({ n }) => `cty_${n}` },
    name: { type: GraphQLString, resolve: async ({ n }) => `市${n}` },
    secret: {
      type: GraphQLString,
      resolve: () => {
        throw new Error('select password from account where key = 42');
      },
    },
    forbidden: {
      type: GraphQLString,
      resolve: () => {
        throw new ApiError('FORBIDDEN', { requiredPermission: 'city.read' });
      },
    },
    twin: { type: City, resolve: (city) => city },
    long: { type: GraphQLString, resolve: () => LONG },
    twins: {
      extensions: { atMost: { items: 5 } },
      type: new GraphQLNonNull(new GraphQLList(City)),
      resolve: (city) => [city, city],
    },
    page: { type: CityConnection, args: page, resolve: cities },
  }),
});
const CityConnection: GraphQLObjectType = new GraphQLObjectType({
  name: 'CityConnection',
  fields: () => ({
    nodes: { type: new GraphQLNonNull(new GraphQLList(City)) },
    pageInfo: {
      type: new GraphQLObjectType({ name: 'PageInfo', fields: { hasNextPage: { type: GraphQLBoolean } } }),
      resolve: () => ({ hasNextPage: false }),
    },
  }),
});
const page = { first: { type: GraphQLInt }, last: { type: GraphQLInt }, after: { type: GraphQLString } };
const cities = (_: unknown, { first }: { first?: number }) => ({
  nodes: Array.from({ length: Math.min(first ?? 2, 3) }, (_, n) => ({ n })),
});

const Query = new GraphQLObjectType<unknown, Context>({
  name: 'Query',
  fields: {
    hello: { type: GraphQLString, resolve: () => 'hello' },
    long: { type: GraphQLString, resolve: () => LONG },
    city: { type: City, args: { n: { type: GraphQLInt, defaultValue: 1 } }, resolve: (_, { n }) => ({ n }) },
    must: {
      type: City,
      args: { n: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 1 } },
      resolve: (_, { n }) => ({ n }),
    },
    named: { type: Named, resolve: () => ({ n: 7 }) },
    cities: { type: CityConnection, args: page, resolve: cities },
    nodes: {
      extensions: { atMost: { items: 100, counts: 'ids' } },
      type: new GraphQLList(City),
      args: { ids: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) } },
      resolve: (_, { ids }) => ids.map((n: string) => ({ n })),
    },
    dear: { type: City, extensions: { complexity: 30_000 }, resolve: () => ({ n: 1 }) },
    echo: {
      type: GraphQLString,
      args: {
        text: { type: GraphQLString },
        where: { type: Filter },
        list: { type: new GraphQLList(GraphQLString) },
        colour: { type: Colour },
        number: { type: GraphQLFloat },
        flag: { type: GraphQLBoolean },
        day: { type: Day },
      },
      resolve: (_, args) => JSON.stringify(args),
    },
    required: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
    who: {
      type: GraphQLString,
      resolve: (_, __, { request }) => `${request.authorization ?? ''}|${request.language}|${request.publicBase()}`,
    },
    revoked: {
      type: new GraphQLNonNull(GraphQLString),
      resolve: () => {
        throw new ApiError('TOKEN_REVOKED');
      },
    },
    slow: { type: GraphQLString, resolve: () => new Promise((done) => setTimeout(() => done('done'), 300)) },
  },
});
const Mutation = new GraphQLObjectType<unknown, Context>({
  name: 'Mutation',
  fields: {
    long: { type: City, resolve: () => ({ n: 1 }) },
    shout: {
      type: GraphQLString,
      args: { text: { type: GraphQLString } },
      resolve: (_, { text }, { request }) => `${text}!${request.mutation}`,
    },
  },
});
export const schema = new GraphQLSchema({ query: Query, mutation: Mutation, types: [City] });

export type Started = {
  app: FastifyInstance;
  url: string;
  log: () => string;
  closed: { failed: boolean }[];
  opened: Context[];
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
};
export type Answer = { status: number; headers: Headers; text: string; body: any; ms: number };

export async function start(options: Partial<HttpOptions<Context>> = {}): Promise<Started> {
  let log = '';
  const stream = new Writable({
    write(chunk, _, done) {
      log += chunk;
      done();
    },
  });
  const closed: { failed: boolean }[] = [];
  const opened: Context[] = [];
  const app = await createHttpServer<Context>({
    schema,
    interpret: false,
    openContext: async (request) => {
      if (request.authorization === 'Bearer expired') throw new ApiError('TOKEN_EXPIRED');
      if (request.authorization === 'Bearer crash') throw new Error('connection to 10.0.0.1 refused');
      const context = { request };
      opened.push(context);
      return context;
    },
    closeContext: async (context, failed) => {
      if (context.closed) throw new Error('closed twice');
      context.closed = true;
      closed.push({ failed });
    },
    ready: async () => ({ ok: true }),
    graphiql: { accounts: () => [], examples: [] },
    logger: { level: 'warn', stream },
    ...options,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const post = async (body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    return read(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: (raw ? body : JSON.stringify(body)) as string,
    });
  };
  return { app, url, log: () => log, closed, opened, post, ask: (query, variables) => post({ query, variables }) };
}

export async function read(url: string, init?: RequestInit, path = '/graphql'): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const ms = performance.now() - began;
  let body: any;
  try {
    body = JSON.parse(text);
  } catch {}
  return { status: response.status, headers: response.headers, text, body, ms };
}
