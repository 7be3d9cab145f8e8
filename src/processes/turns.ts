/** An owner has as many waiting as it may. */
export class Crowded extends Error {
  constructor(readonly most: number) {
    super(`${most} are waiting already`);
  }
}

/**
 * Who comes next: each owner in turn, however many each has waiting. Nobody has all places: what one of them does may
 * take as long as it is let.
 */
export class Turns {
  /** In the order of their turns. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly running = new Map<string, number>();
  private free: number;
  private readonly each: number;

  constructor(
    places: number,
    private readonly most: number,
  ) {
    this.free = places;
    this.each = Math.max(1, places - 1);
  }

  get idle(): boolean {
    return this.running.size === 0 && this.waiting.size === 0;
  }

  /** Resolves when it is the owner's turn, who gives the place back. */
  async take(owner: string): Promise<void> {
    if (this.free > 0 && this.may(owner)) return this.begin(owner);
    const queue = this.waiting.get(owner) ?? [];
    if (queue.length >= this.most) throw new Crowded(this.most);
    this.waiting.set(owner, queue);
    await new Promise<void>((go) => queue.push(go));
  }

  give(owner: string): void {
    const left = this.running.get(owner)! - 1;
    if (left) this.running.set(owner, left);
    else this.running.delete(owner);
    this.free += 1;
    this.next();
  }

  /** Everybody's turn at once: nothing is done any more. */
  release(): void {
    for (const [owner, queue] of this.waiting)
      for (const go of queue) {
        this.begin(owner);
        go();
      }
    this.waiting.clear();
  }

  private next(): void {
    for (const [owner, queue] of this.waiting) {
      if (this.free <= 0) return;
      if (!this.may(owner)) continue;
      const go = queue.shift()!;
      this.waiting.delete(owner);
      // behind those who have not had theirs
      if (queue.length) this.waiting.set(owner, queue);
      this.begin(owner);
      go();
    }
  }

  private may = (owner: string): boolean => (this.running.get(owner) ?? 0) < this.each;

  private begin(owner: string): void {
    this.free -= 1;
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
  }
}
