/**
 * What a draft lacks before it can be submitted, as JSON { documents: kinds, seals: organization ids }: one SQL for the flag
 * and for the guard. `report` is the alias of the report's row. The board alone can see a draft, under both walls.
 */
export const draftGaps = (report: string): string => `(
  SELECT json_build_object(
    'documents', (SELECT coalesce(json_agg(k.kind ORDER BY k.kind), '[]') FROM (VALUES ('WORD'), ('STAMPED_PDF')) k(kind)
      WHERE NOT EXISTS (SELECT 1 FROM report_document d WHERE d.revision_id = r.id AND d.kind = k.kind)),
    'seals', (SELECT coalesce(json_agg(m.organization_id ORDER BY m.role DESC, m.position), '[]') FROM membership m
      WHERE m.consortium_id = ${report}.consortium_id AND m.role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE')
        AND NOT EXISTS (SELECT 1 FROM seal_attestation s JOIN report_document d ON d.revision_id = s.revision_id AND d.kind = 'STAMPED_PDF'
          WHERE s.revision_id = r.id AND s.organization_id = m.organization_id AND s.sha256 = d.sha256)))
  FROM report_revision r WHERE r.report_id = ${report}.id AND r.number IS NULL)`;
