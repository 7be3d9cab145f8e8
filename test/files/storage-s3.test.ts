import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Storage } from '../../src/files/s3-storage.js';
import { PART_BYTES, StorageUnavailable } from '../../src/files/storage.js';
import { ApiError } from '../../src/graph/errors.js';
import { announced, folder } from './samples.js';
import { codeOf, fixture, put } from './storage-fixture.js';

const f = await fixture('s3');
const s3 = f.s3!;
const dir = await folder();
const data = randomBytes(100_000);
const large = randomBytes(2 * PART_BYTES);

describe('an S3 server', () => {
  it('gets links that are signed for its public address, the length and the type', async () => {
    const config = { ...s3.config, publicEndpoint: 'https://files.example.cn' };
    const now = () => new Date('2027-01-01T00:00:00Z');
    const storage = new S3Storage({ config, scratch: dir, now });
    const expiresAt = new Date('2027-01-01T00:30:00Z');
    const order = { id: 'upl_1', tokenId: 'tok_1', announced: announced(large), expiresAt };
    const { url, parts } = await storage.ticket(order, 'http://never');
    for (const one of [url, ...parts.map((part) => part.url)]) {
      const { origin, pathname, searchParams } = new URL(one);
      expect(origin).toBe('https://files.example.cn');
      expect(pathname).toMatch(/^\/consortia\/\.incoming\/upl_1\/(whole|1|2)$/);
      expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
      expect(searchParams.get('X-Amz-Expires')).toBe('1800');
      expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    }
    storage.close();
  });

  it('is found missing at once, and again once it is back', async () => {
    const ticket = await f.announce(data);
    await put(ticket.url, data);
    await s3.stop();
    const started = Date.now();
    const uses = [
      f.storage.settle(ticket.id, announced(data), 'documents/stopped'),
      f.storage.put('documents/a', data),
      f.storage.open('documents/a'),
      f.storage.local('documents/a'),
      f.storage.sizeOf('documents/a'),
      f.storage.remove('documents/a'),
      f.storage.abandon(new Date()),
      f.storage.list('documents/')[Symbol.asyncIterator]().next(),
    ];
    for (const result of await Promise.allSettled(uses)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(StorageUnavailable);
      expect(reason).toBeInstanceOf(ApiError);
      expect(reason.extensions).toEqual({ code: 'UNAVAILABLE', retryable: true });
    }
    expect(Date.now() - started).toBeLessThan(5_000);
    await s3.start();
    await f.storage.settle(ticket.id, announced(data), 'documents/stopped');
    expect(await f.storage.sizeOf('documents/stopped')).toBe(data.length);
  });

  it('may stop in the middle of settling: nothing is kept, and it is done the next time', async () => {
    const ticket = await f.announce(large);
    for (const { url, start, end } of ticket.parts) await put(url, large.subarray(start, end + 1));
    const settling = codeOf(f.storage.settle(ticket.id, announced(large), 'documents/middle'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await s3.stop();
    const outcome = await settling;
    await s3.start();
    expect(outcome).toMatch(/^other: .*storage is not available/);
    expect(await f.storage.sizeOf('documents/middle')).toBeUndefined();
    await f.storage.settle(ticket.id, announced(large), 'documents/middle');
    const kept = await f.storage.open('documents/middle');
    expect((await buffer(kept.stream)).equals(large)).toBe(true);
  });

  it('may accept and never answer', async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const config = { ...s3.config, endpoint };
    const timeouts = { connectionTimeout: 300, socketTimeout: 300 };
    const storage = new S3Storage({ config, scratch: dir, now: () => new Date(), timeouts });
    const started = Date.now();
    await expect(storage.sizeOf('documents/a')).rejects.toBeInstanceOf(StorageUnavailable);
    expect(Date.now() - started).toBeLessThan(5_000);
    storage.close();
    silent.closeAllConnections();
    silent.close();
  });

  it('says that it is full, as another server does', async () => {
    const full = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.statusCode = request.method === 'PUT' ? 507 : 404;
        response.end(request.method === 'PUT' ? '<Error><Code>XMinioStorageFull</Code></Error>' : '');
      });
    });
    await new Promise<void>((listening) => full.listen(0, '127.0.0.1', listening));
    const endpoint = `http://127.0.0.1:${(full.address() as AddressInfo).port}`;
    const storage = new S3Storage({ config: { ...s3.config, endpoint }, scratch: dir, now: () => new Date() });
    expect(await codeOf(storage.put('documents/a', data))).toBe('NO_SPACE');
    storage.close();
    full.closeAllConnections();
    full.close();
  });

  it('lists more than one page', async () => {
    const keys = Array.from({ length: 1_005 }, (_, i) => `pages/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((key) => f.storage.put(key, Buffer.from('x'))));
    const listed: string[] = [];
    for await (const { key } of f.storage.list('pages/')) listed.push(key);
    expect(listed).toEqual(keys);
  });

  it('keeps a copy that was left while settling out of the lists, and abandons it', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = s3.config;
    const client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: '.settling/upl_x/copy', Body: data }));
    client.destroy();
    await f.storage.put('documents/lent', data);
    const lent = await f.storage.local('documents/lent');
    const seen: string[] = [];
    for await (const { key } of f.storage.list('.settling/')) seen.push(key);
    expect(seen).toEqual([]);
    await f.storage.abandon(new Date(Date.now() + 5_000));
    expect(await f.storage.abandon(new Date(Date.now() + 5_000))).toBe(0);
    expect(existsSync(lent.path)).toBe(false);
    await lent.release();
  });
});

it('makes its copies in a folder of its own', async () => {
  await f.storage.put('documents/copy', data);
  const { path, release } = await f.storage.local('documents/copy');
  expect(path.startsWith(join(f.dir, 'copies'))).toBe(true);
  await release();
});
