import type { Asker } from '../access/asker.js';
import type { Rows } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import { register } from '../database/registered.js';
import type { Authorize, DownloadGrant } from '../files/routes.js';
import type { Storage } from '../files/storage.js';
import type { DocumentKind, ReportKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { timelinessOf } from '../reports/calendar.js';
import { ReportDocument } from '../reports/document.entity.js';
import { FILE_TYPES, paperName } from '../reports/file-access.js';
import { ReportObligation } from '../reports/obligation.entity.js';
import { Report } from '../reports/report.entity.js';
import { ReportRevision } from '../reports/revision.entity.js';
import type { LinkHolder } from '../tokens/link-holder.js';
import type { ArchiveEntry } from './archive.js';

// an archive is no row: it is packed when its link is opened
register('ReportArchive', { prefix: 'arc', zh: '年度压缩包', en: 'archive of a year' });

const FIRST_YEAR = 2024;
const LAST_YEAR = 2200;
/** Some thirty times what a province of 21 consortia sends in; its list is read, and its index written, in one piece. */
export const MAX_REPORTS = 2000;

export type ArchiveInput = { year: number; kind?: ReportKind | null; validateOnly?: boolean | null };
export type ArchiveOutcome = { id: string | null; userErrors: RawUserError[] };

/** Whoever takes a whole year away is written down; the bytes are gathered when the link is opened. */
export async function requestReportArchive(asker: Asker, input: ArchiveInput): Promise<ArchiveOutcome> {
  refuseRole(asker.actor, 'requestReportArchive', 'Report');
  if (input.year < FIRST_YEAR || input.year > LAST_YEAR)
    return { id: null, userErrors: [userError('INVALID', ['year'], { min: FIRST_YEAR, max: LAST_YEAR })] };
  const id = newId('ReportArchive');
  const kind = input.kind ?? null;
  return asker.door.writing<ArchiveOutcome>(
    asker.actor,
    async (tx) => {
      if ((await accepted(tx, input.year, kind, 'p.id')).length > MAX_REPORTS)
        return { id: null, userErrors: [userError('TOO_MANY', [kind ? 'year' : 'kind'], { max: MAX_REPORTS })] };
      const detail = { year: input.year, kind };
      const provinceId = tx.actor.provinceId;
      await record(tx, { action: 'requestReportArchive', subjectId: id, provinceId, detail }, asker.requestId);
      return { id: input.validateOnly ? null : id, userErrors: [] };
    },
    ({ userErrors }) => userErrors.length === 0 && !input.validateOnly,
  );
}

type Row = Omit<ArchiveEntry, 'documents' | 'onTime'> & {
  dueAt: Date;
  filedAt: Date | null;
  documents: { kind: DocumentKind; byteSize: number; sha256: string; storageKey: string }[];
};
const WHOLE = (
  documents: string,
) => `ct.code || ' ' || ct.name AS folder, c.code, c.name AS consortium, ct.name AS city, p.kind, p.year,
  to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "submittedAt", to_char(r.approved_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "approvedAt",
  to_char(r.accepted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "acceptedAt", o.due_at AS "dueAt", o.filed_at AS "filedAt",
  (SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'byteSize', d.byte_size, 'sha256', d.sha256, 'storageKey', d.storage_key) ORDER BY d.kind DESC), '[]')
   FROM report_document d WHERE d.revision_id = r.id AND ${documents}) AS documents`;

/** One more than an archive may have, where there are more: nobody reads such a list to its end. */
async function accepted(rows: Rows, year: number, kind: string | null, columns?: string): Promise<Row[]> {
  const values: unknown[] = [year, kind];
  return rows.query<Row>(
    `SELECT ${columns ?? WHOLE(rows.allowed(ReportDocument, 'd', values))}
    FROM report p JOIN report_revision r ON r.report_id = p.id AND r.number = p.last_revision_number JOIN report_obligation o ON o.id = p.obligation_id
    JOIN consortium c ON c.id = p.consortium_id JOIN city ct ON ct.id = p.city_id
    WHERE p.year = $1 AND p.state = 'ACCEPTED' AND r.accepted_at IS NOT NULL AND ($2::text IS NULL OR p.kind = $2)
      AND ${rows.allowed(Report, 'p', values, 'requestReportArchive')} AND ${rows.allowed(ReportRevision, 'r', values)}
      AND ${rows.allowed(ReportObligation, 'o', values)}
    ORDER BY ct.code, c.list_number, c.id, o.due_on LIMIT ${MAX_REPORTS + 1}`,
    values,
  );
}

/** One year's accepted reports of the whole province, as far as the officer's token goes. */
export const archiveAccess =
  (holder: LinkHolder, storage: Storage): Authorize<DownloadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (actor?.role !== 'PROVINCE') return null;
    const { year, kind } = claims;
    const found = await holder.door.reading(actor, (rows) => accepted(rows, Number(year), kind || null));
    // more were accepted since: whoever asks for a new link is told
    if (found.length > MAX_REPORTS) return null;
    const what = kind ? labelOf('ReportKind', kind, 'zh') : '全部材料';
    const title = `${year}年已收${what}`;
    const { archive } = await import('./archive.js');
    return {
      stream: () => archive(entriesOf(found, storage, holder.door.now()), title),
      fileName: `${title}.zip`,
      contentType: 'application/zip',
    };
  };

async function* entriesOf(rows: Row[], storage: Storage, now: Date): AsyncGenerator<ArchiveEntry> {
  for (const { dueAt, filedAt, documents, ...row } of rows)
    yield {
      ...row,
      onTime: labelOf('Timeliness', timelinessOf({ dueAt, filedAt }, now), 'zh'),
      documents: documents.map(({ kind, byteSize, sha256, storageKey }) => ({
        name: `${paperName({ year: row.year, kind: row.kind, name: row.consortium })}.${FILE_TYPES[kind].extension}`,
        byteSize,
        sha256,
        open: async () => (await storage.open(storageKey)).stream,
      })),
    };
}
