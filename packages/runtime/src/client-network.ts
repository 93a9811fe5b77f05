import { isIP } from 'node:net';

const GROUPS = 8;

/**
 * What clients are told apart by when attempts are counted: the address in IPv4, the /64 in IPv6, since whoever has
 * one address there has all of its 2^64 (RFC 6177). An IPv4 address in the form of IPv6 is that IPv4 address.
 * Null for what is no address.
 */
export function clientNetwork(address: string): string | null {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 4) return plain;
  if (version !== 6) return null;
  const groups = groupsOf(plain);
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? groups.slice(6).flatMap(bytesOf).join('.') : `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, in hexadecimal without leading zeros. */
function groupsOf(address: string): string[] {
  // A URL has one form for all the ways to write an address.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [split(before), split(after ?? '')];
  const zeros = after === undefined ? 0 : GROUPS - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right];
}

function split(groups: string): string[] {
  return groups === '' ? [] : groups.split(':');
}

function bytesOf(group: string): [number, number] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
