import { type Actor, NOWHERE } from '../src/access/actor.js';
import type { Tokens } from '../src/access/tokens.js';
import type { DepartmentKind, Role } from '../src/graph/enums.js';
import { benchId } from './ids.js';

const CITIES = 14;
const EXPIRES = new Date('2099-01-01T00:00:00Z');

/** An actor of the generated data. `n` is the consortium of a board, the city of a bureau; provinces are the first one. */
export function benchActor(role: Exclude<Role, 'PUBLIC'>, n = 1, cities = CITIES): Actor {
  const city = role === 'BOARD' ? (n - 1) % cities : n;
  // the provinces' codes stand in the generator; those of the first one are all that the measurements need
  const provinceCode = '430000';
  if (Math.floor(city / CITIES) > 0) throw new Error('bench: actors of the first province only');
  const cityCode = `43${String((city % CITIES) + 1).padStart(2, '0')}00`;
  const local = role === 'BOARD' || role === 'CITY_BUREAU' || role === 'CITY_DEPARTMENT';
  const key = role === 'ADMINISTRATOR' ? role : `${role}${role === 'BOARD' ? n : local ? city : provinceCode}`;
  return {
    ...NOWHERE,
    role,
    name: key,
    accountId: benchId('acc', key),
    tokenId: benchId('tok', key),
    provinceId: role === 'ADMINISTRATOR' ? null : benchId('prv', provinceCode),
    cityId: local ? benchId('cty', cityCode) : null,
    department: role === 'CITY_DEPARTMENT' ? ('FINANCE' as DepartmentKind) : null,
    consortiumId: role === 'BOARD' ? benchId('con', n) : null,
    tokenExpiresAt: EXPIRES,
  };
}

export const tokenOf = (tokens: Tokens, actor: Actor): Promise<string> =>
  tokens.sign({
    ...actor,
    id: actor.tokenId!,
    accountId: actor.accountId!,
    role: actor.role as Role,
    expiresAt: EXPIRES,
  });
