import { Extensions } from 'type-graphql';

/** What the compiler of selections (reading/) must know of a GraphQL field beyond TypeORM's metadata. */
export type Hints = {
  /** A computed field: the columns that its resolver reads from the row; `relation.column` crosses a to-one relation. */
  needs?: readonly string[];
  /** Order of a list, as columns of the related entity; `-column` descends. */
  orderBy?: readonly string[];
  /** A list that crosses a link entity: `links.target`, only links with these constant values, in the links' order. */
  through?: { links: string; target: string; where?: Record<string, string>; orderBy: string };
  /** Rows of another relation: SQL tests by column; `first` takes one row. */
  relation?: { path: string; where?: Record<string, 'IS NULL' | 'IS NOT NULL'>; first?: boolean };
  /** Rows of another feature's entity that point here by their to-one relation `by`. */
  inverse?: { entity: string; by: string };
  /** The whole list is null for whoever may read none of it. */
  nullable?: boolean;
  /** A list: how many it holds at most, which is what it costs; one that holds more is an error, never a cut. */
  atMost?: AtMost;
  /** A long text: bytes that it can have; every other value is reckoned as a short one. */
  weighs?: number;
  /** A nested keyset page: the name of its definition (reading/pages.ts). */
  page?: string;
  /** A list of another entity's rows that a feature's SQL names and orders: a query of (id, position) by the row's alias and the instant. */
  listed?: { entity: string; rows(alias: string, now: string): string };
  /** SQL that a feature computes from the row's alias and the instant, for these roles only. */
  derived?: { key: string; roles: readonly string[]; sql(alias: string, now: string): string };
};

/**
 * `given`: fewer where this argument is given. `counts`: the argument whose values it answers one by one. `holds`: an error only
 * beyond this, where somebody could make the list longer than anybody honest does, and must not hide it from others by that.
 */
export type AtMost = { items: number; given?: Record<string, number>; counts?: string; holds?: number };
export const longest = ({ items, holds }: AtMost): number => holds ?? items;

/** Of a comment as people write them: few are long. */
export const COMMENT_BYTES = 600;
/** Of a signed link. */
export const LINK_BYTES = 500;

const hint = (hints: Hints) => Extensions(hints as Record<string, unknown>);

export const Needs = (...needs: string[]) => hint({ needs });
export const OrderBy = (...orderBy: string[]) => hint({ orderBy });
export const Through = (through: NonNullable<Hints['through']>) => hint({ through });
export const From = (path: string, where: NonNullable<Hints['relation']>['where'], orderBy: string[], first = false) =>
  hint({ relation: { path, where, first }, orderBy });
export const Inverse = (inverse: NonNullable<Hints['inverse']>, ...orderBy: string[]) => hint({ inverse, orderBy });
export const NullWhenHidden = () => hint({ nullable: true });
export const AtMost = (items: number, more: Omit<AtMost, 'items'> = {}) => hint({ atMost: { items, ...more } });
export const Weighs = (weighs: number) => hint({ weighs });
export const Paged = (page: string) => hint({ page });
export const Listed = (listed: NonNullable<Hints['listed']>) => hint({ listed });
export const Derived = (derived: NonNullable<Hints['derived']>) => hint({ derived });
