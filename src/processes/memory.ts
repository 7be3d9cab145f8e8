import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** What the system says that a process holds; null where it can't be asked, or when it is gone. */
export async function residentBytes(pid: number): Promise<number | null> {
  if (process.platform === 'win32') return null;
  try {
    const kilobytes =
      process.platform === 'linux'
        ? /^VmRSS:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'latin1'))?.[1]
        : await ps(pid);
    return kilobytes ? Number(kilobytes) * 1_024 : null;
  } catch {
    return null;
  }
}

const ps = (pid: number): Promise<string> =>
  new Promise((done, fail) => {
    execFile('/bin/ps', ['-o', 'rss=', '-p', String(pid)], (error, text) => (error ? fail(error) : done(text.trim())));
  });
