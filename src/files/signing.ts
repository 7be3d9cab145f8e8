import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const RESERVED: ReadonlySet<string> = new Set(['expires', 'signature']);
const PATH = /^(\/[\w.~-]+)+$/;
const MAX_URL_LENGTH = 4_096;

export type Signed = { path: string; claims: Record<string, string> };

/** Links that say what they are for and until when, and that nobody else can write. */
export class UrlSigner {
  constructor(private readonly secret: Buffer) {
    if (secret.length < SECRET_BYTES) throw new TypeError(`the secret of signed URLs needs ${SECRET_BYTES} bytes`);
  }

  /** Path and query; scheme and host are the caller's affair and not signed, so that a proxy may change them. */
  sign(path: string, claims: Record<string, string>, expiresAt: Date): string {
    if (!PATH.test(path)) throw new TypeError('a signed path is absolute and has plain segments');
    for (const name of Object.keys(claims)) if (RESERVED.has(name)) throw new TypeError(`${name} is not a claim`);
    const query = new URLSearchParams({ ...claims, expires: String(expiresAt.getTime()) });
    const url = `${path}?${query}&signature=${this.signature(path, [...query]).toString('base64url')}`;
    if (url.length > MAX_URL_LENGTH) throw new TypeError('too many claims for one URL');
    return url;
  }

  /** The path is compared as it was written, so no other spelling of it is accepted. */
  verify(url: string, now: Date): Signed | null {
    if (url.length > MAX_URL_LENGTH) return null;
    const [, path, text] = /^(?:https?:\/\/[^/?#]+)?([^?#]*)\?([^#]*)$/.exec(url) ?? [];
    if (path === undefined || !PATH.test(path)) return null;
    const query = [...new URLSearchParams(text)];
    const values = new Map(query);
    if (values.size !== query.length) return null;
    const given = Buffer.from(values.get('signature') ?? '', 'base64url');
    // Decoding base64url forgives: only the one spelling that `sign` writes counts.
    if (given.toString('base64url') !== values.get('signature')) return null;
    const signed = query.filter(([name]) => name !== 'signature');
    const wanted = this.signature(path, signed);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    // `>` and not `<=`: a time that is no number is no time left
    if (!(Number(values.get('expires')) > now.getTime())) return null;
    return { path, claims: Object.fromEntries(signed.filter(([name]) => name !== 'expires')) };
  }

  /** As JSON, in which no other path and claims read the same. */
  private signature(path: string, claims: [string, string][]): Buffer {
    const sorted = [...claims].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([path, sorted]))
      .digest();
  }
}
