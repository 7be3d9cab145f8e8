import { JOB } from '../access/actor.js';
import type { Door } from '../access/door.js';

const EVERY = 30_000;

/** When a token was last used: gathered here, written now and then, so that no read waits for a write. */
export class LastUsed {
  private readonly seen = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly door: Door,
    private readonly log: (error: unknown) => void,
  ) {}

  note(tokenId: string): void {
    this.seen.set(tokenId, this.door.now());
  }
  start(): void {
    this.timer = setInterval(() => void this.flush().catch(this.log), EVERY);
    this.timer.unref();
  }
  async flush(): Promise<void> {
    if (!this.seen.size) return;
    const rows = [...this.seen];
    this.seen.clear();
    try {
      await this.door.writing(JOB, (tx) =>
        tx.query(
          'UPDATE access_token t SET last_used_at = v.at FROM unnest($1::text[], $2::timestamptz[]) v(id, at) WHERE t.id = v.id AND (t.last_used_at IS NULL OR t.last_used_at < v.at)',
          [rows.map(([id]) => id), rows.map(([, at]) => at)],
        ),
      );
    } catch (error) {
      // for the next time, unless it was used again meanwhile
      for (const [id, at] of rows) if (!this.seen.has(id)) this.seen.set(id, at);
      throw error;
    }
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
