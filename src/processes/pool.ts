import type { ProcessBounds } from './bounds.js';
import { ChildHandle, type Outcome, type Source } from './child-handle.js';
import { Turns } from './turns.js';

export type { Outcome, Source } from './child-handle.js';
export { Crowded } from './turns.js';

/** Thrown when it was stopped, or when no process can be started: nothing is said of the work. */
export class PoolError extends Error {}

/**
 * Work in processes of their own, a few at a time and each owner in turn: started when needed, used again, replaced after
 * a while and ended when idle. Nothing that the work does reaches this process.
 */
export class Pool<Job, Result> {
  private readonly turns: Turns;
  private readonly alive = new Set<ChildHandle<Job, Result>>();
  private readonly resting = new Map<ChildHandle<Job, Result>, NodeJS.Timeout>();
  private stopped = false;

  /** `entry`: the file that the processes run, as it is called in the build; `argument` is given to each. */
  constructor(
    private readonly entry: string,
    private readonly bounds: ProcessBounds,
    private readonly argument = '',
  ) {
    this.turns = new Turns(bounds.children, bounds.waiting);
  }

  /** Whether nobody runs and nobody waits. */
  get idle(): boolean {
    return this.turns.idle;
  }

  /** What is open while it is the owner's turn. */
  async inTurn<T>(owner: string, work: () => Promise<T>): Promise<T> {
    this.goOn();
    await this.turns.take(owner);
    try {
      this.goOn();
      return await work();
    } finally {
      this.turns.give(owner);
    }
  }

  /** One job, tried once more where the system ended its process for reasons of its own. Within a turn. */
  async run(
    job: Job,
    source: Source,
    milliseconds = this.bounds.milliseconds,
  ): Promise<Exclude<Outcome<Result>, { unstarted: true }>> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(job, source, milliseconds);
      this.goOn();
      if (!('unstarted' in outcome) && (!('died' in outcome) || attempt === 2)) return outcome;
      if (attempt === 2) throw new PoolError('no process could be started');
    }
  }

  /** Ends all processes; what is still running rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.turns.release();
    for (const timer of this.resting.values()) clearTimeout(timer);
    await Promise.all(Array.from(this.alive, (child) => child.kill()));
  }

  private goOn(): void {
    if (this.stopped) throw new PoolError('the processes were stopped');
  }

  private async attempt(job: Job, source: Source, milliseconds: number): Promise<Outcome<Result>> {
    this.goOn();
    const child = this.child();
    try {
      return await child.run(job, source, milliseconds);
    } finally {
      if (this.stopped || (await child.isFull())) await child.kill();
      else this.resting.set(child, setTimeout(() => child.kill(), this.bounds.idleMilliseconds).unref());
    }
  }

  /** The one that rested last is the warmest. */
  private child(): ChildHandle<Job, Result> {
    for (const [child, timer] of [...this.resting].reverse()) {
      clearTimeout(timer);
      this.resting.delete(child);
      if (child.usable) return child;
      child.kill();
    }
    const child = new ChildHandle<Job, Result>(this.entry, this.bounds, this.argument);
    this.alive.add(child);
    child.ended.then(() => {
      this.alive.delete(child);
      clearTimeout(this.resting.get(child));
      this.resting.delete(child);
    });
    return child;
  }
}
