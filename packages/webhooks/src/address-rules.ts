import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** All of the IPv6 addresses that are given out for the public network; RFC 4291 and the IANA registry. */
const GLOBAL_IPV6: Network = [ipaddr.parse('2000::'), 3];

/** Names of which none can belong to a host on the public network. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|svc|home\.arpa|in-addr\.arpa|ip6\.arpa)$/;
/** Other ports below 1024 belong to services that do not speak HTTP. */
const OPEN_PORTS: readonly number[] = [80, 443];
const FIRST_FREE_PORT = 1024;

/**
 * Which hosts may be called on behalf of owners: those on the public network, and what the operator has named. An
 * address is public when no registry has set it apart: not loopback, private, link-local, shared (CGNAT), multicast,
 * reserved or for documentation, and not an IPv6 form that carries an IPv4 address (mapped, NAT64, 6to4, Teredo).
 */
export class AddressRules {
  readonly #names: ReadonlySet<string>;
  readonly #networks: readonly Network[];

  /** @param allow host names, addresses and networks, such as `hooks.lan`, `10.1.2.3`, `fd00::/8`. @throws RangeError */
  constructor(allow: readonly string[] = []) {
    const networks = allow.filter((entry) => entry.includes('/') || isIP(entry) !== 0);
    this.#networks = networks.map(parseNetwork);
    const names = allow.filter((entry) => !networks.includes(entry));
    for (const name of names)
      if (!/^[\w.-]+$/.test(name)) throw new RangeError(`${name} is no host name, address or network`);
    this.#names = new Set(names.map(plainName));
  }

  /** True for hosts that the operator has named: wherever their name leads, they are called. */
  isTrusted(hostname: string): boolean {
    return this.#names.has(plainName(hostname));
  }

  /** True for an address that may be called. */
  allows(address: string): boolean {
    if (isIP(address) === 0) return false;
    const parsed = ipaddr.parse(address);
    return this.#isNamed(parsed) || isPublic(parsed);
  }

  /**
   * Why nothing at this address is called, as the end of a sentence, or null. A name is judged by its form alone;
   * where it leads is judged when it is called.
   */
  refusal(url: URL): string | null {
    const hostname = plainName(url.hostname);
    if (this.isTrusted(hostname)) return null;
    const isLiteral = isIP(hostname) !== 0;
    if (isLiteral && !this.allows(hostname)) return 'leads into a private network';
    if (!isLiteral && (!hostname.includes('.') || PRIVATE_NAME.test(hostname)))
      return 'names a host in a private network';
    const isNamed = isLiteral && this.#isNamed(ipaddr.parse(hostname));
    if (isNamed || isOpenPort(portOf(url))) return null;
    return 'has a port that webhooks are not sent to; use 80, 443 or one above 1023';
  }

  #isNamed(address: Address): boolean {
    return this.#networks.some(([network, length]) => isWithin(address, [network, length]));
  }
}

/** The host of a URL as an address or a name in lower case, without brackets and closing dot. */
export function plainName(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

function parseNetwork(text: string): Network {
  try {
    if (isIP(text.split('/')[0] ?? '') === 0) throw new RangeError('no address');
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (error) {
    throw new RangeError(`${text} is no host name, address or network`, { cause: error });
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_IPV6);
}

function isWithin(address: Address, [network, length]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, length);
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function isOpenPort(port: number): boolean {
  return OPEN_PORTS.includes(port) || port >= FIRST_FREE_PORT;
}
