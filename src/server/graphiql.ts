import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { isLoopback, nameIn } from './names.js';

type Account = { label: string; token: string };
export type GraphiqlOptions = {
  /** Demo accounts to choose from; none in production. */
  accounts: () => Account[];
  /** The first is what the page opens on. */
  examples: { title: string; query: string; variables?: string }[];
  /** Names of this server beside those of the loopback, under which the page may hand out the accounts. */
  names?: readonly string[];
};

const gzip = promisify(gzipCallback);
const TABS = 6;

const TITLE = '市域产教联合体数据服务 · 查询页 Query page';

const WELCOME = `# 市域产教联合体数据服务
#
# Ctrl-Enter 执行，Ctrl-Space 补全，Shift-Ctrl-P 整理格式。
# 左边栏的书本图标是接口文档；上方可选演示身份和示例。
# 未选身份即以公众身份查询。
#
# Ctrl-Enter runs the query, Ctrl-Space completes.
# The book on the left is the documentation;
# above there are demo accounts and examples.
#
`;

const STYLE = `
html, body { height: 100%; margin: 0; overflow: hidden; }
body { display: flex; flex-direction: column; }
#bar { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; padding: .4rem .9rem;
  font: 14px/1.5 system-ui, "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; background: #1f3a5f; color: #fff; }
#bar strong { white-space: nowrap; }
#bar label { display: flex; flex-wrap: wrap; gap: .1rem .4rem; min-width: 0; }
#bar select { width: 16rem; font: inherit; padding: .1rem .3rem; text-overflow: ellipsis; }
#bar #language { width: auto; }
#root .graphiql-session-header { white-space: nowrap; }
#bar small { opacity: .85; }
#root { flex: 1; min-height: 0; width: 100%; height: auto; overflow: hidden; }
#root .graphiql-container { width: 100%; height: 100%; }
`;

/** Runs before GraphiQL: the bar, and the chosen account on each request that names none in its own headers. */
const BAR = `
(() => {
  const { accounts, examples } = window.PAGE;
  // beside the page, wherever a proxy has put it
  const endpoint = (window.PAGE.endpoint = new URL('graphql', location.href).pathname);
  const pick = (id, key) => {
    const select = document.getElementById(id);
    const saved = localStorage.getItem(key);
    if ([...select.options].some((o) => o.value === saved)) select.value = saved;
    select.addEventListener('change', () => localStorage.setItem(key, select.value));
    return select;
  };
  const add = (id, value, text) => document.getElementById(id).add(new Option(text, value));
  for (const a of accounts) add('account', a.label, a.label);
  examples.forEach((e, i) => add('example', String(i), e.title));
  const account = pick('account', 'query-page:account');
  const language = pick('language', 'query-page:language');
  document.getElementById('example').addEventListener('change', (event) => {
    const example = examples[event.target.value];
    if (example) location.search = new URLSearchParams({ query: example.query });
  });
  const send = window.fetch;
  window.fetch = (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    if (url.origin !== location.origin || url.pathname !== endpoint) return send(input, init);
    const headers = new Headers(init.headers || (input instanceof Request ? input.headers : undefined));
    const chosen = accounts.find((a) => a.label === account.value);
    // the documentation is the same for everybody, also for whoever's token no longer holds
    if (String(init.body).includes('"operationName":"IntrospectionQuery"')) headers.delete('authorization');
    else if (chosen && !headers.has('authorization')) headers.set('authorization', 'Bearer ' + chosen.token);
    if (!headers.has('accept-language')) headers.set('accept-language', language.value);
    return send(input, { ...init, headers });
  };
})();
`;

const START = `
(() => {
  const blob = (text) => URL.createObjectURL(new Blob([text], { type: 'application/javascript' }));
  const workers = { editorWorkerService: blob(WORKERS.editor), json: blob(WORKERS.json), graphql: blob(WORKERS.graphql) };
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] };
  const { endpoint, title, tabs, welcome, examples } = window.PAGE;
  const asked = new URL(location.href).searchParams.get('query');
  const example = examples.find((e) => e.query === asked);
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    endpoint, title, defaultQuery: welcome, defaultTabs: tabs, logo: '<span></span>',
    // a token that somebody typed ends with the page: desks are shared
    shouldPersistHeaders: false,
    ...(example && example.variables ? { variables: example.variables } : {}),
  });
})();
`;

const OWN_HEADER = 'Headers 栏里写的 Authorization 优先。 A header of your own wins.';
const NO_ACCOUNTS =
  '演示身份只在本机地址（localhost、127.0.0.1）、HOST 或 PUBLIC_URL 的名称下提供。 Demo accounts are offered under localhost, 127.0.0.1, HOST or the name in PUBLIC_URL.';

type Tab = { query: string; variables?: string };
type Page = { body: Buffer; packed: Buffer; policy: string; etag: string };

/** Of the page as it was last built for such accounts. */
function keptPage(examples: GraphiqlOptions['examples']): (accounts: Account[] | null) => Promise<Page> {
  let page: Promise<Page> | undefined;
  let key: string | undefined;
  return (accounts) => {
    const nowKey = JSON.stringify(accounts);
    if (!page || key !== nowKey) {
      key = nowKey;
      page = build(accounts, examples);
      page.catch(() => {
        page = undefined;
      });
    }
    return page;
  };
}

/**
 * The query page: one file with everything inlined, so that it works where no other host can be reached. The accounts are handed
 * out under names of this server alone: whoever owns another name can let it point here, and read what its page is answered.
 */
export function graphiqlRoute(app: FastifyInstance, { accounts, examples, names = [] }: GraphiqlOptions): void {
  const own = new Set(names.map(nameIn));
  const [withAccounts, without] = [keptPage(examples), keptPage(examples)];

  app.get('/graphiql', async (request, reply) => {
    const given = accounts();
    const known = !given.length || isLoopback(request.host) || own.has(nameIn(request.host));
    const { body, packed, policy, etag } = await (known ? withAccounts(given) : without(null));
    reply.header('content-security-policy', policy).header('etag', etag);
    reply.header('cache-control', 'no-cache').header('vary', 'Accept-Encoding').type('text/html; charset=utf-8');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(body);
    return reply.header('content-encoding', 'gzip').send(packed);
  });
}

/** Null: there are some, and not for the name under which the page was asked for. */
async function build(accounts: Account[] | null, examples: GraphiqlOptions['examples']): Promise<Page> {
  const { css, editorWorkerService, favicon, graphqlWorker, js, jsonWorker } = await import(
    '@graphql-yoga/render-graphiql/graphiql'
  );
  const [first] = examples;
  const welcome = WELCOME + (first?.query ?? '{ __typename }');
  const tabs = [{ query: welcome }, ...examples.slice(1, TABS)].map(({ query, variables }: Tab) => ({
    query,
    variables,
  }));
  const data = { title: '查询页', welcome, tabs, accounts: accounts ?? [], examples };
  const workers = { editor: editorWorkerService, json: jsonWorker, graphql: graphqlWorker };
  const scripts = [`window.PAGE = ${inScript(data)};${BAR}`, `const WORKERS = ${inScript(workers)};\n${js};\n${START}`];
  const body = Buffer.from(`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE}</title>
<link rel="icon" href="${favicon}">
<style>${css}</style>
<style>${STYLE}</style>
</head>
<body class="no-focus-outline">
<div id="bar">
<strong>市域产教联合体数据服务</strong>
<label>身份 Account <select id="account"><option value="">公众（无令牌） Public, no token</option></select></label>
<label>示例 Example <select id="example"><option value="">选择… Choose…</option></select></label>
<label>语言 Language <select id="language"><option value="zh-CN">中文</option><option value="en">English</option></select></label>
<small>${accounts ? OWN_HEADER : NO_ACCOUNTS}</small>
</div>
<noscript>本页需要启用 JavaScript。 This page needs JavaScript.</noscript>
<div id="root"></div>
${scripts.map((s) => `<script>${s}</script>`).join('\n')}
</body>
</html>
`);
  return { body, packed: await gzip(body), policy: policyFor(scripts), etag: `"${hash(body).slice(0, 32)}"` };
}

/** JSON that cannot end the script element that it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('base64');

/** Only these scripts, only this host. The editor writes its styles at run time and starts its workers from blobs. */
const policyFor = (scripts: string[]): string =>
  [
    "default-src 'none'",
    `script-src ${scripts.map((s) => `'sha256-${hash(s)}'`).join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
