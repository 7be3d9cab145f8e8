import type { Readable } from 'node:stream';
import type { ReportKind } from '../graph/enums.js';

export type ArchiveDocument = { name: string; byteSize: number; sha256: string; open(): Promise<Readable> };

/** One accepted report. `folder` is its city's, such as 430100 长沙市; `onTime` is the label of its punctuality. */
export type ArchiveEntry = {
  folder: string;
  code: string;
  consortium: string;
  city: string;
  kind: ReportKind;
  year: number;
  submittedAt: string;
  approvedAt: string;
  acceptedAt: string;
  onTime: string;
  documents: ArchiveDocument[];
};
