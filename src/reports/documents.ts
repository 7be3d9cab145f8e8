import { JOB } from '../access/actor.js';
import type { Tx } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { Membership } from '../consortia/consortium.entity.js';
import { newId } from '../database/ids.js';
import { type Inspection, inspectStored } from '../files/inspect.js';
import { ABANDONED_MS, type Storage, UploadError, type UploadTicket } from '../files/storage.js';
import type { DocumentKind } from '../graph/enums.js';
import { ApiError } from '../graph/errors.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { type Asker, advance, changeReport, type Outcome } from './change.js';
import { notEditable } from './drafts.js';
import type { AttachReportDocumentInput, AttestSealInput, CreateUploadInput } from './report.input.js';
import { ReportDocument, ReportRevision, SealAttestation, Upload } from './revision.entity.js';

const UPLOAD_MINUTES = 30;
const MAX_PAGES = 5000;

/** A file that is settled but not attached is swept after a day: from an hour before on it can't be attached. */
const ATTACHED_WITHIN_MS = ABANDONED_MS - 3_600_000;

export type UploadOutcome = {
  upload: Upload | null;
  ticket: UploadTicket | null;
  userErrors: RawUserError[];
};

/** Announces a file: what arrives must have this size and digest. */
export async function createUpload(
  asker: Asker,
  input: CreateUploadInput,
  storage: Storage,
  publicBase: string,
): Promise<UploadOutcome> {
  const { actor } = asker;
  refuseRole(actor, 'createUpload', 'Upload');
  const userErrors = checkText(input.fileName, ['fileName'], { required: true, max: 200 });
  if (/[\\/\p{Cc}\p{Cs}]/u.test(input.fileName)) userErrors.push(userError('INVALID', ['fileName']));
  const max = storage.maxUploadBytes;
  if (input.byteSize < 1 || input.byteSize > max) userErrors.push(userError('INVALID', ['byteSize'], { min: 1, max }));
  if (!/^[0-9a-f]{64}$/.test(input.sha256)) userErrors.push(userError('INVALID', ['sha256']));
  if (userErrors.length) return { upload: null, ticket: null, userErrors };
  const id = newId('upl');
  const now = asker.door.now();
  const upload = {
    id,
    provinceId: actor.provinceId!,
    cityId: actor.cityId!,
    consortiumId: actor.consortiumId!,
    tokenId: actor.tokenId!,
    fileName: input.fileName.trim(),
    byteSize: input.byteSize,
    sha256: input.sha256,
    storageKey: `documents/${id}`,
    createdAt: now,
    expiresAt: new Date(now.getTime() + UPLOAD_MINUTES * 60_000),
  } as Upload;
  await asker.door.writing(
    actor,
    (tx) => tx.insert(Upload, upload),
    () => !input.validateOnly,
  );
  if (input.validateOnly) return { upload: null, ticket: null, userErrors: [] };
  const { tokenId, byteSize, sha256, expiresAt } = upload;
  const ticket = await storage.ticket({ id, tokenId, announced: { byteSize, sha256 }, expiresAt }, publicBase);
  return { upload, ticket, userErrors: [] };
}

/** Takes what has arrived into keeping; answers what is wrong with it. */
async function settle(asker: Asker, upload: Upload, storage: Storage): Promise<RawUserError[]> {
  if (upload.createdAt.getTime() < asker.door.now().getTime() - ATTACHED_WITHIN_MS)
    return [userError('UPLOAD_INCOMPLETE', ['uploadId'])];
  try {
    await storage.settle(upload.id, upload, upload.storageKey);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    // a full disk is nobody's mistake
    if (error.code === 'NO_SPACE') throw new ApiError('UNAVAILABLE', { cause: error });
    return [userError(error.code === 'INCOMPLETE' ? 'UPLOAD_INCOMPLETE' : 'UPLOAD_MISMATCH', ['uploadId'])];
  }
  if (!upload.receivedAt)
    await asker.door.writing(JOB, (tx) => tx.update(Upload, { id: upload.id }, { receivedAt: tx.now }));
  return [];
}

/** The storage verified the digest, and the same bytes have the same verdict. */
const verdicts = new Map<string, Inspection>();
const MAX_VERDICTS = 1000;
async function inspected(storage: Storage, upload: Upload, kind: DocumentKind): Promise<Inspection> {
  const key = `${kind}:${upload.sha256}`;
  const known = verdicts.get(key);
  if (known) return known;
  const verdict = await inspectStored(storage, upload.storageKey, kind === 'WORD' ? 'WORD' : 'PDF');
  if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
  verdicts.set(key, verdict);
  return verdict;
}

export type AttachOutcome = Outcome & { documentId?: string };

/** The content is looked at before the transaction: no lock waits for a parser. */
export async function attachReportDocument(
  asker: Asker,
  input: AttachReportDocumentInput,
  storage: Storage,
): Promise<AttachOutcome> {
  refuseRole(asker.actor, 'attachReportDocument', 'Report');
  const [upload] = await asker.door.writing(
    asker.actor,
    (tx) => tx.find(Upload, { id: input.uploadId }),
    () => false,
  );
  const errors: RawUserError[] = [];
  if (!upload) errors.push(userError('NOT_FOUND', ['uploadId']));
  else errors.push(...(await settle(asker, upload, storage)));
  if (!errors.length) {
    const verdict = await inspected(storage, upload, input.kind);
    if (!verdict.readable) errors.push(userError('DOCUMENT_UNREADABLE', ['uploadId'], { finding: verdict.finding }));
  }
  return changeReport<AttachOutcome>(asker, 'attachReportDocument', input, errors, async (tx, report) => {
    const refused = notEditable(report);
    if (refused.length) return refused;
    const lost = await advance(tx, report, {});
    if (lost.length) return lost;
    const draft = await draftOf(tx, report.id);
    await tx.delete(ReportDocument, { revisionId: draft.id, kind: input.kind });
    const { provinceId, cityId, consortiumId } = report;
    const { fileName, byteSize, sha256, storageKey } = upload;
    // seals stand on exactly one PDF
    if (input.kind === 'STAMPED_PDF')
      await tx.query('DELETE FROM seal_attestation WHERE revision_id = $1 AND sha256 <> $2', [draft.id, sha256]);
    const documentId = newId('doc');
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
    });
    return { id: report.id, documentId, userErrors: [] };
  });
}

export type SealOutcome = Outcome & { sealId?: string };

export function attestSeal(asker: Asker, input: AttestSealInput): Promise<SealOutcome> {
  const errors: RawUserError[] = [];
  if (input.page != null && (input.page < 1 || input.page > MAX_PAGES))
    errors.push(userError('INVALID', ['page'], { min: 1, max: MAX_PAGES }));
  return changeReport<SealOutcome>(asker, 'attestSeal', input, errors, async (tx, report) => {
    const refused = notEditable(report);
    if (refused.length) return refused;
    const draft = await draftOf(tx, report.id);
    const [pdf] = await tx.find(ReportDocument, { revisionId: draft.id, kind: 'STAMPED_PDF' });
    const leads = await tx.find(Membership, {
      consortiumId: report.consortiumId,
      organizationId: input.organizationId,
      role: ['LEAD_SCHOOL', 'LEAD_ENTERPRISE'],
    });
    const missing: RawUserError[] = [];
    if (!leads.length) missing.push(userError('NOT_FOUND', ['organizationId']));
    if (!pdf) missing.push(userError('DOCUMENT_MISSING', ['reportId'], { kind: 'STAMPED_PDF' }));
    if (missing.length) return missing;
    const lost = await advance(tx, report, {});
    if (lost.length) return lost;
    const { provinceId, cityId, consortiumId } = report;
    const organizationId = input.organizationId;
    await tx.delete(SealAttestation, { revisionId: draft.id, organizationId });
    const sealId = newId('sea');
    await tx.insert(SealAttestation, {
      id: sealId,
      provinceId,
      cityId,
      consortiumId,
      revisionId: draft.id,
      organizationId,
      sha256: pdf.sha256,
      attestedAt: tx.now,
      attestedBy: tx.actor.name,
      page: input.page ?? null,
    });
    return { id: report.id, sealId, userErrors: [] };
  });
}

const draftOf = async (tx: Tx, reportId: string): Promise<ReportRevision> =>
  (await tx.find(ReportRevision, { reportId, number: null }))[0];
