import type { FastifyPluginAsync } from 'fastify';
import type { ReceiptKeys } from './receipt-keys.js';

/** The public keys with which anybody verifies a receipt, whenever and wherever. */
export const jwksRoute =
  (keys: ReceiptKeys): FastifyPluginAsync =>
  async (app) => {
    app.get('/.well-known/jwks.json', async (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=3600')
        .type('application/jwk-set+json')
        .send(JSON.stringify(keys.jwks())),
    );
  };
