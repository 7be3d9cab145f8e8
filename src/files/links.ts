import type { UrlSigner } from './signing.js';

const DOWNLOAD_MINUTES = 5;

/** Signed links to our own file routes; they carry the token's id, which is asked again at each use. */
export class FileLinks {
  constructor(
    private readonly signer: UrlSigner,
    private readonly publicUrl: string,
  ) {}

  /** With a part's number: for that part alone. */
  upload(base: string, uploadId: string, tokenId: string, expiresAt: Date, part?: number): string {
    const claims = { token: tokenId, ...(part !== undefined && { part: String(part) }) };
    return this.at(base) + this.signer.sign(`/files/uploads/${uploadId}`, claims, expiresAt);
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
    return this.at(base) + this.signer.sign(`/files/${kind}/${id}`, { ...claims, token: tokenId }, expiresAt);
  }
  private at = (base: string): string => this.publicUrl || base;
}
