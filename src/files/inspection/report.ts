import { type FindingCode, inOrder } from './findings.js';

export type Signature = {
  signedBy: string | null;
  signedAt: string | null;
  /** Does the signed range cover the whole file but the signature itself? */
  coversWholeFile: boolean;
  /** Does the digest of the range match? Says nothing about who holds the key. */
  digestMatches: boolean;
};

export type Inspection = {
  findings: FindingCode[];
  pageCount: number | null;
  /** Null for Word, and where nobody could look. */
  hasText: boolean | null;
  signatures: Signature[];
  /** What `similarity` compares; null without text. */
  sketch: Buffer | null;
};

/** What has been learnt about a file so far. */
export class Report {
  pageCount: number | null = null;
  hasText: boolean | null = null;
  signatures: Signature[] = [];
  sketch: Buffer | null = null;
  private readonly found = new Set<FindingCode>();

  /** `save` hands on what is known, before a step that may not come back. */
  constructor(private readonly save: (inspection: Inspection) => Promise<void> = async () => {}) {}

  add(...findings: FindingCode[]): void {
    for (const finding of findings) this.found.add(finding);
  }

  get inspection(): Inspection {
    const { pageCount, hasText, signatures, sketch } = this;
    return { findings: inOrder(this.found), pageCount, hasText, signatures, sketch };
  }

  checkpoint(): Promise<void> {
    return this.save(this.inspection);
  }
}
