import type { Feature } from '../feature.js';
import { Organization, Park } from './organization.entity.js';
import { OrganizationResolver, organizationPages } from './organization.resolver.js';

export const organizations: Feature = {
  entities: [Park, Organization],
  resolvers: [OrganizationResolver],
  pages: organizationPages,
};
