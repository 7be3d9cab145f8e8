import type { Asker } from '../access/asker.js';
import type { Tx } from '../access/door.js';
import { ISSUES } from '../access/policy.js';
import { refuseRole, refuseRow } from '../access/refuse.js';
import type { Tokens } from '../access/tokens.js';
import { record } from '../audit/record.js';
import { Consortium } from '../consortia/consortium.entity.js';
import { newId } from '../database/ids.js';
import { TEXT } from '../graph/bounds.js';
import { shanghaiToday } from '../graph/shanghai.js';
import { checkLine, type RawUserError, userError } from '../graph/user-errors.js';
import { City, Province } from '../provinces/province.entity.js';
import { AccessToken, Account, ExpertAssignment } from './token.entity.js';
import { type IssueTokenInput, MAX_TOKEN_DAYS, type RevokeTokenInput, TOKEN_DAYS } from './token.input.js';

export type TokenOutcome = { id: string | null; secret?: string | null; userErrors: RawUserError[] };
type Scope = Pick<AccessToken, 'provinceId' | 'cityId' | 'department' | 'consortiumId'>;

const MAX_ASSIGNED = 100;
const DAY = 86_400_000;

/** A token for somebody below: never a wider scope, never a longer life than the issuer's own. */
export async function issueToken(asker: Asker, input: IssueTokenInput, tokens: Tokens): Promise<TokenOutcome> {
  const { actor, requestId } = asker;
  refuseRole(actor, 'issueToken', 'AccessToken');
  return issued(asker, tokens, input.validateOnly, async (tx) => {
    const id = newId(AccessToken);
    const errors = checkLine(input.label, ['label'], { required: true, max: TEXT.label });
    const { expiresAt, errors: tooLong } = lifeOf(tx, input.expiresInDays ?? TOKEN_DAYS);
    errors.push(...tooLong);
    if (!ISSUES[actor.role]?.includes(input.role)) {
      errors.push(userError('SCOPE_EXCEEDED', ['role']));
      return errors;
    }
    const scope = await scopeOf(tx, input, errors);
    const assigned = input.role === 'EXPERT' ? await assignedTo(tx, input, errors) : [];
    const [held] = input.accountOf != null ? await tx.find(AccessToken, { id: input.accountOf }) : [];
    if (input.accountOf != null && !held) errors.push(userError('NOT_FOUND', ['accountOf']));
    if (errors.length) return errors;

    const label = input.label.trim();
    const accountId = held?.accountId ?? newId(Account);
    if (!held)
      await tx.insert(Account, {
        id: accountId,
        provinceId: scope.provinceId,
        displayName: label,
        createdAt: tx.now,
      });
    const token = {
      id,
      accountId,
      label,
      role: input.role,
      ...scope,
      issuedById: actor.tokenId,
      issuedBy: actor.name,
      createdAt: tx.now,
      expiresAt,
      demo: false,
    } as AccessToken;
    await tx.insert(AccessToken, token);
    const year = Number(shanghaiToday(tx.now).slice(0, 4));
    const already = held && assigned.length ? await tx.find(ExpertAssignment, { accountId, year }) : [];
    for (const { id: consortiumId, provinceId } of assigned)
      if (!already.some((one) => one.consortiumId === consortiumId))
        await tx.insert(ExpertAssignment, { id: newId(ExpertAssignment), accountId, consortiumId, provinceId, year });
    await record(
      tx,
      { action: 'issueToken', subjectId: id, ...scope, detail: { role: input.role, expiresAt } },
      requestId,
    );
    return token;
  });
}

/** Writes a token with all that belongs to it, or tells what is wrong; signed is only what was committed. */
export async function issued(
  { actor, door }: Asker,
  tokens: Tokens,
  validateOnly: boolean | null | undefined,
  write: (tx: Tx) => Promise<AccessToken | RawUserError[]>,
): Promise<TokenOutcome> {
  const written = await door.writing(actor, write, (result) => !Array.isArray(result) && !validateOnly);
  if (Array.isArray(written)) return { id: null, userErrors: written };
  if (validateOnly) return { id: null, userErrors: [] };
  return { id: written.id, userErrors: [], secret: await tokens.sign({ ...written, name: written.label }) };
}

/** A life within the bounds and never past the issuer's own. */
export function lifeOf({ now, actor }: Tx, days: number): { expiresAt: Date; errors: RawUserError[] } {
  const expiresAt = new Date(Math.floor((now.getTime() + days * DAY) / 1000) * 1000);
  if (days < 1 || days > MAX_TOKEN_DAYS)
    return { expiresAt, errors: [userError('INVALID', ['expiresInDays'], { min: 1, max: MAX_TOKEN_DAYS })] };
  const last = actor.tokenExpiresAt;
  if (!last || expiresAt <= last) return { expiresAt, errors: [] };
  return { expiresAt, errors: [userError('SCOPE_EXCEEDED', ['expiresInDays'], { notAfter: last.toISOString() })] };
}

/** The scope that fits the role, within the issuer's own; whatever doesn't fit is an error, all of them at once. */
async function scopeOf(tx: Tx, input: IssueTokenInput, errors: RawUserError[]): Promise<Scope> {
  const { actor } = tx;
  const scope: Scope = { provinceId: actor.provinceId, cityId: null, department: null, consortiumId: null };
  const unwanted = (names: (keyof IssueTokenInput & string)[]) => {
    for (const name of names) if (input[name] != null) errors.push(userError('INVALID', [name]));
  };
  switch (input.role) {
    case 'BOARD': {
      unwanted(['department', 'consortiumIds', 'provinceCode']);
      await ownCity(tx, input, errors);
      scope.cityId = actor.cityId;
      if (input.consortiumId == null) errors.push(userError('REQUIRED', ['consortiumId']));
      else {
        const [consortium] = await tx.find(Consortium, { id: input.consortiumId });
        if (!consortium) errors.push(userError('NOT_FOUND', ['consortiumId']));
        else if (consortium.cityId !== actor.cityId) errors.push(userError('SCOPE_EXCEEDED', ['consortiumId']));
        else scope.consortiumId = consortium.id;
      }
      break;
    }
    case 'CITY_DEPARTMENT':
      unwanted(['consortiumId', 'consortiumIds', 'provinceCode']);
      await ownCity(tx, input, errors);
      scope.cityId = actor.cityId;
      if (input.department == null) errors.push(userError('REQUIRED', ['department']));
      // the education bureau's own token is the province's to issue
      else if (input.department === 'EDUCATION') errors.push(userError('INVALID', ['department']));
      else scope.department = input.department;
      break;
    case 'CITY_BUREAU': {
      unwanted(['department', 'consortiumId', 'consortiumIds', 'provinceCode']);
      if (input.cityCode == null) errors.push(userError('REQUIRED', ['cityCode']));
      else {
        const [city] = await tx.find(City, { code: input.cityCode });
        if (!city) errors.push(userError('NOT_FOUND', ['cityCode']));
        else if (city.provinceId !== actor.provinceId) errors.push(userError('SCOPE_EXCEEDED', ['cityCode']));
        else scope.cityId = city.id;
      }
      break;
    }
    case 'PROVINCE': {
      unwanted(['cityCode', 'department', 'consortiumId', 'consortiumIds']);
      const provinces = await tx.find(Province, input.provinceCode != null ? { code: input.provinceCode } : {});
      if (provinces.length === 1) scope.provinceId = provinces[0].id;
      else errors.push(userError(provinces.length ? 'REQUIRED' : 'NOT_FOUND', ['provinceCode']));
      break;
    }
    case 'ADMINISTRATOR':
      unwanted(['cityCode', 'department', 'consortiumId', 'consortiumIds', 'provinceCode']);
      scope.provinceId = null;
      break;
    default:
      unwanted([
        'cityCode',
        'department',
        'consortiumId',
        'provinceCode',
        ...(input.role === 'EXPERT' ? [] : (['consortiumIds'] as const)),
      ]);
  }
  return scope;
}

async function ownCity(tx: Tx, input: IssueTokenInput, errors: RawUserError[]): Promise<void> {
  if (input.cityCode == null) return;
  const [city] = await tx.find(City, { code: input.cityCode });
  if (!city) errors.push(userError('NOT_FOUND', ['cityCode']));
  else if (city.id !== tx.actor.cityId) errors.push(userError('SCOPE_EXCEEDED', ['cityCode']));
}

async function assignedTo(tx: Tx, input: IssueTokenInput, errors: RawUserError[]): Promise<Consortium[]> {
  const ids = [...new Set(input.consortiumIds ?? [])];
  if (ids.length > MAX_ASSIGNED) {
    errors.push(userError('TOO_LONG', ['consortiumIds'], { max: MAX_ASSIGNED }));
    return [];
  }
  const found = ids.length ? await tx.find(Consortium, { id: ids }) : [];
  if (found.length < ids.length) errors.push(userError('NOT_FOUND', ['consortiumIds']));
  if (found.some((c) => c.provinceId !== tx.actor.provinceId))
    errors.push(userError('SCOPE_EXCEEDED', ['consortiumIds']));
  return found;
}

/** Refused from the next request on; what it issued stands. Revoking twice changes nothing. */
export async function revokeToken(asker: Asker, input: RevokeTokenInput): Promise<TokenOutcome> {
  const { actor, door, requestId } = asker;
  refuseRole(actor, 'revokeToken', 'AccessToken');
  return door.writing<TokenOutcome>(
    actor,
    async (tx) => {
      const [seen] = await tx.find(AccessToken, { id: input.tokenId });
      refuseRow(actor, 'revokeToken', 'AccessToken', seen);
      const token = (await tx.lock(AccessToken, input.tokenId, 'revokeToken'))!;
      if (!token.revokedAt) {
        await tx.update(AccessToken, { id: token.id }, { revokedAt: tx.now });
        const { provinceId, cityId, consortiumId } = token;
        await record(
          tx,
          {
            action: 'revokeToken',
            subjectId: token.id,
            provinceId,
            cityId,
            consortiumId,
            detail: { role: token.role },
          },
          requestId,
        );
      }
      return { id: token.id, userErrors: [] };
    },
    () => !input.validateOnly,
  );
}
