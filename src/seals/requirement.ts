import type { Tx } from '../access/door.js';
import { refuseRole } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { idOf, newId } from '../database/ids.js';
import { searchText, sortKey } from '../database/text.js';
import { SealUnitKind } from '../graph/enums.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { Organization, Park } from '../organizations/organization.entity.js';
import { Department } from '../provinces/province.entity.js';
import { shanghaiToday } from '../reports/calendar.js';
import type { Asker } from '../reports/change.js';
import { SealRequirement } from './seal-requirement.entity.js';

export type RequirementInput = { effectiveOn: string; units: SealUnitKind[]; validateOnly?: boolean | null };
export type RequirementOutcome = { id: string | null; userErrors: RawUserError[] };

/** Decided for a day to come or for today, never for the past: what was frozen with a submission stays. */
export async function decideSealRequirement(asker: Asker, input: RequirementInput): Promise<RequirementOutcome> {
  refuseRole(asker.actor, 'decideSealRequirement', 'SealRequirement');
  const today = shanghaiToday(asker.door.now());
  const effectiveOn = String(input.effectiveOn);
  const userErrors: RawUserError[] = [];
  if (effectiveOn < today) userErrors.push(userError('INVALID', ['effectiveOn'], { notBefore: today }));
  if (!input.units.length) userErrors.push(userError('REQUIRED', ['units']));
  if (userErrors.length) return { id: null, userErrors };
  // each once, in the order of the enum
  const units = Object.values(SealUnitKind).filter((unit) => input.units.includes(unit));
  const id = newId('srq');
  return asker.door.writing<RequirementOutcome>(
    asker.actor,
    async (tx) => {
      const provinceId = tx.actor.provinceId!;
      await tx.insert(SealRequirement, {
        id,
        provinceId,
        effectiveOn,
        units,
        decidedAt: tx.now,
        decidedBy: tx.actor.name,
      });
      if (units.includes('PARK')) await makeUnits(tx, Park, await tx.find(Park, { provinceId, organizationId: null }));
      if (units.includes('BUREAU'))
        await makeUnits(
          tx,
          Department,
          await tx.find(Department, { provinceId, organizationId: null, kind: 'EDUCATION' }),
        );
      const detail = { effectiveOn, units };
      await record(tx, { action: 'decideSealRequirement', subjectId: id, provinceId, detail }, asker.requestId);
      return { id, userErrors: [] };
    },
    () => !input.validateOnly,
  );
}

/** A park or a bureau that is to seal needs a unit to seal for it: of its own name, or the one that has this name already. */
async function makeUnits<E extends Park | Department>(tx: Tx, entity: new () => E, rows: E[]): Promise<void> {
  for (const row of rows) {
    const { provinceId, name } = row;
    const [known] = await tx.find(Organization, { provinceId, name });
    const organizationId = known?.id ?? idOf('org', `${provinceId}:${name}`);
    if (!known)
      await tx.insert(Organization, {
        id: organizationId,
        provinceId,
        name,
        kind: 'GOVERNMENT',
        nameSort: sortKey(name),
        searchText: searchText(name),
      });
    await tx.update(entity, { id: row.id } as Partial<E>, { organizationId } as Partial<E>);
  }
}
