import type { Tx } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { Membership } from '../consortia/consortium.entity.js';
import { newId } from '../database/ids.js';
import { FINDINGS } from '../files/inspection/findings.js';
import { inspectStored } from '../files/inspection/inspect-stored.js';
import type { Inspection } from '../files/inspection/inspector.js';
import { MAX_UPLOAD_BYTES, type Storage } from '../files/storage.js';
import type { DocumentKind } from '../graph/enums.js';
import { checkText, type RawUserError, userError } from '../graph/user-errors.js';
import { type Asker, advance, changeReport, type Outcome } from './change.js';
import { notEditable } from './drafts.js';
import type { AttachReportDocumentInput, AttestSealInput, CreateUploadInput } from './report.input.js';
import { ReportDocument, ReportRevision, SealAttestation, Upload } from './revision.entity.js';

const UPLOAD_MINUTES = 30;
const MAX_PAGES = 5000;

export type UploadOutcome = { upload: Upload | null; userErrors: RawUserError[] };

/** Announces a file: what arrives must have this size and digest. */
export async function createUpload(asker: Asker, input: CreateUploadInput): Promise<UploadOutcome> {
  const { actor } = asker;
  refuseRole(actor, 'createUpload', 'Upload');
  const userErrors = checkText(input.fileName, ['fileName'], { required: true, max: 200 });
  if (/[\\/\p{Cc}\p{Cs}]/u.test(input.fileName)) userErrors.push(userError('INVALID', ['fileName']));
  if (input.byteSize < 1 || input.byteSize > MAX_UPLOAD_BYTES)
    userErrors.push(userError('INVALID', ['byteSize'], { min: 1, max: MAX_UPLOAD_BYTES }));
  if (!/^[0-9a-f]{64}$/.test(input.sha256)) userErrors.push(userError('INVALID', ['sha256']));
  if (userErrors.length) return { upload: null, userErrors };
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
    storageKey: `uploads/${id}`,
    createdAt: now,
    expiresAt: new Date(now.getTime() + UPLOAD_MINUTES * 60_000),
  } as Upload;
  await asker.door.writing(
    actor,
    (tx) => tx.insert(Upload, upload),
    () => !input.validateOnly,
  );
  return { upload: input.validateOnly ? null : upload, userErrors: [] };
}

/** The storage verified the digest on arrival, and the same bytes have the same verdict. */
const verdicts = new Map<string, Inspection>();
const MAX_VERDICTS = 1000;
async function inspected(storage: Storage, upload: Upload, kind: DocumentKind): Promise<Inspection> {
  const key = `${kind}:${upload.sha256}`;
  const known = verdicts.get(key);
  if (known) return known;
  const verdict = await inspectStored(storage, upload.storageKey, kind, upload.fileName);
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
  else if (!upload.receivedAt || !(await storage.exists(upload.storageKey)))
    errors.push(userError('UPLOAD_INCOMPLETE', ['uploadId']));
  else {
    const verdict = await inspected(storage, upload, input.kind);
    for (const finding of verdict.findings)
      if (FINDINGS[finding].severity === 'ERROR')
        errors.push(userError('DOCUMENT_UNREADABLE', ['uploadId'], { finding }));
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
