import type { Feature } from '../feature.js';
import { Receipt } from './receipt.entity.js';
import { ReceiptResolver, RevisionReceiptsResolver } from './receipt.resolver.js';

export const receipts: Feature = {
  entities: [Receipt],
  resolvers: [ReceiptResolver, RevisionReceiptsResolver],
};
