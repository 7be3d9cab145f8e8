import { type Actor, JOB } from '../access/actor.js';
import type { Door } from '../access/door.js';
import type { Tokens } from '../access/tokens.js';
import type { LinkClaims } from '../files/routes.js';
import type { DepartmentKind, Role } from '../graph/enums.js';
import { ExpertAssignment } from './token.entity.js';

const TOKEN = `SELECT t.account_id, t.role, t.province_id, t.city_id, t.department, t.consortium_id, t.organization_id, t.report_id, t.sha256, t.label, t.expires_at
   FROM access_token t WHERE t.id = $1 AND t.revoked_at IS NULL AND t.expires_at > $2`;

/** Whoever got a signed link, as long as the token that got it holds; asked at each use. With another token's header: nobody. */
export class LinkHolder {
  constructor(
    readonly door: Door,
    private readonly tokens: Tokens,
  ) {}

  async actorOf({ token }: LinkClaims, authorization: string | undefined): Promise<Actor | null> {
    if (authorization !== undefined) {
      const given = await this.tokens.actorOf(authorization).catch(() => null);
      if (given?.tokenId !== token) return null;
    }
    const [row] = await this.door.reading(JOB, (rows) => rows.query(TOKEN, [token, this.door.now()]));
    if (!row) return null;
    return withAssignments(this.door, {
      role: row.role as Role,
      name: row.label,
      accountId: row.account_id,
      tokenId: token,
      provinceId: row.province_id,
      cityId: row.city_id,
      department: row.department as DepartmentKind | null,
      consortiumId: row.consortium_id,
      organizationId: row.organization_id,
      reportId: row.report_id,
      sealedSha256: row.sha256,
      assignedConsortiumIds: [],
      tokenExpiresAt: row.expires_at,
    });
  }
}

/** An expert's scope is a list that the database keeps. */
export async function withAssignments(door: Door, actor: Actor): Promise<Actor> {
  if (actor.role !== 'EXPERT') return actor;
  const assigned = await door.reading(actor, (rows) => rows.find(ExpertAssignment, { accountId: actor.accountId! }));
  return { ...actor, assignedConsortiumIds: assigned.map(({ consortiumId }) => consortiumId) };
}
