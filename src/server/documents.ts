import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import type { Text } from '../graph/language.js';
import { Lru } from '../graph/lru.js';
import {
  bracesIn,
  exceeded,
  LIMITS,
  longestName,
  type Measure,
  measure,
  notText,
  tooDeep,
  tooLongName,
  tooManyComparisons,
  tooManyTokens,
} from './limits.js';
import { Operands } from './operands.js';
import { inputProblem, Refusal } from './problems.js';
import { unsafeText } from './text.js';

/** A document that passed every check that does not depend on variables; what is derived from it is kept with it. */
export type Admitted = {
  document: DocumentNode;
  source: string;
  measure: Measure;
  operands: Operands;
  /** By the values that the cost depends on. */
  costs: Lru<string, number>;
};

const SYNTAX: Text = {
  zh: '查询语句有语法错误，请按所示位置修改。',
  en: 'The query has a syntax error; correct it at the place shown.',
};
const MISMATCH: Text = {
  zh: '查询与接口定义不符，请对照接口文档修改。',
  en: 'The query does not fit the schema; compare it with the documentation.',
};

/** graphql-js compares fields of one name pair by pair, and gives up in the end. */
const ABORTED = 'Validation aborted.';

/** Kept sources, in characters: a syntax tree takes up to a hundred times its source. */
const KEPT = 500_000;
/** The same of what was refused: it costs as much to find out. */
const REFUSED = 200_000;
const KEPT_EACH = 50_000;
/** No document weighs less than this: bounds the number of short ones. */
const WEIGHT = 500;

/** Parses, measures and validates; each document once, while it is kept. */
export class Documents {
  private readonly kept = new Lru<string, Admitted>(KEPT);
  /** Apart, so that what is wrong drives out nothing that is right. */
  private readonly refused = new Lru<string, Refusal>(REFUSED);

  constructor(private readonly schema: GraphQLSchema) {}

  admit(source: string): Admitted {
    const known = this.kept.get(source);
    if (known) return known;
    const refused = this.refused.get(source);
    if (refused) throw refused;
    const weight = Math.max(source.length, WEIGHT);
    try {
      const admitted = this.check(source);
      if (source.length <= KEPT_EACH) this.kept.set(source, admitted, weight);
      return admitted;
    } catch (error) {
      if (error instanceof Refusal && source.length <= KEPT_EACH) this.refused.set(source, error, weight);
      throw error;
    }
  }

  private check(source: string): Admitted {
    if (unsafeText(source)) throw new Refusal(notText());
    const document = this.parsed(source);
    const long = longestName(document);
    if (long > LIMITS.name) throw new Refusal(tooLongName(long));
    const sizes = guarded(source, () => measure(document));
    const limit = exceeded(sizes);
    if (limit) throw new Refusal(limit);
    const errors = guarded(source, () => validate(this.schema, document, undefined, { maxErrors: LIMITS.errors }));
    if (errors.some(({ message }) => message === ABORTED)) throw new Refusal(tooManyComparisons());
    if (errors.length > 0) {
      throw new Refusal(errors.slice(0, LIMITS.errors).map((e) => inputProblem(e, MISMATCH)));
    }
    const operands = guarded(source, () => new Operands(this.schema, document));
    return { document, source, measure: sizes, operands, costs: new Lru(50) };
  }

  private parsed(source: string): DocumentNode {
    return guarded(source, () => {
      try {
        return parse(source, { maxTokens: LIMITS.tokens });
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        const tooLong = error.message.includes('Parsing aborted');
        throw new Refusal(tooLong ? tooManyTokens() : inputProblem(error, SYNTAX));
      }
    });
  }
}

/** Recursion over a hostile document ends in an answer, not in a crash. */
function guarded<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(tooDeep(bracesIn(source)));
    if (error instanceof GraphQLError) throw new Refusal(error);
    throw error;
  }
}
