import { UrlSigner } from '../../src/files/signing.js';

const signer = new UrlSigner(Buffer.alloc(32, 7));
const now = new Date('2027-03-01T00:00:00Z');
const later = new Date(now.getTime() + 300_000);
const claims = { token: 'tok_1', name: '衡阳 a+b&c=d' };
const url = signer.sign('/files/documents/doc_1', claims, later);

describe('signed URLs', () => {
  it('come back as they were signed, with and without a host, until they expire', () => {
    expect(signer.verify(url, now)).toEqual({ path: '/files/documents/doc_1', claims });
    expect(signer.verify(`https://files.example:8443${url}`, now)?.claims).toEqual(claims);
    expect(signer.verify(url, new Date(later.getTime() - 1))).not.toBeNull();
    expect(signer.verify(url, later)).toBeNull();
    expect(url).toMatch(/^\/files\/documents\/doc_1\?.*&expires=\d+&signature=[\w-]{43}$/);
  });

  it('do not depend on the order of their parameters', () => {
    const [path, query] = url.split('?');
    expect(signer.verify(`${path}?${query.split('&').reverse().join('&')}`, now)?.claims).toEqual(claims);
  });

  it('say nothing once a single character is altered, left out or added', () => {
    for (let i = 0; i < url.length; i++) {
      for (const c of ['A', '0', '%', '&', '=', '']) {
        const altered = url.slice(0, i) + c + url.slice(i + 1);
        // an escaped byte is the same byte in either case of its digits
        if (decodeURIComponent(safe(altered)) === decodeURIComponent(safe(url))) continue;
        expect([altered, signer.verify(altered, now)]).toEqual([altered, null]);
      }
    }
  });

  it.each([
    ['added', `${url}&more=1`],
    ['empty added', `${url}&=`],
    ['duplicated', `${url}&token=tok_1`],
    ['two signatures', `${url}&signature=${'A'.repeat(43)}`],
    ['two expiries', `${url}&expires=9999999999999`],
    ['without signature', url.replace(/&signature=.*/, '')],
    ['empty signature', url.replace(/signature=.*/, 'signature=')],
    ['other path', url.replace('doc_1', 'doc_2')],
    ['other spelling of the path', url.replace('doc_1', 'doc%5F1')],
    ['path with dots', url.replace('/files/', '/files/x/../')],
    ['fragment', `${url}#x`],
    ['no query', '/files/documents/doc_1'],
    ['nothing', ''],
    ['very long', `${url}&x=${'y'.repeat(100_000)}`],
    ['half an escape', '/files/documents/doc_1?token=%E4%'],
  ])('refuse: %s', (_, altered) => {
    expect(signer.verify(altered, now)).toBeNull();
  });

  it('belong to one secret', () => {
    expect(new UrlSigner(Buffer.alloc(32, 8)).verify(url, now)).toBeNull();
    expect(() => new UrlSigner(Buffer.alloc(31))).toThrow();
  });

  it('do not mix names and values up, and keep their own words', () => {
    const one = signer.sign('/a', { x: '1', y: '2' }, later);
    const signature = one.slice(one.indexOf('&signature='));
    expect(signer.verify(`/a?x=1%22%2C%22y%22%2C%222&expires=${later.getTime()}${signature}`, now)).toBeNull();
    for (const name of ['expires', 'signature']) expect(() => signer.sign('/a', { [name]: '1' }, later)).toThrow();
    expect(() => signer.sign('/a b', {}, later)).toThrow();
    expect(signer.verify(signer.sign('/a', {}, new Date(Number.NaN)), now)).toBeNull();
  });
});

function safe(text: string): string {
  try {
    decodeURIComponent(text);
    return text;
  } catch {
    return '';
  }
}
