import { JOB } from '../access/actor.js';
import type { Asker } from '../access/asker.js';
import { refuseRole } from '../access/refuse.js';
import { newId } from '../database/ids.js';
import { ABANDONED_MS, type Storage, UploadError, type UploadTicket } from '../files/storage.js';
import { TEXT } from '../graph/bounds.js';
import { ApiError } from '../graph/errors.js';
import { checkLine, type RawUserError, userError } from '../graph/user-errors.js';
import { AccessToken } from '../tokens/token.entity.js';

import type { CreateUploadInput } from './report.input.js';
import { Upload } from './upload.entity.js';

const UPLOAD_MINUTES = 30;
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
  const userErrors = checkLine(input.fileName, ['fileName'], { required: true, max: TEXT.fileName });
  if (/[\\/]/.test(input.fileName)) userErrors.push(userError('INVALID', ['fileName']));
  const max = storage.maxUploadBytes;
  if (input.byteSize < 1 || input.byteSize > max) userErrors.push(userError('INVALID', ['byteSize'], { min: 1, max }));
  if (!/^[0-9a-f]{64}$/.test(input.sha256))
    userErrors.push(userError('INVALID', ['sha256'], { format: '[0-9a-f]{64}' }));
  if (userErrors.length) return { upload: null, ticket: null, userErrors };
  const upload = await asker.door.writing(
    actor,
    async (tx) => {
      // the list may have moved the consortium to another city since the token was signed; the token's row moved with it
      const [{ provinceId, cityId, consortiumId }] = await tx.find(AccessToken, { id: actor.tokenId! });
      const id = newId(Upload);
      const row = {
        id,
        provinceId: provinceId!,
        cityId,
        consortiumId,
        tokenId: actor.tokenId!,
        fileName: input.fileName.trim(),
        byteSize: input.byteSize,
        sha256: input.sha256,
        storageKey: `documents/${id}`,
        createdAt: tx.now,
        expiresAt: new Date(tx.now.getTime() + UPLOAD_MINUTES * 60_000),
      } as Upload;
      await tx.insert(Upload, row);
      return row;
    },
    () => !input.validateOnly,
  );
  if (input.validateOnly) return { upload: null, ticket: null, userErrors: [] };
  const { id, tokenId, byteSize, sha256, expiresAt } = upload;
  const ticket = await storage.ticket({ id, tokenId, announced: { byteSize, sha256 }, expiresAt }, publicBase);
  return { upload, ticket, userErrors: [] };
}

type Found = { upload?: Upload; errors: RawUserError[] };

/** The asker's own upload, before anything is done with what was sent. */
export async function announced(asker: Asker, uploadId: string): Promise<Found> {
  const [upload] = await asker.door.reading(asker.actor, (rows) => rows.find(Upload, { id: uploadId }));
  if (!upload) return { errors: [userError('NOT_FOUND', ['uploadId'])] };
  if (upload.createdAt.getTime() < asker.door.now().getTime() - ATTACHED_WITHIN_MS)
    return { errors: [userError('UPLOAD_INCOMPLETE', ['uploadId'])] };
  return { upload, errors: [] };
}

/** Takes what has arrived for it into keeping; answers what is wrong with it. */
export async function arrived(asker: Asker, { upload, errors }: Found, storage: Storage): Promise<Found> {
  if (!upload) return { errors };
  try {
    await storage.settle(upload.id, upload, upload.storageKey);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    // a full disk is nobody's mistake
    if (error.code === 'NO_SPACE') throw new ApiError('UNAVAILABLE', { cause: error });
    return { errors: [userError(error.code === 'INCOMPLETE' ? 'UPLOAD_INCOMPLETE' : 'UPLOAD_MISMATCH', ['uploadId'])] };
  }
  if (!upload.receivedAt)
    await asker.door.writing(JOB, (tx) => tx.update(Upload, { id: upload.id }, { receivedAt: tx.now }));
  return { upload, errors: [] };
}
