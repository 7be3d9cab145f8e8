import type { Feature } from '../feature.js';
import { AuditEntry, OutboxEvent } from './audit.entity.js';

export const audit: Feature = {
  entities: [AuditEntry, OutboxEvent],
};
