/** What work in processes of its own may take. */
export type ProcessBounds = {
  /** Wall clock for one job; then its process is killed. */
  milliseconds: number;
  /** Of the process as the system sees it, memory outside of the heap included. */
  rssBytes: number;
  heapMegabytes: number;
  /** Jobs at a time. */
  children: number;
  idleMilliseconds: number;
  /** A process makes room for a fresh one after so many jobs, since libraries keep what they have seen. */
  jobsPerChild: number;
  /** Jobs that may wait for one owner. */
  waiting: number;
};
