import type { Feature } from '../feature.js';
import { AccessToken, Account, ExpertAssignment } from './token.entity.js';
import { AccessTokenResolver, tokenPages, ViewerResolver } from './token.resolver.js';

export const tokens: Feature = {
  entities: [Account, AccessToken, ExpertAssignment],
  resolvers: [ViewerResolver, AccessTokenResolver],
  pages: tokenPages,
};
