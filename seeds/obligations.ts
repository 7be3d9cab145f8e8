import type { EntityManager } from 'typeorm';

/**
 * Where a corrected designation is later than a due day, nothing was owed on that day (domain: Deadlines). What somebody has
 * begun stays, and so does what the province extended. Nobody else may delete an obligation, hence as the owner.
 */
export async function withdrawObligations(db: EntityManager, designations: string[]): Promise<void> {
  if (designations.length === 0) return;
  await db.query('SET LOCAL ROLE NONE');
  await db.query(
    `DELETE FROM report_obligation o USING consortium c, designation d
     WHERE c.id = o.consortium_id AND d.id = c.designation_id AND d.id = ANY($1) AND o.due_on < d.signed_on AND o.extension_reason IS NULL
       AND NOT EXISTS (SELECT FROM report r WHERE r.obligation_id = o.id)`,
    [designations],
  );
  await db.query('SET LOCAL ROLE iec_loader');
}
