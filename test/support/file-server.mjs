// A process that serves uploads and downloads and settles what arrived, to be watched and killed: started by storage-process.test.ts.
import fastify from 'fastify';
import { FileLinks } from '../../dist/src/files/links.js';
import { localStorage } from '../../dist/src/files/local-storage.js';
import { fileRoutes } from '../../dist/src/files/routes.js';
import { S3Storage } from '../../dist/src/files/s3-storage.js';
import { UrlSigner } from '../../dist/src/files/signing.js';

const { dir, secret, grants, downloads, s3 } = JSON.parse(process.argv[2]);
const signer = new UrlSigner(Buffer.from(secret, 'hex'));
const now = () => new Date();
const local = localStorage(dir, { links: new FileLinks(signer) });
const storage = s3 ? new S3Storage({ config: s3, scratch: `${dir}/copies`, now }) : local;

const app = fastify();
await app.register((scope) =>
  fileRoutes(scope, {
    storage,
    receiver: local,
    signer,
    now,
    onUpload: async ({ id }) => grants[id] ?? null,
    onDownload: { documents: async ({ id }) => downloads[id] ?? null },
  }),
);
const base = await app.listen({ port: 0, host: '127.0.0.1' });

/** What is held, garbage apart: how much of that lies about is the collector's affair, and another one's in each Node. */
function held() {
  // buffers that a collection found are given back by the next one
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
let most = 0;
/** Collecting takes some 20 ms itself, between two chunks of 64 KiB; what is held is held for much longer than this. */
const EVERY_MS = 250;

const work = {
  /** From here on the peak is counted; answers what it is now. */
  begin: async () => {
    most = held();
    setInterval(() => {
      most = Math.max(most, held());
    }, EVERY_MS);
    return most;
  },
  peak: async () => most,
  settle: ({ id, announced, key }) =>
    storage.settle(id, announced, key).then(
      () => 'kept',
      (error) => error.code ?? String(error),
    ),
};
process.on('message', async ({ ask, ...rest }) => process.send({ answer: await work[ask](rest) }));
process.on('disconnect', () => process.exit());
process.send({ base });
