import type { Feature } from '../feature.js';
import { City, Department, Province } from './province.entity.js';
import { ProvinceResolver } from './province.resolver.js';

export const provinces: Feature = {
  entities: [Province, City, Department],
  resolvers: [ProvinceResolver],
};
