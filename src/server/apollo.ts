import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { answerTooLarge } from '../graph/answer-size.js';
import { REQUEST_ERRORS } from '../graph/errors.js';
import { both } from '../graph/language.js';
import { isTooLarge, saysTooLarge, weighsTooMuch } from './answer-size.js';
import { type Execution, Executor } from './executor.js';
import { LIMITS } from './limits.js';
import { apiErrorIn, Refusal, statusOf } from './problems.js';

/** One admitted operation on its way through Apollo. */
export type Run = Execution & {
  cost: number;
  /** Known before Apollo is asked: it only shapes the answer then. */
  result?: ExecutionResult;
  /**
   * Written by the executor; an object of its own, since Apollo copies the run. `status`: of an error that left no data.
   * `unknown`: whether something was done is not told by what failed on the way. `tooLarge`: not to be written at all.
   */
  outcome: {
    executed: boolean;
    failed: boolean;
    unknown?: boolean;
    status?: number;
    retryAfter?: number;
    tooLarge?: boolean;
  };
  present: (error: unknown) => GraphQLFormattedError;
};

type Log = (error: unknown) => void;

/**
 * Apollo as the engine: documents come parsed, measured and validated (documents.ts), variables coerced; it executes through
 * our executor (its gateway hook) and shapes the answer. Answers that the database wrote whole have no shape left to give.
 */
export class Engine {
  private readonly apollo: ApolloServer<Run>;
  private readonly executor: Executor;

  constructor(schema: GraphQLSchema, interpret: boolean, log: Log) {
    const executor = new Executor(schema, interpret);
    this.executor = executor;
    const listeners: ((loaded: { apiSchema: GraphQLSchema; coreSupergraphSdl: string }) => void)[] = [];
    this.apollo = new ApolloServer<Run>({
      gateway: {
        onSchemaLoadOrUpdate: (listener) => {
          listeners.push(listener);
          return () => {};
        },
        load: async () => {
          for (const listener of listeners) listener({ apiSchema: schema, coreSupergraphSdl: '' });
          return { executor: ({ context }) => execute(executor, context as Run) };
        },
        stop: async () => {},
      },
      introspection: true,
      // graphql-route.ts has refused other sites already
      csrfPrevention: false,
      includeStacktraceInErrorResponses: false,
      persistedQueries: false,
      documentStore: null,
      stopOnTerminationSignals: false,
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: log },
      formatError: (formatted, error) => (isPresented(formatted) ? formatted : masked(error, log)),
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        {
          requestDidStart: async () => ({
            didResolveSource: async (request) => {
              (request as { document?: unknown }).document = request.contextValue.admitted.document;
            },
            willSendResponse: async ({ contextValue, response, errors }) => {
              if (response.body.kind !== 'single') return;
              const result = response.body.singleResult;
              if (errors) result.errors = errors.slice(0, LIMITS.errors).map(contextValue.present);
              result.extensions = { ...result.extensions, ...costExtension(contextValue.cost) };
            },
          }),
        },
      ],
    });
  }

  start = (): Promise<void> => this.apollo.start();
  stop = (): Promise<void> => this.apollo.stop();

  /** Runs an operation and answers the text of its result, or refuses one that is too large. */
  async run(run: Run): Promise<string> {
    const text = await this.write(run);
    if (run.outcome.tooLarge || isTooLarge(text)) throw new Refusal(answerTooLarge());
    return text;
  }

  private async write(run: Run): Promise<string> {
    const known = await this.executor.direct(run);
    if (typeof known === 'string') {
      run.outcome.executed = true;
      return `{"data":${known},"extensions":${JSON.stringify(costExtension(run.cost))}}\n`;
    }
    run.result = known;
    const { body } = await this.apollo.executeHTTPGraphQLRequest({
      context: async () => run,
      httpGraphQLRequest: {
        method: 'POST',
        headers: JSON_HEADERS,
        search: '',
        body: { query: run.admitted.source, variables: run.variables, operationName: run.operationName ?? null },
      },
    });
    if (body.kind !== 'complete' || !run.outcome.executed) throw new Error('the operation was not executed');
    return body.string;
  }
}

const JSON_HEADERS = new HeaderMap([['content-type', 'application/json']]);

export const costExtension = (cost: number) => ({ cost: { requested: cost, limit: LIMITS.cost } });

async function execute(executor: Executor, run: Run) {
  const result = run.result ?? (await executor.execute(run));
  run.outcome.executed = true;
  // which way it was found out makes no difference
  run.outcome.tooLarge = weighsTooMuch(result.data, run.cost) || result.errors?.some(saysTooLarge);
  if (run.outcome.tooLarge) return { data: null } as any;
  run.outcome.failed = Boolean(result.errors?.length);
  run.outcome.retryAfter = retryAfterOf(result.errors);
  run.outcome.unknown = result.errors?.some((error: unknown) => statusOf(error) >= 500);
  if (run.outcome.failed && !result.data) run.outcome.status = statusOf(result.errors?.[0]);
  return result as any;
}

/** Of errors that say when to come back, the latest. */
function retryAfterOf(errors: readonly unknown[] = []): number | undefined {
  const paramsOf = (error: unknown) => apiErrorIn(error)?.extensions.params as { retryAfter?: number } | undefined;
  const said = errors.map((error) => paramsOf(error)?.retryAfter ?? 0).filter((seconds) => seconds > 0);
  return said.length ? Math.max(...said) : undefined;
}

const isPresented = (formatted: GraphQLFormattedError): boolean => Boolean(formatted.extensions?.requestId);

/** What execution left is presented, and logged, later; whatever Apollo itself finds wrong with what we gave it is our fault. */
function masked(error: unknown, log: Log): GraphQLFormattedError {
  if (!(error instanceof GraphQLError && error.path)) log(error);
  return { message: both(REQUEST_ERRORS.INTERNAL), extensions: { code: 'INTERNAL', retryable: true } };
}
