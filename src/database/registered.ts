/** What a thing is called: in the generated pages, and at the front of its ids, the same opaque string in URLs, exports and logs. */
export type Registration = { prefix?: string; zh: string; en: string };

const kinds = new Map<string, Registration>();
const types = new Map<string, string>();

/** Beside the class of an entity: the prefix of its ids, where it has any, and its words in both languages. */
export const Registered =
  (registration: Registration): ClassDecorator =>
  ({ name }) =>
    register(name, registration);

/** For what has ids and no table. */
export function register(type: string, registration: Registration): void {
  const { prefix } = registration;
  if (kinds.has(type)) throw new Error(`${type} is registered twice`);
  if (prefix !== undefined) {
    if (!/^[a-z]{3}$/.test(prefix)) throw new Error(`${type}: the prefix ${prefix} is not three small letters`);
    if (types.has(prefix)) throw new Error(`${type} and ${types.get(prefix)} have the same prefix`);
    types.set(prefix, type);
  }
  kinds.set(type, registration);
}

export const registrationOf = (type: string): Registration | undefined => kinds.get(type);
export const typeOfPrefix = (prefix: string): string | undefined => types.get(prefix);

export function kindOf(of: Function | string): Registration & { prefix: string } {
  const type = typeof of === 'string' ? of : of.name;
  const { prefix, ...words } = kinds.get(type) ?? { zh: '', en: '' };
  if (prefix === undefined) throw new Error(`${type} has no ids: @Registered`);
  return { prefix, ...words };
}
