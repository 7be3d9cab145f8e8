import type { Feature } from '../feature.js';
import { ReportTemplate } from './template.entity.js';
import { ReportTemplateResolver } from './template.resolver.js';

export const templates: Feature = {
  entities: [ReportTemplate],
  resolvers: [ReportTemplateResolver],
};
