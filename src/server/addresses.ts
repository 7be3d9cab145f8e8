import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** An address without the clothes of IPv6 that a socket for both puts on IPv4. */
const plain = (address: string): string => /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;

/** Who answers for an address: itself, or of IPv6 the network that one line has to itself, which can use all of it. */
export function lineOf(address: string): string {
  const own = plain(address);
  if (!isIPv6(own)) return own.slice(0, 64);
  const [head, tail] = own.replace(/%.*/, '').split('::');
  const [first, last] = [head, tail].map((text) => (text ? text.split(':') : []));
  // the last two of the eight may be written as four numbers
  const between = 8 - first.length - last.length - Number(/\./.test(own));
  const groups = tail === undefined ? first : [...first, ...Array(between).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Of addresses and networks (10.0.0.1, 10.1.0.0/16, ::1): whether one is among them. */
export function among(listed: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const text of listed) {
    const [address, length] = text.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) => {
    const own = plain(address ?? '');
    return isIP(own) !== 0 && list.check(own, isIPv4(own) ? 'ipv4' : 'ipv6');
  };
}
