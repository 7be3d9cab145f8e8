import type { Asker, Outcome } from '../access/asker.js';
import type { Tx } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { newId } from '../database/ids.js';
import { FINDINGS } from '../files/inspection/findings.js';
import { type Inspection, refused } from '../files/inspection/inspector.js';
import type { Storage } from '../files/storage.js';
import type { DocumentKind } from '../graph/enums.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { AccessToken } from '../tokens/token.entity.js';
import { edit } from '../workflow/engine.js';
import { type Checks, stateOf } from './checks.js';
import { ReportDocument } from './document.entity.js';
import { documentWarnings, pairSimilarity, warningsOf } from './document-check.js';
import { REPORTS } from './machine.js';
import type { AttachReportDocumentInput } from './report.input.js';
import { ReportRevision } from './revision.entity.js';
import { announced, arrived } from './uploads.js';

/** So long an answer waits for the check to end. */
const WAITS_MS = 10_000;

export type AskerWithFiles = Asker & { storage: Storage; checks: Checks };
export type AttachOutcome = Outcome & { documentId?: string; revisionId?: string };

/**
 * Whether it may be attached at all is judged before anything costly, and once more under the lock in the end. In between
 * the content is looked at, outside of a transaction: no lock waits for a parser. What is refused is not attached; what takes
 * longer than the answer waits is attached, and its verdict follows.
 */
export async function attachReportDocument(
  asker: AskerWithFiles,
  input: AttachReportDocumentInput,
): Promise<AttachOutcome> {
  refuseRole(asker.actor, 'attachReportDocument', 'Report');
  const { checks } = asker;
  const sent = await announced(asker, input.uploadId);
  const rehearsal = { ...input, validateOnly: true };
  const refusal = await edit(
    REPORTS,
    asker,
    'attachReportDocument',
    rehearsal,
    sent.errors,
    async (_, { id }, advance) => {
      await advance();
      return { id, userErrors: [] };
    },
  );
  if (refusal.userErrors.length) return refusal;
  const { upload, errors } = await arrived(asker, sent, asker.storage);
  const run =
    upload && !errors.length ? checks.inspect({ ...upload, kind: input.kind }, asker.actor.tokenId!) : undefined;
  const inspection = run && (await within(run, WAITS_MS));
  if (inspection && refused(inspection)) errors.push(...reasons(inspection));
  const outcome = await edit(
    REPORTS,
    asker,
    'attachReportDocument',
    input,
    errors,
    async (tx, report, advance): Promise<AttachOutcome> => {
      if (input.kind === 'STAMPED_PDF') await afterSealTokens(tx, report.id);
      await advance();
      const draft = await draftOf(tx, report.id);
      const warnings = input.validateOnly ? await foreseen(tx, draft.id, input.kind, inspection) : undefined;
      await tx.delete(ReportDocument, { revisionId: draft.id, kind: input.kind });
      if (draft.pairSimilarity !== null) await tx.update(ReportRevision, { id: draft.id }, { pairSimilarity: null });
      const { provinceId, cityId, consortiumId } = report;
      const { fileName, byteSize, sha256, storageKey } = upload!;
      // seals stand on exactly one PDF, and so do the tokens for them: the same bytes, attached again, are another
      if (input.kind === 'STAMPED_PDF')
        await tx.query('DELETE FROM seal_attestation WHERE revision_id = $1', [draft.id]);
      const documentId = newId(ReportDocument);
      await tx.insert(ReportDocument, {
        id: documentId,
        provinceId,
        cityId,
        consortiumId,
        revisionId: draft.id,
        kind: input.kind,
        fileName,
        byteSize,
        sha256,
        storageKey,
        createdAt: tx.now,
        claimedAt: tx.now,
      });
      return { id: report.id, documentId, revisionId: draft.id, userErrors: [], warnings };
    },
  );
  if (!('documentId' in outcome) || input.validateOnly || !run) return outcome;
  const { documentId, revisionId } = outcome as Required<AttachOutcome>;
  const finished = checks.finish(documentId, run, !inspection);
  if (inspection) await finished;
  const warnings = asker.door.reading(asker.actor, (rows) => warningsOf(rows, revisionId, PATH, input.kind));
  // what was attached is answered all the same
  return { ...outcome, warnings: await warnings.catch(() => []) };
}

/** A token is for what was attached before it was issued (seals/attest.ts): what comes now is another. */
async function afterSealTokens(tx: Tx, reportId: string): Promise<void> {
  const tokens = await tx.find(AccessToken, { reportId, role: 'SEAL_UNIT' });
  tx.after(...tokens.map(({ createdAt }) => createdAt));
}

const PATH = ['uploadId'];

/** What a rehearsal warns of: the new file as it was looked at, compared with the one that stays. */
async function foreseen(tx: Tx, revisionId: string, kind: DocumentKind, inspection: Inspection | undefined) {
  const pair = await tx.find(ReportDocument, { revisionId });
  const attached = inspection
    ? { ...inspection, kind, checkState: stateOf(inspection.findings) }
    : { ...UNSEEN, kind, checkState: 'PENDING' as const };
  const documents = [...pair.filter((document) => document.kind !== kind), attached];
  return documentWarnings(documents, pairSimilarity(documents), PATH, kind);
}
const UNSEEN = { findings: [], hasText: null, sketch: null };

const reasons = ({ findings }: Inspection): RawUserError[] =>
  findings
    .filter((code) => FINDINGS[code].severity === 'ERROR')
    .map((finding) => userError('DOCUMENT_UNREADABLE', ['uploadId'], { finding }));

async function within<T>(run: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const draftOf = async (tx: Tx, reportId: string): Promise<ReportRevision> =>
  (await tx.find(ReportRevision, { reportId, number: null }))[0];
