import { MAX_UPLOAD_BYTES } from '../../config.js';

export type Bounds = Readonly<Record<keyof typeof BOUNDS, number>>;

/** Each is far above an honest report and far below what hurts the server. */
export const BOUNDS = {
  /** What may be sent can be looked at: the bounds below are made for it. */
  fileBytes: MAX_UPLOAD_BYTES,
  milliseconds: 60_000,
  rssBytes: 536_870_912,
  heapMegabytes: 320,
  children: 2,
  idleMilliseconds: 30_000,
  jobsPerChild: 100,
  waiting: 20,

  zipEntries: 5_000,
  /** Of a .docx and the Office files within it together. */
  nestedEntries: 20_000,
  /** All parts of a .docx; all that must be unpacked to see the structure of a PDF. */
  unpackedBytes: 536_870_912,
  /** All parts of a .docx that are XML. */
  xmlBytes: 134_217_728,
  /** A part that only lists others. */
  listBytes: 8_388_608,
  /** Of embedded things as much is kept for a closer look. */
  embeddedBytes: 67_108_864,
  xmlDepth: 2_000,
  /** Of fields in one part, an instruction counted once for each field around it. */
  instructionCharacters: 33_554_432,
  /** Text beyond it is not compared. */
  textCharacters: 4_000_000,
  pages: 5_000,
  /** After it the text of a PDF is what the pages read until then hold, spread over the whole document. */
  textMilliseconds: 15_000,
};
