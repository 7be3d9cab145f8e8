import type { Feature } from '../feature.js';
import { RequiredSeal, SealAttestation } from './seal.entity.js';
import { SealResolver } from './seal.resolver.js';
import { SealRequestResolver } from './seal-request.resolver.js';
import { SealRequirement } from './seal-requirement.entity.js';

export const seals: Feature = {
  entities: [SealAttestation, RequiredSeal, SealRequirement],
  resolvers: [SealResolver, SealRequestResolver],
};
