import type { DataSource } from 'typeorm';
import { clockNotice } from '../../src/database/clock.js';
import { ownerDataSource } from '../../src/database/data-source.js';

describe('a clock that is not the database server’s', () => {
  let source: DataSource;
  beforeAll(async () => {
    source = await ownerDataSource({ url: process.env.TEST_DATABASE_URL! }).initialize();
  });
  afterAll(() => source?.destroy());
  // the server of a run is this machine, whose clock is the same
  const of = (ms: number) => clockNotice(source, () => new Date(Date.now() + ms));

  it('is told, ahead or behind, and one that is close enough is not', async () => {
    expect(await of(0)).toBeUndefined();
    expect(await of(1500)).toBeUndefined();
    expect(await of(-1500)).toBeUndefined();
    expect((await of(60_000))!.zh).toMatch(/^本机时钟比数据库服务器快 (59|60) 秒/);
    expect((await of(60_000))!.en).toMatch(/^This machine’s clock is (59|60) s ahead of the database server’s/);
    expect((await of(-3_600_000))!.en).toMatch(/^This machine’s clock is (3599|3600|3601) s behind/);
  });
});
