import type { Inspection } from '../report.js';

export type DocumentKind = 'WORD' | 'STAMPED_PDF';
export type Job = { path: string; kind: DocumentKind; fileName: string };

/** From the child: that it runs, what is known before a risky step, and at the end the whole or why there is no file. */
export type Answer = { ready: true } | { known: Inspection } | { done: Inspection } | { unreadable: string };
