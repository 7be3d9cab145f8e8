/** What a request may still do. It ends once, at its deadline, or earlier where nobody waits for its answer any more. */
export class Call {
  ended = false;
  readonly began = performance.now();
  private readonly running = new Set<() => void>();

  /** `heavy`: it may ask much of the database, by its cost. */
  constructor(readonly heavy = false) {}

  /** Runs `stop` should the call end before what is returned was called. */
  during(stop: () => void): () => void {
    this.running.add(stop);
    return () => void this.running.delete(stop);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const stop of [...this.running]) stop();
    this.running.clear();
  }
}
