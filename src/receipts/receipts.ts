import { createHash } from 'node:crypto';
import { JOB } from '../access/actor.js';
import type { Tx } from '../access/door.js';
import { newId } from '../database/ids.js';
import type { Authorize, DownloadGrant } from '../files/routes.js';
import type { Storage } from '../files/storage.js';
import type { ReceiptKind } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { nameOf } from '../reports/file-access.js';
import type { ReceiptBook } from '../reports/moves.js';
import type { Report } from '../reports/report.entity.js';
import type { LinkHolder } from '../tokens/link-holder.js';
import { newReceiptNumber, type ReceiptFacts } from './facts.js';
import { Receipt } from './receipt.entity.js';
import type { ReceiptKeys } from './receipt-keys.js';

const FACTS = `SELECT json_build_object(
  'province', pv.name, 'city', ct.name, 'consortium', json_build_object('code', c.code, 'name', c.name), 'revision', r.number, 'title', r.title,
  'documents', (SELECT json_agg(json_build_object('kind', d.kind, 'sha256', d.sha256, 'byteSize', d.byte_size) ORDER BY d.kind DESC) FROM report_document d WHERE d.revision_id = r.id),
  'seals', (SELECT coalesce(json_agg(json_build_object('organization', o.name, 'attestedAt', to_char(s.attested_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'attestedBy', s.attested_by, 'page', s.page) ORDER BY q.position, s.attested_at, s.id), '[]')
    FROM seal_attestation s JOIN organization o ON o.id = s.organization_id LEFT JOIN required_seal q ON q.revision_id = s.revision_id AND q.organization_id = s.organization_id WHERE s.revision_id = r.id),
  'submittedAt', to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'cityApprovedAt', to_char(r.approved_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'acceptedAt', to_char(r.accepted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) f
  FROM report_revision r JOIN consortium c ON c.id = r.consortium_id JOIN city ct ON ct.id = r.city_id JOIN province pv ON pv.id = r.province_id WHERE r.id = $1`;
type Gathered = Omit<ReceiptFacts, 'number' | 'kind' | 'issuedAt' | 'reportKind' | 'year' | 'eventId'>;

/** Issues receipts within the transaction of their event, and prints them when somebody asks. */
export class Receipts implements ReceiptBook {
  constructor(readonly keys: ReceiptKeys) {}

  async issue(tx: Tx, kind: ReceiptKind, report: Report, revisionId: string, eventId: string): Promise<void> {
    const [{ f }] = await tx.query<{ f: Gathered }>(FACTS, [revisionId]);
    const number = newReceiptNumber(kind, report.year);
    const issuedAt = tx.now;
    const facts: ReceiptFacts = {
      number,
      kind,
      issuedAt: issuedAt.toISOString(),
      reportKind: report.kind,
      year: report.year,
      ...f,
      eventId,
    };
    const { provinceId, cityId, consortiumId } = report;
    await tx.insert(Receipt, {
      id: newId(Receipt),
      provinceId,
      cityId,
      consortiumId,
      revisionId,
      eventId,
      number,
      kind,
      issuedAt,
      jws: await this.keys.sign(facts),
    });
  }
}

/** Printed at the first download and kept: the same bytes for good, so that its own digest belongs to the record. */
export const receiptAccess =
  (holder: LinkHolder, storage: Storage): Authorize<DownloadGrant> =>
  async (claims, authorization) => {
    const actor = await holder.actorOf(claims, authorization);
    if (!actor) return null;
    const found = await holder.door.reading(actor, async (rows) => {
      const [receipt] = await rows.find(Receipt, { id: claims.id });
      return receipt && { receipt, name: await nameOf(rows, receipt.revisionId) };
    });
    if (!found) return null;
    const { receipt, name } = found;
    const key = `receipts/${receipt.id}.pdf`;
    let byteSize = receipt.sha256 ? await storage.sizeOf(key) : undefined;
    if (byteSize === undefined) {
      // what draws is loaded by whoever draws: a start has no use for it
      const { receiptPdf } = await import('./receipt-pdf.js');
      const bytes = await receiptPdf(factsOf(receipt), receipt.jws);
      await storage.put(key, bytes);
      byteSize = bytes.length;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await holder.door.writing(JOB, (tx) =>
        tx.query('UPDATE receipt SET sha256 = $2 WHERE id = $1 AND sha256 IS NULL', [receipt.id, sha256]),
      );
    }
    return {
      key,
      byteSize,
      fileName: `${name}-${labelOf('ReceiptKind', receipt.kind, 'zh')}.pdf`,
      contentType: 'application/pdf',
    };
  };

/** What was signed is what is printed. */
const factsOf = ({ jws }: Receipt): ReceiptFacts => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url').toString());
