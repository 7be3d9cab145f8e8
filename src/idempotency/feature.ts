import type { Feature } from '../feature.js';
import { IdempotentAnswer } from './answer.entity.js';

export const idempotency: Feature = {
  entities: [IdempotentAnswer],
};
