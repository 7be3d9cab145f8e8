import { getMetadataStorage } from 'type-graphql';
import { features } from './features.js';
import { Node } from './graph/node.js';

/** Every table there is: each needs a rule in access/policy.ts and a policy in migrations/. */
export const entities: Function[] = features.flatMap((feature) => [...(feature.entities ?? [])]);

/** Whatever `node(id)` may answer, whether or not a field leads to it: the tables that are objects of the API as well. */
export const nodes = (): Function[] => {
  const objects = getMetadataStorage().objectTypes.filter(({ interfaceClasses }) => interfaceClasses?.includes(Node));
  return entities.filter((entity) => objects.some(({ target }) => target === entity));
};
