import { createHash, randomBytes, type webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, errors as joseErrors, jwtVerify, SignJWT } from 'jose';
import type { DepartmentKind, Role } from '../graph/enums.js';
import { ApiError } from '../graph/errors.js';
import { Lru } from '../graph/lru.js';
import { type Actor, PUBLIC } from './actor.js';
import { openKeyFile, unreadable } from './key-file.js';

type CryptoKey = webcrypto.CryptoKey;

const ISSUER = 'industry-education-consortia';
const MAX_REMEMBERED = 10_000;

export type TokenClaims = {
  id: string;
  accountId: string;
  name: string;
  role: Role;
  provinceId: string | null;
  cityId: string | null;
  department: DepartmentKind | null;
  consortiumId: string | null;
  organizationId?: string | null;
  reportId?: string | null;
  sealedSha256?: string | null;
  expiresAt: Date;
};

type KeyFile = { demo: boolean; privateKey: JWK; publicKey: JWK; fileSecret: string };

/** Signs and reads tokens (EdDSA). The key lies in DATA_DIR/keys; processes that share the database share that folder. */
export class Tokens {
  private readonly remembered = new Lru<string, Actor>(MAX_REMEMBERED);

  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicKey: CryptoKey,
    private readonly keyId: string,
    /** Signs file links. */
    readonly fileSecret: Buffer,
    private readonly now: () => Date,
  ) {}

  static async open(dataDir: string, production: boolean, now: () => Date): Promise<Tokens> {
    const path = join(dataDir, 'keys', 'token-key.json');
    const file = await openKeyFile<KeyFile>(path, production, newKeys);
    try {
      return new Tokens(
        (await importJWK(file.privateKey, 'EdDSA')) as CryptoKey,
        (await importJWK(file.publicKey, 'EdDSA')) as CryptoKey,
        createHash('sha256').update(String(file.publicKey.x)).digest('hex').slice(0, 16),
        Buffer.from(file.fileSecret, 'base64url'),
        now,
      );
    } catch {
      throw unreadable(path);
    }
  }

  async sign(claims: TokenClaims): Promise<string> {
    return new SignJWT({
      acc: claims.accountId,
      name: claims.name,
      role: claims.role,
      prv: claims.provinceId ?? undefined,
      cty: claims.cityId ?? undefined,
      dep: claims.department ?? undefined,
      con: claims.consortiumId ?? undefined,
      org: claims.organizationId ?? undefined,
      rep: claims.reportId ?? undefined,
      pdf: claims.sealedSha256 ?? undefined,
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.keyId })
      .setIssuer(ISSUER)
      .setJti(claims.id)
      .setIssuedAt(this.now())
      .setExpirationTime(claims.expiresAt)
      .sign(this.privateKey);
  }

  /** Who sends this header. No header is the public; whether the token still holds is asked of the database as well. */
  async actorOf(authorization: string | undefined): Promise<Actor> {
    if (authorization === undefined || authorization.trim() === '') return PUBLIC;
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(authorization)?.[1];
    if (!token || token.length > 4096) throw new ApiError('UNAUTHENTICATED');
    const known = this.remembered.get(token);
    if (known) {
      if (known.tokenExpiresAt! <= this.now()) throw new ApiError('TOKEN_EXPIRED');
      return known;
    }
    const actor = await this.read(token);
    this.remembered.set(token, actor);
    return actor;
  }

  private async read(token: string): Promise<Actor> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        issuer: ISSUER,
        algorithms: ['EdDSA'],
        currentDate: this.now(),
      });
      return {
        role: payload.role as Role,
        name: String(payload.name),
        accountId: String(payload.acc),
        tokenId: payload.jti!,
        provinceId: (payload.prv as string) ?? null,
        cityId: (payload.cty as string) ?? null,
        department: (payload.dep as DepartmentKind) ?? null,
        consortiumId: (payload.con as string) ?? null,
        organizationId: (payload.org as string) ?? null,
        reportId: (payload.rep as string) ?? null,
        sealedSha256: (payload.pdf as string) ?? null,
        assignedConsortiumIds: [],
        tokenExpiresAt: new Date(payload.exp! * 1000),
      };
    } catch (error) {
      throw new ApiError(error instanceof joseErrors.JWTExpired ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED');
    }
  }
}

async function newKeys(): Promise<Omit<KeyFile, 'demo'>> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  return {
    privateKey: await exportJWK(privateKey),
    publicKey: await exportJWK(publicKey),
    fileSecret: randomBytes(64).toString('base64url'),
  };
}
