import { readFile } from 'node:fs/promises';
import type { Rows } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import { FINDINGS } from '../files/inspection/findings.js';
import type { Authorize, DownloadGrant } from '../files/routes.js';
import type { Storage } from '../files/storage.js';
import type { ReportKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import type { AskerWithFiles } from '../reports/documents.js';
import { FILE_TYPES, paperName } from '../reports/file-access.js';
import { ReportObligation } from '../reports/obligation.entity.js';
import { inUse } from '../reports/orphans.js';
import { announced, arrived } from '../reports/uploads.js';
import type { LinkHolder } from '../tokens/link-holder.js';
import type { TemplateData } from './data.js';
import { defaultTemplate } from './defaults.js';
import type { Filler } from './filler.js';
import { ReportTemplate } from './template.entity.js';

export const TEMPLATES_IN_USE = inUse('report_template');

/** The words of the list, as JSON; labels are put in afterwards. Plan items and indicators come with their own issue. */
const LISTED = `SELECT json_build_object(
  'code', c.code, 'name', c.name, 'listNumber', c.list_number, 'status', c.status, 'city', ct.name, 'province', pv.name,
  'designationNumber', d.document_number, 'designatedOn', d.signed_on,
  'parks', (SELECT coalesce(json_agg(json_build_object('name', p.name) ORDER BY l.position), '[]') FROM consortium_park l JOIN park p ON p.id = l.park_id WHERE l.consortium_id = c.id),
  'units', (SELECT coalesce(json_agg(json_build_object('name', o.name, 'role', m.role) ORDER BY m.position, m.id), '[]') FROM membership m JOIN organization o ON o.id = m.organization_id WHERE m.consortium_id = c.id),
  'form', b.form,
  'board', (SELECT coalesce(json_agg(json_build_object('name', n.name, 'position', n.position, 'constituency', n.constituency, 'organization', o.name) ORDER BY n.rank, n.id), '[]')
    FROM board_member n LEFT JOIN organization o ON o.id = n.organization_id WHERE n.board_id = b.id)) l
  FROM consortium c JOIN city ct ON ct.id = c.city_id JOIN province pv ON pv.id = c.province_id JOIN designation d ON d.id = c.designation_id
  LEFT JOIN board b ON b.consortium_id = c.id WHERE c.id = $1`;
type Listed = Omit<TemplateData['consortium'], 'statusLabel'> & {
  status: string;
  parks: { name: string }[];
  units: { name: string; role: string }[];
  form: string | null;
  board: TemplateData['board']['members'];
};

async function dataFor(rows: Rows, obligation: ReportObligation): Promise<TemplateData> {
  const [{ l }] = await rows.query<{ l: Listed }>(LISTED, [obligation.consortiumId]);
  const { parks, units, form, board, status, ...consortium } = l;
  const unitsOf = (role: string) => units.filter((unit) => unit.role === role).map(({ name }) => ({ name }));
  return {
    consortium: { ...consortium, statusLabel: labelOf('ConsortiumStatus', status, 'zh') },
    parks,
    leadSchools: unitsOf('LEAD_SCHOOL'),
    leadEnterprises: unitsOf('LEAD_ENTERPRISE'),
    members: unitsOf('MEMBER'),
    board: {
      form: form ? labelOf('BoardForm', form, 'zh') : '',
      members: board.map((member) => ({
        ...member,
        position: labelOf('BoardPosition', member.position, 'zh'),
        constituency: labelOf('Constituency', member.constituency, 'zh'),
      })),
    },
    obligation: {
      kindLabel: labelOf('ReportKind', obligation.kind, 'zh'),
      year: obligation.year,
      dueOn: obligation.dueOn,
    },
    planItems: [],
    indicators: [],
    today: shanghaiToday(rows.now),
  };
}

/** The template of an obligation, prefilled as it is asked for; for the board that owes it. */
export const templateAccess =
  (holder: LinkHolder, storage: Storage, filler: Filler): Authorize<DownloadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (actor?.role !== 'BOARD') return null;
    const found = await holder.door.reading(actor, async (rows) => {
      const [obligation] = await rows.find(ReportObligation, { id: claims.id });
      if (!obligation) return null;
      return { obligation, data: await dataFor(rows, obligation), own: await newest(rows, obligation) };
    });
    if (!found) return null;
    const { obligation, data, own } = found;
    const name = paperName({ year: obligation.year, kind: obligation.kind, name: data.consortium.name });
    const key = own?.storageKey ?? `default/${obligation.kind}`;
    const blank = () => (own ? read(storage, own.storageKey) : defaultTemplate(obligation.kind));
    const bytes = await filler.fill(actor.tokenId!, key, blank, data);
    const { extension, contentType } = FILE_TYPES.WORD;
    return { bytes, fileName: `${name}-模板.${extension}`, contentType };
  };

const newest = async (rows: Rows, { provinceId, kind }: { provinceId: string; kind: ReportKind }) =>
  (await rows.find(ReportTemplate, { provinceId, kind })).sort(
    (a, b) => b.createdAt.getTime() - a.createdAt.getTime(),
  )[0];

async function read(storage: Storage, key: string): Promise<Buffer> {
  const { path, release } = await storage.local(key);
  try {
    return await readFile(path);
  } finally {
    await release();
  }
}

export type AskerWithFiller = AskerWithFiles & { filler: Filler };
export type ReplaceInput = { kind: ReportKind; uploadId: string; validateOnly?: boolean | null };
export type ReplaceOutcome = { kind: ReportKind | null; userErrors: RawUserError[] };

/** A Word file that passes the check of every Word file, and that can be filled for every consortium. */
export async function replaceReportTemplate(asker: AskerWithFiller, input: ReplaceInput): Promise<ReplaceOutcome> {
  refuseRole(asker.actor, 'replaceReportTemplate', 'ReportTemplate');
  const { upload, errors } = await arrived(asker, await announced(asker, input.uploadId), asker.storage);
  const failed = (userErrors: RawUserError[]): ReplaceOutcome => ({ kind: null, userErrors });
  if (!upload || errors.length) return failed(errors);
  const { findings } = await asker.checks.inspect({ ...upload, kind: 'WORD' }, asker.actor.tokenId!);
  for (const finding of findings)
    if (FINDINGS[finding].severity === 'ERROR')
      errors.push(userError('DOCUMENT_UNREADABLE', ['uploadId'], { finding }));
  if (!errors.length) {
    const blank = () => read(asker.storage, upload.storageKey);
    for (const { tag, zh, en } of await asker.filler.problems(asker.actor.tokenId!, blank))
      errors.push(userError('INVALID', ['uploadId'], { ...(tag !== null && { tag }), zh, en }));
  }
  if (errors.length) return failed(errors);
  const { fileName, byteSize, sha256, storageKey } = upload;
  return asker.door.writing<ReplaceOutcome>(
    asker.actor,
    async (tx) => {
      const id = newId(ReportTemplate);
      const provinceId = tx.actor.provinceId!;
      // the newest is the one in use
      tx.after((await newest(tx, { provinceId, kind: input.kind }))?.createdAt);
      await tx.insert(ReportTemplate, {
        id,
        provinceId,
        kind: input.kind,
        fileName,
        byteSize,
        sha256,
        storageKey,
        createdAt: tx.now,
        createdBy: tx.actor.name,
      });
      const detail = { kind: input.kind, sha256 };
      await record(tx, { action: 'replaceReportTemplate', subjectId: id, provinceId, detail }, asker.requestId);
      return { kind: input.kind, userErrors: [] };
    },
    () => !input.validateOnly,
  );
}
