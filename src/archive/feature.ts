import type { Feature } from '../feature.js';
import { ReportArchiveResolver } from './archive.resolver.js';

export const archive: Feature = {
  resolvers: [ReportArchiveResolver],
};
