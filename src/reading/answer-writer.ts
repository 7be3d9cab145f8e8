import { type FieldNode, type GraphQLField, GraphQLNonNull, type GraphQLObjectType, getNamedType } from 'graphql';
import type { EntityMetadata } from 'typeorm';
import { NotDirect } from '../graph/direct.js';
import type { Hints } from '../graph/hints.js';
import { type Selection, Writer } from './writer.js';

type Field = GraphQLField<unknown, unknown>;

/**
 * Writes the answer itself instead of rows for resolvers: keys are response names, values are as GraphQL writes them. Whatever
 * needs a resolver, or might put null where the schema has none, is not for it.
 */
export class AnswerWriter extends Writer {
  override object(table: EntityMetadata, alias: string, selection: Selection): string {
    const out = new Map<string, string>();
    for (const [responseName, nodes] of this.fields(selection))
      out.set(responseName, this.value(table, alias, selection.type, nodes));
    return this.json(out);
  }

  private value(table: EntityMetadata, alias: string, type: GraphQLObjectType, nodes: readonly FieldNode[]): string {
    const name = nodes[0].name.value;
    if (name === '__typename') return `'${type.name}'`;
    const field = type.getFields()[name];
    const hints = field.extensions as Hints;
    if (field.resolve || hints.needs || hints.derived || hints.page || field.args.length) throw new NotDirect(true);
    const inner = { type: getNamedType(field.type) as GraphQLObjectType, nodes };
    const relation = table.findRelationWithPropertyPath(hints.relation?.path ?? name);
    if (hints.listed) return this.listed(alias, hints.listed, inner, hints);
    if (hints.through) return this.through(table, alias, hints.through, inner, hints);
    if (relation) {
      if (isRequired(field) && !relation.isOneToMany && !this.seenWith(table, relation.inverseEntityMetadata))
        throw new NotDirect(false);
      return this.relation(table, alias, hints.relation?.path ?? name, inner, hints, {});
    }
    return this.plainColumn(table, alias, field);
  }

  /** Whoever sees the one sees the other: the second is for everybody, or under the very same condition. */
  private seenWith(table: EntityMetadata, to: EntityMetadata): boolean {
    const condition = (t: EntityMetadata) => this.allowed(t, 'x');
    return this.mayRead(to) && (condition(to) === 'TRUE' || condition(to) === condition(table));
  }

  private plainColumn(table: EntityMetadata, alias: string, field: Field): string {
    const column = table.findColumnWithPropertyName(field.name);
    if (!column) throw new NotDirect(true);
    if (!this.mayReadField(table, field.name) || (isRequired(field) && column.isNullable)) throw new NotDirect(false);
    const sql = `${alias}.${column.databaseName}`;
    // connections are in UTC
    return getNamedType(field.type).name === 'DateTime' ? `to_char(${sql}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : sql;
  }
}

const isRequired = (field: Field): boolean => field.type instanceof GraphQLNonNull;
