import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOUNDS } from '../../src/files/inspection/bounds.js';
import { PERMISSION, startChild } from '../../src/processes/start.js';

/** What somebody would try whose file has made a parser do as it likes. */
const ATTEMPTS: Record<string, string> = {
  read: "(await import('node:fs')).readFileSync(SECRET)",
  list: "(await import('node:fs')).readdirSync(FOLDER)",
  readBesideTheCode: "(await import('node:fs')).readFileSync(process.cwd() + '/README.md')",
  write: "(await import('node:fs')).writeFileSync(FOLDER + '/written', 'x')",
  writeCode: "(await import('node:fs')).writeFileSync(process.cwd() + '/dist/written', 'x')",
  process: "(await import('node:child_process')).spawnSync('/bin/ls')",
  thread: "new (await import('node:worker_threads')).Worker('1', { eval: true })",
  native: "process.dlopen({ exports: {} }, FOLDER + '/x.node')",
  inspector: "new (await import('node:inspector')).Session().connect()",
};
const known = PERMISSION ? it : it.skip;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restricted-'));
  await mkdir(join(dir, 'files'));
  await writeFile(join(dir, 'files', 'secret'), 'another board’s paper');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs in the process itself, before its own program. */
function attempt(entry: string, code: string): Promise<unknown> {
  const script = `const SECRET = ${JSON.stringify(join(dir, 'files', 'secret'))}, FOLDER = ${JSON.stringify(join(dir, 'files'))};
    try { ${code}; process.send({ tried: 'done' }); } catch (error) { process.send({ tried: error.code }); }`;
  const child = startChild(
    entry,
    [JSON.stringify(BOUNDS)],
    ['--import', `data:text/javascript,${encodeURIComponent(script)}`],
  );
  return new Promise((resolve, reject) => {
    child.on('message', (message: { tried?: string }) => {
      if (!message.tried) return;
      resolve(message.tried);
      child.kill('SIGKILL');
    });
    child.on('exit', () => reject(new Error('it ended without a word')));
  });
}

describe.each(['src/files/inspection/child.js', 'src/templates/child.js', 'src/processes/guard.js'])('%s', (entry) => {
  known.each(Object.entries(ATTEMPTS))('may not: %s', async (_, code) => {
    expect(await attempt(entry, code)).toMatch(/^ERR_(?:ACCESS_DENIED|DLOPEN_DISABLED)$/);
  });

  it('has nothing of the environment', async () => {
    const names = "throw Object.assign(new Error(), { code: 'has:' + Object.keys(process.env) })";
    expect(await attempt(entry, names)).toMatch(/^has:(?:NODE_CHANNEL\w+,?|SystemRoot,?|TEMP,?|__CF\w+,?)*$/);
  });
});

it('is what every version has that may run this', () => {
  const has = spawnSync(process.execPath, [
    PERMISSION ?? '--permission',
    '-e',
    'process.exit(process.permission ? 7 : 8)',
  ]);
  expect(has.status).toBe(7);
});
