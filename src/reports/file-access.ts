import type { Rows } from '../access/door.js';
import type { Authorize, DownloadGrant, UploadGrant } from '../files/routes.js';
import type { ReportKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import type { LinkHolder } from '../tokens/link-holder.js';
import { ReportDocument } from './document.entity.js';
import { Upload } from './upload.entity.js';

/** The two kinds of file that there are (notice, paragraph 4). */
export const FILE_TYPES = {
  WORD: { extension: 'docx', contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
  STAMPED_PDF: { extension: 'pdf', contentType: 'application/pdf' },
} as const;

/** At each use of a signed link: does the token that got it still hold, and may it still read? */
export const uploadAccess =
  (holder: LinkHolder): Authorize<UploadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (!actor) return null;
    const [upload] = await holder.door.reading(actor, (rows) =>
      rows.find(Upload, { id: claims.id, tokenId: claims.token }),
    );
    if (!upload || upload.expiresAt <= holder.door.now()) return null;
    return { uploadId: upload.id, byteSize: upload.byteSize, sha256: upload.sha256 };
  };

export const documentAccess =
  (holder: LinkHolder): Authorize<DownloadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (!actor) return null;
    return holder.door.reading(actor, async (rows) => {
      const [document] = await rows.find(ReportDocument, { id: claims.id });
      if (!document) return null;
      const { storageKey: key, byteSize, sha256 } = document;
      const { extension, contentType } = FILE_TYPES[document.kind];
      return {
        key,
        byteSize,
        sha256,
        fileName: `${await nameOf(rows, document.revisionId)}.${extension}`,
        contentType,
      };
    });
  };

/** 2027-衡阳市域产教联合体-年度工作计划 */
export async function nameOf(rows: Rows, revisionId: string): Promise<string> {
  const [about] = await rows.query<{ year: number; kind: ReportKind; name: string }>(
    'SELECT p.year, p.kind, c.name FROM report_revision v JOIN report p ON p.id = v.report_id JOIN consortium c ON c.id = p.consortium_id WHERE v.id = $1',
    [revisionId],
  );
  return paperName(about);
}
export const paperName = ({ year, kind, name }: { year: number; kind: ReportKind; name: string }): string =>
  `${year}-${name}-${labelOf('ReportKind', kind, 'zh')}`;
