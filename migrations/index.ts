import { Schema1732400000000 } from './1732400000000-schema.js';
import { Access1732400100000 } from './1732400100000-access.js';
import { Guards1732400200000 } from './1732400200000-guards.js';
import { Files1732400300000 } from './1732400300000-files.js';
import { Order1732400400000 } from './1732400400000-order.js';
import { Narrower1732400500000 } from './1732400500000-narrower.js';
import { Firmer1732400600000 } from './1732400600000-firmer.js';
import { Revoked1732400700000 } from './1732400700000-revoked.js';
import { Answers1732400800000 } from './1732400800000-answers.js';
import { Kept1732400900000 } from './1732400900000-kept.js';
import { Published1732401300000 } from './1732401300000-published.js';
import { Steps1732401400000 } from './1732401400000-steps.js';
import { Declared1732401500000 } from './1732401500000-declared.js';

/** In order; imported, so that a build has them all. */
export const migrations = [
  Schema1732400000000,
  Access1732400100000,
  Guards1732400200000,
  Files1732400300000,
  Order1732400400000,
  Narrower1732400500000,
  Firmer1732400600000,
  Revoked1732400700000,
  Answers1732400800000,
  Kept1732400900000,
  Published1732401300000,
  Steps1732401400000,
  Declared1732401500000,
];
