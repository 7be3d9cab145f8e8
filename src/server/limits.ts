import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type Token,
  TokenKind,
  type ValueNode,
} from 'graphql';
import { ApiError } from '../graph/errors.js';
import { badInput } from './problems.js';
import { unsafeText } from './text.js';

/** What one request may ask for. The figures leave room for every page of the interface and refuse what only an attack needs. */
export const LIMITS = {
  bodyBytes: 1_048_576,
  tokens: 10_000,
  depth: 15,
  aliases: 200,
  directives: 100,
  /** Fields after fragments are spread: bounds validation, which compares fields with each other. */
  selections: 2_000,
  /** One name in one selection set with its fragments spread, and definitions in one document: what validation compares pair by pair. */
  repeats: 50,
  definitions: 200,
  /** Of everything that a document names: aliases, operations, fragments, variables. An answer repeats its names at every row. */
  name: 64,
  valueDepth: 50,
  /** Objects, lists and values in the variables together. */
  values: 10_000,
  cost: 20_000,
  errors: 20,
} as const;

export type Measure = {
  depth: number;
  aliases: number;
  directives: number;
  selections: number;
  repeats: number;
  definitions: number;
};

/** How often each response name stands in a selection set. */
type Names = Map<string, number>;
type Spread = { sizes: Measure; names: Names };

const NOTHING: Measure = { depth: 0, aliases: 0, directives: 0, selections: 0, repeats: 0, definitions: 0 };

/**
 * Sizes of the largest definition with its fragments spread, in one pass over the syntax tree: before validation, whose
 * rules are not all linear. Each fragment is measured once, so neither cycles nor powers of two cost time.
 */
export function measure(document: DocumentNode): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const d of document.definitions) if (d.kind === Kind.FRAGMENT_DEFINITION) fragments.set(d.name.value, d);
  const measured = new Map<string, Spread>();
  let repeats = 0;
  let noted = 0;

  const note = (names: Names, name: string, times: number): void => {
    const total = (names.get(name) ?? 0) + times;
    names.set(name, total);
    noted++;
    repeats = Math.max(repeats, total);
  };

  const fragment = (name: string): Spread => {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, { sizes: NOTHING, names: new Map() });
    const definition = fragments.get(name);
    const names: Names = new Map();
    const found = { sizes: definition ? selections(definition.selectionSet, names) : NOTHING, names };
    measured.set(name, found);
    return found;
  };

  /** `names`: of the selection set in which it stands, counted. */
  const selection = (node: SelectionNode, names: Names): Measure => {
    const directives = directivesIn(node.directives);
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const spread = fragment(node.name.value);
      // what is refused already need not be counted to the end
      if (repeats <= LIMITS.repeats && noted <= LIMITS.selections * LIMITS.definitions)
        for (const [name, times] of spread.names) note(names, name, times);
      return plus(spread.sizes, { directives });
    }
    if (node.kind === Kind.INLINE_FRAGMENT) return plus(selections(node.selectionSet, names), { directives });
    note(names, (node.alias ?? node.name).value, 1);
    const inside = selections(node.selectionSet, new Map());
    for (const argument of node.arguments ?? []) checkValue(argument.value);
    // introspection has its own limit among the validation rules
    const depth = node.name.value.startsWith('__') ? 1 : inside.depth + 1;
    return { ...plus(inside, { directives, aliases: node.alias ? 1 : 0, selections: 1 }), depth };
  };

  const selections = (set: SelectionSetNode | undefined, names: Names): Measure => {
    let sum = NOTHING;
    for (const node of set?.selections ?? []) {
      const one = selection(node, names);
      sum = { ...plus(sum, one), depth: Math.max(sum.depth, one.depth) };
    }
    return sum;
  };

  const definition = (node: DefinitionNode): Measure => {
    if (node.kind === Kind.FRAGMENT_DEFINITION) {
      return plus(fragment(node.name.value).sizes, { directives: directivesIn(node.directives) });
    }
    if (node.kind !== Kind.OPERATION_DEFINITION) return NOTHING;
    let directives = directivesIn(node.directives);
    for (const variable of node.variableDefinitions ?? []) {
      directives += directivesIn(variable.directives);
      if (variable.defaultValue) checkValue(variable.defaultValue);
    }
    return plus(selections(node.selectionSet, new Map()), { directives });
  };

  const all = document.definitions.map(definition);
  const largest = (key: keyof Measure) => all.reduce((most, m) => Math.max(most, m[key]), 0);
  return {
    depth: largest('depth'),
    aliases: largest('aliases'),
    directives: largest('directives'),
    selections: largest('selections'),
    repeats,
    definitions: all.length,
  };
}

function plus(m: Measure, more: Partial<Measure>): Measure {
  return {
    depth: m.depth,
    aliases: m.aliases + (more.aliases ?? 0),
    directives: m.directives + (more.directives ?? 0),
    selections: m.selections + (more.selections ?? 0),
    repeats: 0,
    definitions: 0,
  };
}

function directivesIn(directives: readonly DirectiveNode[] | undefined): number {
  for (const d of directives ?? []) for (const argument of d.arguments ?? []) checkValue(argument.value);
  return directives?.length ?? 0;
}

function checkValue(value: ValueNode, depth = 1): void {
  if (depth > LIMITS.valueDepth) throw valueTooDeep();
  if (value.kind === Kind.STRING && unsafeText(value.value)) throw notText();
  if (value.kind === Kind.LIST) for (const item of value.values) checkValue(item, depth + 1);
  if (value.kind === Kind.OBJECT) for (const field of value.fields) checkValue(field.value, depth + 1);
}

/** Over the tokens, so that no kind of name is left out. */
export function longestName({ loc }: DocumentNode): number {
  let longest = 0;
  for (let token: Token | null = loc?.startToken ?? null; token; token = token.next)
    if (token.kind === TokenKind.NAME) longest = Math.max(longest, token.end - token.start);
  return longest;
}

/** The first limit that a document exceeds. */
export function exceeded(m: Measure): ApiError | undefined {
  if (m.depth > LIMITS.depth) return tooDeep(m.depth);
  if (m.aliases > LIMITS.aliases) return tooMany('aliases', m.aliases, '别名', 'aliases');
  if (m.directives > LIMITS.directives) return tooMany('directives', m.directives, '指令', 'directives');
  if (m.selections > LIMITS.selections) return tooMany('selections', m.selections, '字段', 'fields');
  if (m.definitions > LIMITS.definitions) return tooMany('definitions', m.definitions, '操作和片段', 'definitions');
  if (m.repeats > LIMITS.repeats) return tooMany('repeats', m.repeats, '同名字段', 'fields of one name');
  return undefined;
}

export const tooDeep = (actual: number): ApiError =>
  new ApiError('QUERY_TOO_DEEP', { params: { limit: LIMITS.depth, actual: Math.min(actual, LIMITS.tokens) } });

function tooMany(what: string, actual: number, zh: string, en: string): ApiError {
  return new ApiError('QUERY_TOO_COSTLY', {
    message: { zh: `查询中的${zh}过多，请减少后重试。`, en: `The query has too many ${en}; use fewer.` },
    params: { what, limit: LIMITS[what as 'aliases'], actual: Math.min(actual, 1_000_000_000) },
  });
}

export const tooLongName = (actual: number): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: {
      zh: `查询中的名称（别名、操作、片段、变量）至多 ${LIMITS.name} 个字符，请改短。`,
      en: `A name in the query (alias, operation, fragment, variable) takes ${LIMITS.name} characters at most; shorten it.`,
    },
    params: { what: 'name', limit: LIMITS.name, actual },
  });

export const tooManyValues = (): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: { zh: '变量中的值过多，请减少后重试。', en: 'The variables hold too many values; send fewer.' },
    params: { what: 'values', limit: LIMITS.values },
  });

export const tooManyComparisons = (): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: {
      zh: '查询中同名字段的组合过多，请减少后重试。',
      en: 'The query combines too many fields of one name; use fewer.',
    },
    params: { what: 'repeats' },
  });

export const tooManyTokens = (): ApiError =>
  new ApiError('QUERY_TOO_COSTLY', {
    message: { zh: '查询语句过长，请拆成几个较短的查询。', en: 'The query is too long; split it into shorter ones.' },
    params: { what: 'tokens', limit: LIMITS.tokens },
  });

export const valueTooDeep = (): ApiError =>
  badInput(
    { zh: '参数值嵌套过深，请减少层数。', en: 'A value is nested too deeply; use fewer levels.' },
    { limit: LIMITS.valueDepth },
  );

export const notText = (): ApiError =>
  badInput({
    zh: '文本中含有空字符或不成对的代理码元，请删除后重试。',
    en: 'A text contains a NUL character or half of a surrogate pair; remove it.',
  });

/** How deep the braces of a document nest that was too deep even to parse. */
export function bracesIn(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of source.matchAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[{}]/g)) {
    if (token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === '}') depth--;
  }
  return deepest;
}
