const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** The name in a Host header, in HOST or in an address: without port and brackets. */
export function nameIn(host: string): string {
  const name = host.toLowerCase();
  return /^\[(.+)\](:\d*)?$/.exec(name)?.[1] ?? (name.split(':').length > 2 ? name : name.replace(/:\d*$/, ''));
}

/** Of this machine alone. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(nameIn(host));
