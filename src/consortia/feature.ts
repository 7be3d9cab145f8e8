import type { Feature } from '../feature.js';
import { Consortium, ConsortiumPark, Designation, Membership } from './consortium.entity.js';
import { ConsortiumResolver, consortiumPages } from './consortium.resolver.js';

export const consortia: Feature = {
  entities: [Designation, Consortium, ConsortiumPark, Membership],
  resolvers: [ConsortiumResolver],
  pages: consortiumPages,
};
