import type { UrlSigner } from './signing.js';

const DOWNLOAD_MINUTES = 5;

export const uploadPath = (id: string): string => `/files/uploads/${id}`;
export const downloadPath = (kind: string, id: string): string => `/files/${kind}/${id}`;

/** Signed links to our own file routes; they carry the token's id, which is asked again at each use. */
export class FileLinks {
  constructor(private readonly signer: UrlSigner) {}

  /** With a part's number: for that part alone. */
  upload(base: string, uploadId: string, tokenId: string, expiresAt: Date, part?: number): string {
    const claims = { token: tokenId, ...(part !== undefined && { part: String(part) }) };
    return base + this.signer.sign(uploadPath(uploadId), claims, expiresAt);
  }
  /** `kind` is one of the kinds that have a route; what else the link says is signed with it. */
  download(
    base: string,
    kind: string,
    id: string,
    tokenId: string,
    now: Date,
    claims: Record<string, string> = {},
  ): string {
    // rounded up, so that one answer asked twice in a minute has one link
    const expiresAt = new Date(Math.ceil(now.getTime() / 60_000) * 60_000 + (DOWNLOAD_MINUTES - 1) * 60_000);
    return base + this.signer.sign(downloadPath(kind, id), { ...claims, token: tokenId }, expiresAt);
  }
}
