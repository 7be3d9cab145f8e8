import { ACTORS } from '../access/roles.js';
import { each, PURPOSE, type Rule } from '../access/rules.js';

export const RIGHTS: Rule[] = [
  // where the province changes whether the due day itself counts
  ...each('changes', 'report_obligation', { job: 'filed_at IS NULL' }, ['due_at']),
  // a park or a bureau that comes onto the list and is to seal needs a unit
  ...each('reads', 'seal_requirement', { loader: 'true' }),
];

const OWN_SEAL = `organization_id = ${PURPOSE.organization} AND sha256 = ${PURPOSE.sha256} AND EXISTS (SELECT FROM report_revision r WHERE r.id = seal_attestation.revision_id)`;
/** A unit confirms for itself, in the place of what its board confirmed for it. */
export const UNIT: Rule[] = each('removes', 'seal_attestation', { seal_unit: `${OWN_SEAL} AND NOT by_unit` });
export const BY_ITSELF = `ALTER POLICY seal_unit_adds_seal_attestation ON seal_attestation WITH CHECK (${OWN_SEAL} AND by_unit)`;
export const BY_ANYBODY = `ALTER POLICY seal_unit_adds_seal_attestation ON seal_attestation WITH CHECK (${OWN_SEAL})`;

/** Which units must seal is published; who decided it, by name, is not. */
const DECISION = 'id, province_id, effective_on, units, decided_at';
const READERS = [...ACTORS, 'seal_unit', 'job'].filter((role) => role !== 'province').map((role) => `iec_${role}`);
export const UNNAMED = `
  REVOKE SELECT ON seal_requirement FROM ${READERS};
  GRANT SELECT (${DECISION}) ON seal_requirement TO ${READERS};
`;
export const NAMED = `
  REVOKE SELECT (${DECISION}) ON seal_requirement FROM ${READERS};
  GRANT SELECT ON seal_requirement TO ${READERS};
`;
