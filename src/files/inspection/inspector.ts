import { access, constants, stat } from 'node:fs/promises';
import { Pool } from '../../processes/pool.js';
import { BOUNDS, type Bounds } from './bounds.js';
import type { DocumentKind, Job } from './check.js';
import { FINDINGS, type FindingCode, inOrder } from './findings.js';
import type { Inspection } from './report.js';

export type { DocumentKind } from './check.js';
export type { Inspection, Signature } from './report.js';

/**
 * `ended`: its process did not get through. For want of memory it never will; for want of time it may when the machine
 * has less to do.
 */
export type Verdict = Inspection & { ended?: 'time' | 'memory' };

/** A file, while it is needed. */
export type Opened = { path: string; release(): Promise<unknown> | unknown };

/** Whether the file is not to be kept. */
export const refused = ({ findings }: Pick<Inspection, 'findings'>): boolean =>
  findings.some((code) => FINDINGS[code].severity === 'ERROR');

/** Looks at files in processes of their own, of which each owner has its turn. */
export class Inspector {
  private readonly bounds: Bounds;
  private readonly pool: Pool<Job, Inspection>;

  constructor(options: Partial<Bounds> = {}) {
    this.bounds = { ...BOUNDS, ...options };
    this.pool = new Pool('src/files/inspection/child.js', this.bounds, JSON.stringify(this.bounds));
  }

  /** Whether nothing is looked at, and nothing waits. */
  get idle(): boolean {
    return this.pool.idle;
  }

  /**
   * Never rejects for what the file holds: only when it can't be had, when its owner has too many waiting (`Crowded`), when
   * no process starts, or after stop. A file that is far away is fetched when it is its turn.
   */
  inspect(file: string | (() => Promise<Opened>), kind: DocumentKind, fileName: string, owner = ''): Promise<Verdict> {
    return this.pool.inTurn(owner, async () => {
      const { path, release } = typeof file === 'string' ? { path: file, release: () => {} } : await file();
      try {
        return await this.look(path, { kind, fileName });
      } finally {
        await release();
      }
    });
  }

  /** Ends all processes; what is still running rejects. */
  stop(): Promise<void> {
    return this.pool.stop();
  }

  private async look(path: string, job: Job): Promise<Verdict> {
    const byteSize = await sizeOf(path);
    if (byteSize === 0) return nothingBut('EMPTY');
    if (byteSize > this.bounds.fileBytes) return nothingBut('UNPACKS_TOO_LARGE');
    const outcome = await this.pool.run(job, { path, byteSize });
    if ('done' in outcome) return outcome.done;
    if ('failed' in outcome) throw new Error(`the file can’t be read: ${outcome.failed}`);
    if ('killed' in outcome) {
      const finding = outcome.killed === 'time' ? 'TIMED_OUT' : 'UNPACKS_TOO_LARGE';
      return { ...nothingBut(finding, outcome.known), ended: outcome.killed };
    }
    // the system may have ended it for reasons of its own; twice, and it is the file
    return { ...nothingBut('DAMAGED', outcome.known), ended: 'time' };
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
