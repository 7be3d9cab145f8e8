import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
});

test('a damaged file is said to be one and is left as it is', async () => {
  await Tokens.open(folder, true, now);
  await writeFile(join(folder, 'keys', 'token-key.json'), '{"priv');
  await expect(Tokens.open(folder, true, now)).rejects.toThrow(/无法读取.*can't be read/s);
});
