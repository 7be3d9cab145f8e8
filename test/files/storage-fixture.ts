import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fastify from 'fastify';
import { FileLinks } from '../../src/files/links.js';
import { localStorage } from '../../src/files/local-storage.js';
import { fileRoutes, type UploadGrant } from '../../src/files/routes.js';
import { S3Storage } from '../../src/files/s3-storage.js';
import { UrlSigner } from '../../src/files/signing.js';
import { type Receiver, type Storage, UploadError, type UploadTicket } from '../../src/files/storage.js';
import { type S3Server, s3Server } from '../support/s3.js';
import { announced, folder } from './samples.js';

export type Fixture = {
  storage: Storage & Partial<Receiver>;
  s3?: S3Server;
  dir: string;
  base: string;
  /** An upload of these bytes, and where to send them. */
  announce(bytes: Buffer, lifetimeMs?: number): Promise<UploadTicket & { id: string }>;
};

/** A storage with the routes that belong to it, over real HTTP. */
export async function fixture(kind: 'local' | 's3'): Promise<Fixture> {
  const dir = await folder();
  const signer = new UrlSigner(randomBytes(32));
  const now = () => new Date();
  const s3 = kind === 's3' ? await s3Server() : undefined;
  const local = localStorage(dir, { links: new FileLinks(signer) });
  const storage = s3 ? new S3Storage({ config: s3.config, scratch: join(dir, 'copies'), now }) : local;
  const uploads = new Map<string, UploadGrant>();
  const app = fastify({ forceCloseConnections: true });
  await app.register((scope) =>
    fileRoutes(scope, {
      storage,
      receiver: s3 ? undefined : local,
      signer,
      now,
      onUpload: async ({ id }) => uploads.get(id) ?? null,
      onDownload: {},
    }),
  );
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  afterAll(async () => {
    await app.close();
    if (storage instanceof S3Storage) storage.close();
    await s3?.close();
  });
  return {
    storage,
    s3,
    dir,
    base,
    async announce(bytes, lifetimeMs = 600_000) {
      const id = `upl_${randomUUID().replaceAll('-', '')}`;
      uploads.set(id, { uploadId: id, ...announced(bytes) });
      const expiresAt = new Date(Date.now() + lifetimeMs);
      const order = { id, tokenId: 'tok_1', announced: announced(bytes), expiresAt };
      return { id, ...(await storage.ticket(order, base)) };
    },
  };
}

export async function put(url: string, bytes: Buffer): Promise<number> {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers });
  await answer.arrayBuffer();
  return answer.status;
}

/** Of a promise: `kept`, the code of an upload's error, or whatever else it was. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'kept',
    (error) => (error instanceof UploadError ? error.code : `other: ${error}`),
  );
