/** Why a file can't be read, as it is told to whoever sent it. */
export type Finding = 'EMPTY' | 'WRONG_TYPE' | 'DAMAGED' | 'ENCRYPTED' | 'UNPACKS_TOO_LARGE';

export type Inspection = { readable: true } | { readable: false; finding: Finding };

export class Found extends Error {
  constructor(
    readonly finding: Finding,
    options?: ErrorOptions,
  ) {
    super(finding, options);
  }
}

export const DAMAGED: Finding = 'DAMAGED';
/** What takes this long, or this much memory, is as good as too large. */
export const SLOW: Finding = 'UNPACKS_TOO_LARGE';

export type Bounds = Readonly<Record<keyof typeof BOUNDS, number>>;

export const BOUNDS = {
  entries: 5_000,
  unpackedBytes: 536_870_912,
  /** Of the parts of a package that only list others. */
  listBytes: 1_048_576,
  milliseconds: 10_000,
  /** One stream of a PDF, unpacked: those that hold its structure, not its pictures. */
  pdfStreamBytes: 67_108_864,
  pdfHeapMegabytes: 256,
  /** Files under inspection at a time, in this process. */
  atOnce: 2,
} as const;
