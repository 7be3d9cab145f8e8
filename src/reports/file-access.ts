import { type Actor, JOB } from '../access/actor.js';
import type { Door } from '../access/door.js';
import { named } from '../access/session.js';
import type { Tokens } from '../access/tokens.js';
import type { LinkClaims } from '../files/routes.js';
import type { DepartmentKind, ReportKind, Role } from '../graph/enums.js';
import { labelOf } from '../graph/labels.js';
import { ReportDocument, Upload } from './revision.entity.js';

type Claims = LinkClaims;

const TYPES = {
  WORD: { extension: 'docx', contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
  STAMPED_PDF: { extension: 'pdf', contentType: 'application/pdf' },
} as const;

const TOKEN = named(
  'SELECT t.account_id, t.role, t.province_id, t.city_id, t.department, t.consortium_id, t.label, t.expires_at FROM access_token t WHERE t.id = $1 AND t.revoked_at IS NULL AND t.expires_at > $2',
);

/** At each use of a signed link: does the token that got it still hold, and may it still read? */
export class FileAccess {
  constructor(
    private readonly door: Door,
    private readonly tokens: Tokens,
  ) {}

  private async actorOf({ token }: Claims, authorization: string | undefined): Promise<Actor | null> {
    // with another token's header a link is refused
    if (authorization !== undefined) {
      const given = await this.tokens.actorOf(authorization).catch(() => null);
      if (given?.tokenId !== token) return null;
    }
    const [row] = await this.door.reading(JOB, (session) => session.query(TOKEN, [token, this.door.now()]));
    if (!row) return null;
    return {
      role: row.role as Role,
      name: row.label,
      accountId: row.account_id,
      tokenId: token,
      provinceId: row.province_id,
      cityId: row.city_id,
      department: row.department as DepartmentKind | null,
      consortiumId: row.consortium_id,
      assignedConsortiumIds: [],
      tokenExpiresAt: row.expires_at,
    };
  }

  readonly onUpload = {
    authorize: async (claims: Claims, authorization: string | undefined) => {
      const actor = await this.actorOf(claims, authorization);
      if (!actor) return null;
      const [upload] = await this.door.writing(
        actor,
        (tx) => tx.find(Upload, { id: claims.id, tokenId: claims.token }),
        () => false,
      );
      if (!upload || upload.expiresAt <= this.door.now()) return null;
      return { uploadId: upload.id, byteSize: upload.byteSize, sha256: upload.sha256 };
    },
  };

  readonly onDownload = {
    authorize: async (claims: Claims, authorization: string | undefined) => {
      const known = await this.actorOf(claims, authorization);
      if (!known) return null;
      const actor = await withAssignments(this.door, known);
      return this.door.writing(
        actor,
        async (tx) => {
          const [document] = await tx.find(ReportDocument, { id: claims.id });
          if (!document) return null;
          const [about] = await tx.query<{ year: number; kind: ReportKind; name: string }>(
            'SELECT p.year, p.kind, c.name FROM report_revision v JOIN report p ON p.id = v.report_id JOIN consortium c ON c.id = p.consortium_id WHERE v.id = $1',
            [document.revisionId],
          );
          const { extension, contentType } = TYPES[document.kind];
          const fileName = `${about.year}-${about.name}-${labelOf('ReportKind', about.kind, 'zh')}.${extension}`;
          return { key: document.storageKey, byteSize: document.byteSize, fileName, contentType };
        },
        () => false,
      );
    },
  };
}

const ASSIGNED = named('SELECT consortium_id FROM expert_assignment WHERE account_id = $1');

/** An expert's scope is a list that the database keeps. */
export async function withAssignments(door: Door, actor: Actor): Promise<Actor> {
  if (actor.role !== 'EXPERT') return actor;
  const rows = await door.reading(actor, (session) =>
    session.query<{ consortium_id: string }>(ASSIGNED, [actor.accountId]),
  );
  return { ...actor, assignedConsortiumIds: rows.map((row) => row.consortium_id) };
}
