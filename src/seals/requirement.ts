import type { Asker } from '../access/asker.js';
import { refuseRole } from '../access/refuse.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import { SealUnitKind } from '../graph/enums.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { SealRequirement } from './seal-requirement.entity.js';
import { makeSealUnits } from './units.js';

export type RequirementInput = { effectiveOn: string; units: SealUnitKind[]; validateOnly?: boolean | null };
export type RequirementOutcome = { id: string | null; userErrors: RawUserError[] };

const LEADS = ['LEAD_SCHOOL', 'LEAD_ENTERPRISE'] as const satisfies SealUnitKind[];

/** Decided for a day to come or for today, never for the past: what was frozen with a submission stays. */
export async function decideSealRequirement(asker: Asker, input: RequirementInput): Promise<RequirementOutcome> {
  refuseRole(asker.actor, 'decideSealRequirement', 'SealRequirement');
  const today = shanghaiToday(asker.door.now());
  const effectiveOn = String(input.effectiveOn);
  const userErrors: RawUserError[] = [];
  if (effectiveOn < today) userErrors.push(userError('INVALID', ['effectiveOn'], { notBefore: today }));
  // 各牵头单位联合盖章 (notice, paragraph 4): others can be added, those on the list can't be left out
  for (const unit of LEADS)
    if (!input.units.includes(unit)) userErrors.push(userError('REQUIRED', ['units'], { unit }));
  if (userErrors.length) return { id: null, userErrors };
  // each once, in the order of the enum
  const units = Object.values(SealUnitKind).filter((unit) => input.units.includes(unit));
  const id = newId(SealRequirement);
  return asker.door.writing<RequirementOutcome>(
    asker.actor,
    async (tx) => {
      const provinceId = tx.actor.provinceId!;
      // of two for one day the later decision holds
      const before = await tx.find(SealRequirement, { provinceId, effectiveOn });
      tx.after(...before.map(({ decidedAt }) => decidedAt));
      await tx.insert(SealRequirement, {
        id,
        provinceId,
        effectiveOn,
        units,
        decidedAt: tx.now,
        decidedBy: tx.actor.name,
      });
      await makeSealUnits(tx.query, [provinceId]);
      const detail = { effectiveOn, units };
      await record(tx, { action: 'decideSealRequirement', subjectId: id, provinceId, detail }, asker.requestId);
      return { id, userErrors: [] };
    },
    () => !input.validateOnly,
  );
}
