import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BOUNDS, type Bounds } from './bounds.js';
import { FINDINGS, type FindingCode, inOrder } from './findings.js';
import { ChildHandle, type Outcome } from './process/child-handle.js';
import type { DocumentKind, Job } from './process/messages.js';
import type { Inspection } from './report.js';

export type { DocumentKind } from './process/messages.js';
export type { Inspection, Signature } from './report.js';

/** `ended`: its process did not get through; when the machine has less to do it may. */
export type Verdict = Inspection & { ended?: true };

/** Whether the file is not to be kept. */
export const refused = ({ findings }: Pick<Inspection, 'findings'>): boolean =>
  findings.some((code) => FINDINGS[code].severity === 'ERROR');

/**
 * Looks at files in processes of their own, a few at a time: started when needed, used again, replaced after a while
 * and ended when idle. Nothing that a file does reaches this process.
 */
export class Inspector {
  private readonly bounds: Bounds;
  private readonly waiting: (() => void)[] = [];
  private readonly alive = new Set<ChildHandle>();
  private readonly idle = new Map<ChildHandle, NodeJS.Timeout>();
  private running = 0;
  private stopped = false;

  constructor(options: Partial<Bounds> = {}) {
    this.bounds = { ...BOUNDS, ...options };
  }

  /** Never rejects for what the file holds: only when its path can't be read, when no process starts, or after stop. */
  async inspect(path: string, kind: DocumentKind, fileName: string): Promise<Verdict> {
    const size = await sizeOf(path);
    if (size === 0) return nothingBut('EMPTY');
    if (size > this.bounds.fileBytes) return nothingBut('UNPACKS_TOO_LARGE');
    await this.turn();
    try {
      return await this.checked({ path: resolve(path), kind, fileName });
    } finally {
      this.next();
    }
  }

  /** Ends all processes; what is still running rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const go of this.waiting.splice(0)) go();
    for (const timer of this.idle.values()) clearTimeout(timer);
    await Promise.all(Array.from(this.alive, (child) => child.kill()));
  }

  private async checked(job: Job): Promise<Verdict> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(job);
      if (this.stopped) throw new Error('the inspector was stopped');
      if ('done' in outcome) return outcome.done;
      if ('unreadable' in outcome) throw new Error(`the file can’t be read: ${outcome.unreadable}`);
      if ('unstarted' in outcome) {
        if (attempt === 2) throw new Error('no process could be started to check the file');
        continue;
      }
      if ('killed' in outcome) {
        const verdict = nothingBut(outcome.killed, outcome.known);
        return outcome.killed === 'TIMED_OUT' ? { ...verdict, ended: true } : verdict;
      }
      // the system may have ended it for reasons of its own; twice, and it is the file
      if (attempt === 2) return { ...nothingBut('DAMAGED', outcome.known), ended: true };
    }
  }

  private async attempt(job: Job): Promise<Outcome> {
    if (this.stopped) throw new Error('the inspector was stopped');
    const child = this.child();
    try {
      return await child.run(job);
    } finally {
      if (this.stopped || (await child.isFull())) await child.kill();
      else this.idle.set(child, setTimeout(() => child.kill(), this.bounds.idleMilliseconds).unref());
    }
  }

  /** The one that rested last is the warmest. */
  private child(): ChildHandle {
    for (const [child, timer] of [...this.idle].reverse()) {
      clearTimeout(timer);
      this.idle.delete(child);
      if (child.usable) return child;
      child.kill();
    }
    const child = new ChildHandle(this.bounds);
    this.alive.add(child);
    child.ended.then(() => {
      this.alive.delete(child);
      clearTimeout(this.idle.get(child));
      this.idle.delete(child);
    });
    return child;
  }

  private async turn(): Promise<void> {
    if (this.running < this.bounds.children) this.running += 1;
    else await new Promise<void>((go) => this.waiting.push(go));
  }

  /** The place is handed on, so that nobody slips in between. */
  private next(): void {
    const go = this.waiting.shift();
    if (go) go();
    else this.running -= 1;
  }
}

const nothingBut = (finding: FindingCode, known?: Inspection): Inspection => ({
  pageCount: null,
  hasText: null,
  signatures: [],
  sketch: null,
  ...known,
  findings: inOrder([...(known?.findings ?? []), finding]),
});

async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path);
  // a pipe would never end
  if (!stats.isFile()) throw new Error(`not a file: ${path}`);
  await access(path, constants.R_OK);
  return stats.size;
}
