import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '../../src/access/tokens.js';

let folder: string;
const now = () => new Date();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consortia-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('production refuses a demo key and opens its own', async () => {
  await Tokens.open(folder, false, now);
  await expect(Tokens.open(folder, true, now)).rejects.toThrow(/演示密钥.*demo key/s);
  await rm(join(folder, 'keys'), { recursive: true });
  await Tokens.open(folder, true, now);
  await Tokens.open(folder, true, now);
  // and a demonstration does not sign with a production key
  await expect(Tokens.open(folder, false, now)).rejects.toThrow(/生产环境的密钥.*production key/s);
});

test('of many first starts one makes the key and all read it whole; one that was killed leaves nothing', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => Tokens.open(folder, true, now)));
  const claims = {
    id: 'tok_1',
    accountId: 'acc_1',
    name: 'n',
    role: 'ADMINISTRATOR' as const,
    expiresAt: new Date(Date.now() + 60_000),
  };
  const nowhere = { provinceId: null, cityId: null, department: null, consortiumId: null };
  for (const one of all)
    expect((await all[0].actorOf(`Bearer ${await one.sign({ ...claims, ...nowhere })}`)).tokenId).toBe('tok_1');
  expect(await readdir(join(folder, 'keys'))).toEqual(['token-key.json']);
});

test('a damaged file is said to be one and is left as it is', async () => {
  await Tokens.open(folder, true, now);
  for (const damaged of ['{"priv', '', 'null', '{}']) {
    await writeFile(join(folder, 'keys', 'token-key.json'), damaged);
    await expect(Tokens.open(folder, true, now)).rejects.toThrow(/无法读取.*can't be read/s);
  }
});
