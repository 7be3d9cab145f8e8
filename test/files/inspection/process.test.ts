import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Inspector, refused } from '../../../src/files/inspection/inspector.js';
import { CATALOG, CONTENTS, PAGE, PAGES, pdfOf, wordParts, zipOf } from '../samples.js';
import { checking, dice } from './support.js';

const { dir, inspect } = await checking();
const plain = pdfOf([CATALOG, PAGES, PAGE, CONTENTS]);
const docx = await zipOf(wordParts());
const onLinux = process.platform === 'linux' ? it : it.skip;

/** So many objects that a check is busy for ten seconds, or for one. */
const busyFile = async (name: string, objects: number) => {
  await writeFile(join(dir, name), `%PDF-1.7\n${'1 0 obj << /A [1 2 3] >> endobj\n'.repeat(objects)}`);
  return join(dir, name);
};
const slow = await busyFile('slow.pdf', 800_000);
const busy = await busyFile('busy.pdf', 60_000);
const docxPath = join(dir, 'plain.docx');
await writeFile(docxPath, docx);

describe('an inspector', () => {
  it('rejects only when the path can’t be read', async () => {
    const inspector = new Inspector();
    await expect(inspector.inspect(join(dir, 'none'), 'WORD', 'a.docx')).rejects.toThrow('ENOENT');
    await expect(inspector.inspect(dir, 'WORD', 'a.docx')).rejects.toThrow('not a file');
    await inspector.stop();
    await expect(inspector.inspect(docxPath, 'WORD', 'a.docx')).rejects.toThrow('stopped');
  });

  it('refuses what is too large without reading it', async () => {
    const inspector = new Inspector({ fileBytes: 10 });
    const found = await inspector.inspect(docxPath, 'WORD', 'a.docx');
    expect(found.findings).toEqual(['UNPACKS_TOO_LARGE']);
    expect(refused(found)).toBe(true);
    expect(refused({ findings: ['SCAN_ONLY', 'EMBEDDED_FILE'] })).toBe(false);
    await inspector.stop();
  });

  it('kills what takes too long, and goes on', async () => {
    const inspector = new Inspector({ milliseconds: 3_000, children: 1 });
    await inspector.inspect(docxPath, 'WORD', 'a.docx');
    const started = Date.now();
    const [late, after] = await Promise.all([
      inspector.inspect(slow, 'STAMPED_PDF', 'a.pdf'),
      inspector.inspect(docxPath, 'WORD', 'a.docx'),
    ]);
    expect(late).toMatchObject({ findings: ['TIMED_OUT'], ended: 'time' });
    expect(after).toMatchObject({ findings: [] });
    expect(after.ended).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(15_000);
    await inspector.stop();
  });

  onLinux('has two processes at most, uses them again, and ends them when idle', async () => {
    const inspector = new Inspector({ idleMilliseconds: 100, jobsPerChild: 8 });
    const seen = new Set<number>();
    let most = 0;
    let done = false;
    const watch = (async () => {
      while (!done) {
        const now = await childrenOf(process.pid, inspector);
        for (const pid of now) seen.add(pid);
        most = Math.max(most, now.length);
        await wait(15);
      }
    })();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => inspector.inspect(docxPath, 'WORD', 'a.docx', `owner ${i % 4}`)),
    );
    done = true;
    await watch;
    expect(all.every((i) => i.findings.length === 0)).toBe(true);
    expect(most).toBe(2);
    expect(seen.size).toBeLessThanOrEqual(4);
    await wait(400);
    expect(await childrenOf(process.pid, inspector)).toEqual([]);
    await inspector.stop();
  });

  onLinux('tries once more when the system kills a check, and then says that the file is damaged', async () => {
    const inspector = new Inspector({ children: 1 });
    await inspector.inspect(docxPath, 'WORD', 'a.docx');
    const [before] = await childrenOf(process.pid, inspector);
    const check = inspector.inspect(busy, 'STAMPED_PDF', 'a.pdf');
    await wait(100);
    process.kill(before, 'SIGKILL');
    const once = await check;
    expect(await childrenOf(process.pid, inspector)).not.toContain(before);
    // what it is whoever asks: it has no end
    expect(once.findings).toEqual(['DAMAGED']);

    const twice = inspector.inspect(slow, 'STAMPED_PDF', 'a.pdf');
    const killed = new Set<number>();
    while (killed.size < 2) {
      await wait(50);
      for (const { pid, isReady } of handlesOf(inspector)) {
        if (killed.has(pid) || !isReady) continue;
        await wait(200);
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
    }
    expect(await twice).toMatchObject({ findings: ['DAMAGED'], ended: 'time' });
    await inspector.stop();
  });

  it('stops while a check runs, and leaves nothing behind', async () => {
    const inspector = new Inspector();
    const running = inspector.inspect(slow, 'STAMPED_PDF', 'a.pdf');
    const rejected = expect(running).rejects.toThrow('stopped');
    await wait(600);
    await inspector.stop();
    await rejected;
  });

  onLinux('dies with its service, even in the midst of a check that never listens', async () => {
    const module = pathToFileURL('dist/src/files/inspection/inspector.js').href;
    const script = `import { Inspector } from ${JSON.stringify(module)};
      const inspector = new Inspector();
      inspector.inspect(${JSON.stringify(slow)}, 'STAMPED_PDF', 'a.pdf', 'one');
      inspector.inspect(${JSON.stringify(slow)}, 'STAMPED_PDF', 'a.pdf', 'another');`;
    const service = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    let children: number[] = [];
    for (let i = 0; i < 300 && children.length < 3; i++) {
      await wait(50);
      children = await childrenOf(service.pid!);
    }
    // two that look, and the one that guards them
    expect(children).toHaveLength(3);
    await wait(500);
    await ended(service, 'SIGKILL');
    for (const pid of children) {
      for (let i = 0; i < 200 && isRunning(pid); i++) await wait(50);
      expect(isRunning(pid)).toBe(false);
    }
  });

  it('does not keep a service alive that has nothing else to do', async () => {
    const module = pathToFileURL('dist/src/files/inspection/inspector.js').href;
    const script = `import { Inspector } from ${JSON.stringify(module)};
      const found = await new Inspector().inspect(${JSON.stringify(docxPath)}, 'WORD', 'a.docx');
      process.exitCode = found.findings.length ? 1 : 7;`;
    const service = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    expect(await ended(service)).toBe(7);
  });
});

describe('random damage', () => {
  it.each(['WORD', 'STAMPED_PDF'] as const)('never breaks or hangs a check: %s', async (kind) => {
    const roll = dice(20_270_105);
    const base = kind === 'WORD' ? docx : plain;
    for (let i = 0; i < 200; i++) {
      let broken = Buffer.from(base);
      for (let n = roll(6) + 1; n > 0; n--) {
        const at = roll(broken.length);
        if (roll(4) > 0) broken[at] = roll(2) ? broken[at] ^ (1 << roll(8)) : roll(256);
        else broken = Buffer.concat([broken.subarray(0, at), broken.subarray(Math.min(broken.length, at + roll(40)))]);
      }
      const started = Date.now();
      expect(Array.isArray((await inspect(broken, kind)).findings)).toBe(true);
      expect(Date.now() - started).toBeLessThan(10_000);
    }
  });
});

type Handle = { pid: number; isReady: boolean };
const handlesOf = (inspector: Inspector) => [...(inspector as unknown as { pool: { alive: Set<Handle> } }).pool.alive];

/** Of this process those that belong to the inspector; of another all. */
async function childrenOf(pid: number, inspector?: Inspector): Promise<number[]> {
  if (inspector) return handlesOf(inspector).map((handle) => handle.pid);
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) && (await readFile(`/proc/${name}/stat`, 'latin1').catch(() => ''));
    if (stat && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) found.push(Number(name));
  }
  return found;
}

function isRunning(pid: number): boolean {
  try {
    // one that was not waited for yet is over all the same
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

const ended = (child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> =>
  new Promise((done) => {
    child.once('exit', (code) => done(code));
    if (signal) child.kill(signal);
  });
