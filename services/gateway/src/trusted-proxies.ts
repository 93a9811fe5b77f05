import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** How many proxies are in front, or which: addresses, subnets, and the names that express has for some. */
export type TrustedProxies = number | string[];

/** Names for subnets, as express has them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
const MOST_HOPS = 10;

/**
 * `TRUST_PROXY`: whom to believe the address of a client in `X-Forwarded-For`. There is no way to believe everybody,
 * since then everybody could choose the address that attempts to sign in are counted under.
 */
export const trustedProxiesSchema = z
  .string()
  .transform((text, context): TrustedProxies => {
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_HOPS) return Number(text);
    const list = text.split(/[\s,]+/).filter((entry) => entry !== '');
    if (list.length > 0 && list.every((entry) => Object.hasOwn(NAMED, entry) || isSubnet(entry))) return list;
    context.addIssue({
      code: 'custom',
      message: `must be a number of proxies from 1 to ${String(MOST_HOPS)}, or addresses and subnets such as 10.0.0.0/8, separated by commas`,
    });
    return z.NEVER;
  })
  .optional();

/** An address, or one with `/` and the number of bits that count; not all addresses there are. */
function isSubnet(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** Whether to believe an address; `hop` is 0 for whoever is connected to us, 1 for whom that one names, and so on. */
export type Trust = (address: string, hop: number) => boolean;

/** Believes the proxies, in the form that express takes for `trust proxy`. */
export function trustFunction(proxies: TrustedProxies | undefined): Trust {
  if (typeof proxies === 'number') return (_address, hop) => hop < proxies;
  const trusted = new BlockList();
  for (const subnet of (proxies ?? []).flatMap((entry) => NAMED[entry] ?? [entry])) {
    const [address = '', bits] = subnet.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

/** Where a request comes from, as `req.ip` of express is: the nearest address that is not one of the proxies. */
export function clientAddress({ socket, headers }: IncomingMessage, trusts: Trust): string {
  const connected = socket.remoteAddress ?? '';
  if (!trusts(connected, 0)) return connected;
  const named = String(headers['x-forwarded-for'] ?? '').split(',');
  const nearestFirst = named
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .toReversed();
  const addresses = [connected, ...nearestFirst];
  return addresses.find((address, hop) => !trusts(address, hop)) ?? addresses.at(-1) ?? connected;
}
