import { isIP, type LookupFunction } from 'node:net';
import type { AddressRules } from './address-rules.ts';
import type { NameResolver } from './resolve-name.ts';

/** A name leads to addresses that may not be called, or nowhere. */
export class LookupError extends Error {
  override readonly name = 'LookupError';
  readonly code: 'ADDRESS_REFUSED' | 'NAME_UNRESOLVED';

  constructor(code: LookupError['code'], options: { cause?: unknown } = {}) {
    super(code === 'ADDRESS_REFUSED' ? 'the address is refused' : 'the name cannot be resolved', options);
    this.code = code;
  }
}

export interface Resolvers {
  public: NameResolver;
  trusted: NameResolver;
}

/**
 * The lookup of a connection that is about to be made: the addresses it gives are those that are connected to, so
 * nothing can change between the check and the use. Addresses that are refused are left out.
 */
export function guardedLookup(
  rules: AddressRules,
  resolvers: Resolvers,
  signal: AbortSignal,
): LookupFunction {
  return (hostname, options, callback) => {
    permittedAddresses(hostname, rules, resolvers, signal).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first = { address: '', family: 0 }] = found;
        if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), []);
      },
    );
  };
}

async function permittedAddresses(
  hostname: string,
  rules: AddressRules,
  resolvers: Resolvers,
  signal: AbortSignal,
): Promise<string[]> {
  const isTrusted = rules.isTrusted(hostname);
  const addresses = await (isTrusted ? resolvers.trusted : resolvers.public)(hostname, signal).catch(
    (cause: unknown) => {
      throw new LookupError('NAME_UNRESOLVED', { cause });
    },
  );
  if (addresses.length === 0) throw new LookupError('NAME_UNRESOLVED');
  const permitted = addresses.filter((address) => isTrusted || rules.allows(address));
  if (permitted.length === 0) throw new LookupError('ADDRESS_REFUSED');
  return permitted;
}
