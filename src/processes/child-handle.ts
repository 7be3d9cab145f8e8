import type { ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ProcessBounds } from './bounds.js';
import { guarded } from './guarded.js';
import { residentBytes } from './memory.js';
import type { Answer, Order } from './messages.js';
import { startChild } from './start.js';

/** Bytes to work on: in hand, or those of a file. */
export type Source = Buffer | { path: string; byteSize: number };

/** `known` is what had been learnt by then; `unstarted` is a fault of this installation and says nothing of the job. */
export type Outcome<Result> =
  | { done: Result }
  | { failed: string }
  | { killed: 'time' | 'memory'; known?: Result }
  | { died: true; known?: Result }
  | { unstarted: true };

const LOOK_AT_MEMORY_EVERY = process.platform === 'linux' ? 40 : 250;
/** How V8 ends a process whose heap is full. */
const OUT_OF_HEAP = { signals: ['SIGABRT', 'SIGTRAP', 'SIGILL'], codes: [133, 134] };

/** One process that works, from the side of the service. */
export class ChildHandle<Job, Result> {
  readonly ended: Promise<void>;
  private jobs = 0;
  private readonly process: ChildProcess;
  private isOver = false;
  private isReady = false;
  private onAnswer: (answer: Exclude<Answer<Result>, { ready: true }>) => void = () => {};
  private onEnd: (signal: string | null, code: number | null) => void = () => {};

  constructor(
    entry: string,
    private readonly bounds: ProcessBounds,
    argument: string,
  ) {
    this.process = startChild(entry, [argument], [`--max-old-space-size=${bounds.heapMegabytes}`]);
    // it may end before it has read all
    this.process.stdin?.on('error', () => {});
    this.process.on('message', (answer: Answer<Result>) => {
      if ('ready' in answer) this.isReady = true;
      else this.onAnswer(answer);
    });
    const forget = this.process.pid ? guarded(this.process.pid) : () => {};
    this.ended = new Promise((done) => {
      const over = (signal: string | null, code: number | null) => {
        this.isOver = true;
        forget();
        this.onEnd(signal, code);
        done();
      };
      this.process.on('exit', (code, signal) => over(signal, code));
      // could not be started, or not be spoken to
      this.process.on('error', () => (this.process.pid ? this.process.kill('SIGKILL') : over(null, null)));
    });
    this.rest();
  }

  get usable(): boolean {
    return !this.isOver && this.process.connected && this.jobs < this.bounds.jobsPerChild;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Resolves when the job is done or the process is no more. */
  async run(job: Job, source: Source, milliseconds: number): Promise<Outcome<Result>> {
    this.jobs += 1;
    this.process.ref();
    this.process.channel?.ref();
    let killed: 'time' | 'memory' | undefined;
    let known: Result | undefined;
    const kill = (reason: 'time' | 'memory') => {
      killed ??= reason;
      this.kill();
    };
    const timer = setTimeout(() => kill('time'), milliseconds);
    const watch = setInterval(async () => {
      const resident = this.pid ? await residentBytes(this.pid) : null;
      if (resident !== null && resident > this.bounds.rssBytes) kill('memory');
    }, LOOK_AT_MEMORY_EVERY);
    let reading: Readable | undefined;
    try {
      return await new Promise<Outcome<Result>>((settle) => {
        this.onAnswer = (answer) => {
          if ('known' in answer) known = answer.known;
          else if (!killed) settle(answer);
        };
        this.onEnd = (signal, code) => {
          if (OUT_OF_HEAP.signals.includes(signal ?? '') || OUT_OF_HEAP.codes.includes(code ?? 0)) killed ??= 'memory';
          settle(killed ? { killed, known } : this.isReady ? { died: true, known } : { unstarted: true });
        };
        if (this.isOver) return settle({ died: true });
        const bytes = Buffer.isBuffer(source) ? source.length : source.byteSize;
        this.process.send({ job, bytes } satisfies Order<Job>, (error) => error && this.kill());
        if (Buffer.isBuffer(source)) return void this.process.stdin!.write(source);
        reading = createReadStream(source.path, { end: Math.max(0, bytes - 1) });
        const unreadable = (why: string) => {
          settle({ failed: why });
          // it waits for what will never come
          this.kill();
        };
        reading.on('error', (error: NodeJS.ErrnoException) => unreadable(error.code ?? String(error)));
        let sent = 0;
        reading.on('data', (chunk) => {
          sent += chunk.length;
        });
        reading.on('end', () => sent < bytes && unreadable('it became shorter'));
        reading.pipe(this.process.stdin!, { end: false });
      });
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      reading?.destroy();
      this.onAnswer = this.onEnd = () => {};
      this.rest();
    }
  }

  /** Whether it has kept so much of what it read that a fresh one is better. */
  async isFull(): Promise<boolean> {
    const resident = this.pid ? await residentBytes(this.pid) : null;
    return !this.usable || (resident ?? 0) > this.bounds.rssBytes / 2;
  }

  kill(): Promise<void> {
    this.process.ref();
    this.process.kill('SIGKILL');
    return this.ended;
  }

  /** The service may end while this waits. */
  private rest(): void {
    this.process.unref();
    this.process.channel?.unref();
    (this.process.stdin as { unref?(): void } | null)?.unref?.();
  }
}
