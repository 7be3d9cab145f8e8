import { JOB } from '../access/actor.js';
import type { Door, Tx } from '../access/door.js';
import { inHand, type Lifeline } from '../database/lifeline.js';
import type { FindingCode } from '../files/inspection/findings.js';
import { FINDINGS } from '../files/inspection/findings.js';
import { type Inspection, Inspector, refused, type Verdict } from '../files/inspection/inspector.js';
import { oldEnding } from '../files/inspection/word/old-ending.js';
import { FileMissing, type Storage } from '../files/storage.js';
import type { DocumentCheckState } from '../graph/enums.js';
import { ApiError } from '../graph/errors.js';
import { Lru } from '../graph/lru.js';
import { Crowded } from '../processes/pool.js';
import { ReportDocument } from './document.entity.js';
import { pairSimilarity } from './document-check.js';

/** What is looked at. The same bytes have the same verdict; the ending of the name tells old formats apart. */
type Subject = Pick<ReportDocument, 'kind' | 'sha256' | 'storageKey' | 'fileName'>;

const REMEMBERED = 1000;
const POLLED_EVERY = 15_000;
/** The first time not on the connection that a start waits for. */
const RESUMED_AFTER = 1_000;
/** Between the commit that attaches a file and its being in hand. */
const GRACE_MS = 5_000;
/** So often a check that took too long is tried: again when nothing else is looked at, since a busy machine may have been the reason. */
const TRIES = 2;
const AT_A_TIME = 4;
/** Takes its turn beside the tokens; no token has this name. */
const BACKGROUND = 'resumed';
/** A file that is not there any more can't be opened either. */
const GONE: Inspection = { findings: ['DAMAGED'], pageCount: null, hasText: null, signatures: [], sketch: null };

/** Checks of files: what a request waits for, and what a process that died has left. */
export class Checks {
  private readonly inspector = new Inspector();
  private readonly known = new Lru<string, Inspection>(REMEMBERED);
  private readonly running = new Map<string, Promise<Inspection>>();
  /** What did not get through. */
  private readonly cutOff = new Lru<string, { tries: number; inspection: Inspection }>(REMEMBERED);
  private readonly finishing = new Map<string, Promise<void>>();
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  /** What the last poll took up; not waited for beyond that. */
  private resuming: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly door: Door,
    private readonly storage: Storage,
    private readonly lifeline: Lifeline,
    private readonly log: (error: unknown) => void,
  ) {}

  /** In the owner's turn. Rejects only where the file can't be had, or where too many of the owner's wait. */
  inspect(subject: Subject, owner: string): Promise<Inspection> {
    const key = `${subject.kind}:${subject.sha256}:${subject.kind === 'WORD' ? oldEnding(subject.fileName) : ''}`;
    const found = this.known.get(key);
    if (found) return Promise.resolve(found);
    const cut = this.cutOff.get(key);
    if (cut && (cut.tries >= TRIES || !this.inspector.idle)) return Promise.resolve(cut.inspection);
    // who waits for the same bytes as another waits in a turn of their own
    const running = `${owner}:${key}`;
    let run = this.running.get(running);
    if (!run) {
      run = this.look(subject, owner).then(({ ended, ...inspection }) => {
        if (!ended) this.known.set(key, inspection);
        else this.cutOff.set(key, { tries: ended === 'memory' ? TRIES : (cut?.tries ?? 0) + 1, inspection });
        return inspection;
      });
      this.running.set(running, run);
      const done = () => void this.running.delete(running);
      run.then(done, done);
    }
    return run;
  }

  private look({ kind, storageKey, fileName }: Subject, owner: string): Promise<Verdict> {
    return this.inspector
      .inspect(() => this.storage.local(storageKey), kind, fileName, owner)
      .catch((error) => {
        throw error instanceof Crowded ? new ApiError('RATE_LIMITED', { message: waiting(error.most) }) : error;
      });
  }

  /** Writes the verdict on an attached document, and compares it with its pair; a document that is gone needs none. */
  private async record(documentId: string, inspection: Inspection): Promise<void> {
    await this.door.writing(JOB, async (tx) => {
      const [document] = await tx.find(ReportDocument, { id: documentId });
      if (!document) return;
      // two verdicts of one pair come one after the other, so that the second sees both
      await tx.query('SELECT id FROM report_revision WHERE id = $1 AND number IS NULL FOR UPDATE', [
        document.revisionId,
      ]);
      const { findings, pageCount, hasText, sketch } = inspection;
      await tx.query(
        `UPDATE report_document SET check_state = $2, findings = $3, checked_at = $4, page_count = $5, has_text = $6, signatures = $7, sketch = $8
         WHERE id = $1 AND check_state = 'PENDING'`,
        [
          documentId,
          stateOf(findings),
          JSON.stringify(findings),
          tx.now,
          pageCount,
          hasText,
          JSON.stringify(inspection.signatures),
          sketch,
        ],
      );
      await this.compare(tx, document.revisionId);
    });
  }

  private async compare(tx: Tx, revisionId: string): Promise<void> {
    const pair = await tx.find(ReportDocument, { revisionId });
    await tx.query('UPDATE report_revision SET pair_similarity = $2 WHERE id = $1 AND number IS NULL', [
      revisionId,
      pairSimilarity(pair),
    ]);
  }

  start(): void {
    const resume = () => {
      this.resuming = this.resume().catch(this.log);
      this.timer = setTimeout(resume, POLLED_EVERY).unref();
    };
    this.timer = setTimeout(resume, RESUMED_AFTER).unref();
  }

  /** Takes up what nobody has in hand any more; several processes take different ones. */
  async resume(): Promise<number> {
    const left = await this.door.writing(JOB, (tx) =>
      tx.query<Subject & { id: string }>(
        `UPDATE report_document SET claimed_at = $1 WHERE id IN (
           SELECT id FROM report_document WHERE check_state = 'PENDING' AND id <> ALL ($3)
             AND (claimed_at IS NULL OR (claimed_at < $2 AND NOT ${inHand('id')}))
           ORDER BY created_at LIMIT ${AT_A_TIME} FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, sha256, storage_key AS "storageKey", file_name AS "fileName"`,
        [tx.now, new Date(tx.now.getTime() - GRACE_MS), [...this.finishing.keys()]],
      ),
    );
    const all = left.map((document) => this.finish(document.id, this.inspect(document, BACKGROUND), true));
    if (left.length === AT_A_TIME)
      void Promise.all(all).then(() => {
        if (!this.stopped) this.resuming = this.resume().catch(this.log);
      });
    return left.length;
  }

  /** Records the verdict when it comes; `later`: it may be a while, and is in hand until then. Where the storage does not answer, the document stays as it is, for the next time. */
  finish(documentId: string, run: Promise<Inspection>, later = false): Promise<void> {
    const letGo = later ? this.lifeline.hold(documentId) : () => {};
    const finished = run
      .catch(goneOrThrow)
      .then((inspection) => this.record(documentId, inspection))
      .catch((error) => {
        // what a stop cuts off is taken up at the next start
        if (!this.stopped) this.log(error);
      });
    this.finishing.set(documentId, finished);
    void finished.then(() => {
      this.finishing.delete(documentId);
      letGo();
    });
    return finished;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.resuming.catch(() => {});
    const cut = [...this.finishing.keys()];
    await this.inspector.stop();
    await Promise.all(this.finishing.values());
    // whoever starts next need not wait for it
    if (cut.length)
      await this.door
        .writing(JOB, (tx) =>
          tx.query("UPDATE report_document SET claimed_at = NULL WHERE id = ANY ($1) AND check_state = 'PENDING'", [
            cut,
          ]),
        )
        .catch(this.log);
    await this.lifeline.settled();
  }
}

const waiting = (most: number) => ({
  zh: `您已有 ${most} 个文件在等待检查，请等它们检查完再试。`,
  en: `${most} files of yours are waiting to be checked; try again when they are done.`,
});

function goneOrThrow(error: unknown): Inspection {
  if (error instanceof FileMissing) return GONE;
  throw error;
}

export function stateOf(findings: readonly FindingCode[]): DocumentCheckState {
  if (refused({ findings: [...findings] })) return 'REFUSED';
  return findings.some((code) => FINDINGS[code].severity === 'WARNING') ? 'WARNED' : 'PASSED';
}
