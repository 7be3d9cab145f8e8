import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../config.js';
import type { Bounds } from '../bounds.js';
import type { FindingCode } from '../findings.js';
import type { Inspection } from '../report.js';
import { residentBytes } from './memory.js';
import type { Answer, Job } from './messages.js';

/** `known` is what had been learnt by then; `unstarted` is a fault of this installation and says nothing of the file. */
export type Outcome =
  | { done: Inspection }
  | { unreadable: string }
  | { killed: FindingCode; known?: Inspection }
  | { died: true; known?: Inspection }
  | { unstarted: true };

const LOOK_AT_MEMORY_EVERY = process.platform === 'linux' ? 40 : 250;
/** How V8 ends a process whose heap is full. */
const OUT_OF_HEAP = { signals: ['SIGABRT', 'SIGTRAP', 'SIGILL'], codes: [133, 134] };

/** One process that checks files, from the side of the service. */
export class ChildHandle {
  readonly ended: Promise<void>;
  private files = 0;
  private readonly process: ChildProcess;
  private isOver = false;
  private isReady = false;
  private onAnswer: (answer: Exclude<Answer, { ready: true }>) => void = () => {};
  private onEnd: (signal: string | null, code: number | null) => void = () => {};

  constructor(private readonly bounds: Bounds) {
    this.process = fork(entry(), [JSON.stringify(bounds)], {
      execArgv: [`--max-old-space-size=${bounds.heapMegabytes}`],
      // nothing of the service's secrets; Windows starts no process without these
      env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot, TEMP: process.env.TEMP } : {},
      cwd: tmpdir(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    this.process.on('message', (answer: Answer) => {
      if ('ready' in answer) this.isReady = true;
      else this.onAnswer(answer);
    });
    this.ended = new Promise((done) => {
      const over = (signal: string | null, code: number | null) => {
        this.isOver = true;
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
    return !this.isOver && this.process.connected && this.files < this.bounds.filesPerChild;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Resolves when the file is checked or the process is no more. */
  async run(job: Job): Promise<Outcome> {
    this.files += 1;
    this.process.ref();
    this.process.channel?.ref();
    let killed: FindingCode | undefined;
    let known: Inspection | undefined;
    const kill = (finding: FindingCode) => {
      killed ??= finding;
      this.kill();
    };
    const timer = setTimeout(() => kill('TIMED_OUT'), this.bounds.milliseconds);
    const watch = setInterval(async () => {
      const resident = this.pid ? await residentBytes(this.pid) : null;
      if (resident !== null && resident > this.bounds.rssBytes) kill('UNPACKS_TOO_LARGE');
    }, LOOK_AT_MEMORY_EVERY);
    try {
      return await new Promise<Outcome>((settle) => {
        this.onAnswer = (answer) => {
          if ('known' in answer) known = answer.known;
          else if (!killed) settle(answer);
        };
        this.onEnd = (signal, code) => {
          if (OUT_OF_HEAP.signals.includes(signal ?? '') || OUT_OF_HEAP.codes.includes(code ?? 0))
            killed ??= 'UNPACKS_TOO_LARGE';
          settle(killed ? { killed, known } : this.isReady ? { died: true, known } : { unstarted: true });
        };
        if (this.isOver) settle({ died: true });
        else this.process.send(job, (error) => error && this.kill());
      });
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
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
  }
}

/** In the build, wherever this file runs from: its source under a test runner, or a part of what the start command loads. */
function entry(): string {
  const built = join(projectRoot, 'dist/src/files/inspection/process/child.js');
  if (existsSync(built)) return built;
  throw new Error(`the checks run from the build, and there is none: npm run build (${built})`);
}
