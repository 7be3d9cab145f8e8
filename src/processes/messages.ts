/** To a child: what to do, and how many bytes of its standard input it is about. */
export type Order<Job> = { job: Job; bytes: number };

/** From it: that it runs, what is known before a risky step, and at the end the result, or the mistake that there is none. */
export type Answer<Result> = { ready: true } | { known: Result } | { done: Result } | { failed: string };
