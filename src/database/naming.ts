import { DefaultNamingStrategy, type NamingStrategyInterface, type Table } from 'typeorm';

export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
const nameOf = (table: Table | string) => (typeof table === 'string' ? table : table.name).split('.').pop();
// PostgreSQL cuts names at 63 bytes, and a cut name is reported as drift for ever
const named = (kind: string, table: Table | string, columns: string[]) =>
  `${kind}_${nameOf(table)}_${columns.join('_')}`.slice(0, 63);

/** snake_case, and every constraint named after its table and columns, so that migrations compare equal. */
export class Naming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override tableName(className: string, given: string | undefined) {
    return given ?? snake(className);
  }
  override columnName(property: string, given: string | undefined, prefixes: string[]) {
    return [...prefixes, given ?? snake(property)].join('_');
  }
  override joinColumnName(relation: string, referenced: string) {
    return snake(`${relation}_${referenced}`);
  }
  override primaryKeyName(table: Table | string, columns: string[]) {
    return named('pk', table, columns);
  }
  override foreignKeyName(table: Table | string, columns: string[]) {
    return named('fk', table, columns);
  }
  override uniqueConstraintName(table: Table | string, columns: string[]) {
    return named('uq', table, columns);
  }
  override relationConstraintName(table: Table | string, columns: string[]) {
    return named('uq', table, columns);
  }
  override indexName(table: Table | string, columns: string[]) {
    return named('ix', table, columns);
  }
}
