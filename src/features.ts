import 'reflect-metadata';
import { archive } from './archive/feature.js';
import { audit } from './audit/feature.js';
import { boards } from './boards/feature.js';
import { consortia } from './consortia/feature.js';
import type { Feature } from './feature.js';
import { idempotency } from './idempotency/feature.js';
import { organizations } from './organizations/feature.js';
import { provinces } from './provinces/feature.js';
import { receipts } from './receipts/feature.js';
import { reports } from './reports/feature.js';
import { seals } from './seals/feature.js';
import { templates } from './templates/feature.js';
import { tokens } from './tokens/feature.js';

/** Every feature there is; a new folder is one line here. */
export const features: Feature[] = [
  provinces,
  organizations,
  consortia,
  boards,
  reports,
  seals,
  receipts,
  templates,
  archive,
  tokens,
  audit,
  idempotency,
];
