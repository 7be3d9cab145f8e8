import type { Tx } from '../access/door.js';
import type { Authorize, DownloadGrant, UploadGrant } from '../files/routes.js';
import type { ReportKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import type { LinkHolder } from '../tokens/link-holder.js';
import { ReportDocument, Upload } from './revision.entity.js';

const TYPES = {
  WORD: { extension: 'docx', contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
  STAMPED_PDF: { extension: 'pdf', contentType: 'application/pdf' },
} as const;

/** At each use of a signed link: does the token that got it still hold, and may it still read? */
export const uploadAccess =
  (holder: LinkHolder): Authorize<UploadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (!actor) return null;
    const [upload] = await holder.door.writing(
      actor,
      (tx) => tx.find(Upload, { id: claims.id, tokenId: claims.token }),
      () => false,
    );
    if (!upload || upload.expiresAt <= holder.door.now()) return null;
    return { uploadId: upload.id, byteSize: upload.byteSize, sha256: upload.sha256 };
  };

export const documentAccess =
  (holder: LinkHolder): Authorize<DownloadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (!actor) return null;
    return holder.door.writing(
      actor,
      async (tx) => {
        const [document] = await tx.find(ReportDocument, { id: claims.id });
        if (!document) return null;
        const { storageKey: key, byteSize, sha256 } = document;
        const { extension, contentType } = TYPES[document.kind];
        return {
          key,
          byteSize,
          sha256,
          fileName: `${await nameOf(tx, document.revisionId)}.${extension}`,
          contentType,
        };
      },
      () => false,
    );
  };

/** 2027-衡阳市域产教联合体-年度工作计划 */
export async function nameOf(tx: Tx, revisionId: string): Promise<string> {
  const [about] = await tx.query<{ year: number; kind: ReportKind; name: string }>(
    'SELECT p.year, p.kind, c.name FROM report_revision v JOIN report p ON p.id = v.report_id JOIN consortium c ON c.id = p.consortium_id WHERE v.id = $1',
    [revisionId],
  );
  return paperName(about);
}
export const paperName = ({ year, kind, name }: { year: number; kind: ReportKind; name: string }): string =>
  `${year}-${name}-${labelOf('ReportKind', kind, 'zh')}`;
