import { registerEnumType } from 'type-graphql';
import { both, type Language, type Text } from './language.js';

type EnumEntry = { labels: Record<string, Text> };
const enums = new Map<string, EnumEntry>();

/**
 * Declares an enum once: its values, both labels, and from them the GraphQL enum with a description for every value.
 * Returns the object of values; the matching type is `keyof typeof X`.
 */
export function labelledEnum<V extends string>(
  name: string,
  description: Text,
  labels: Record<V, Text>,
): { [K in V]: K } {
  const values = Object.fromEntries(Object.keys(labels).map((v) => [v, v])) as { [K in V]: K };
  enums.set(name, { labels });
  registerEnumType(values, {
    name,
    description: both(description),
    valuesConfig: Object.fromEntries(
      Object.entries<Text>(labels).map(([value, text]) => [value, { description: both(text) }]),
    ) as any,
  });
  return values;
}

export const labelsOf = (name: string): { value: string; zh: string; en: string }[] | undefined => {
  const found = enums.get(name);
  return found && Object.entries(found.labels).map(([value, text]) => ({ value, ...text }));
};

export function labelOf(name: string, value: string, language: Language): string {
  return enums.get(name)!.labels[value]![language];
}
export const enumNames = (): string[] => [...enums.keys()].sort();
