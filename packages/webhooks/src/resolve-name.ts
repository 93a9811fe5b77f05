import { lookup, Resolver } from 'node:dns/promises';

/** Finds the addresses of a host. @throws when there are none or nobody could be asked */
export type NameResolver = (hostname: string, signal: AbortSignal) => Promise<string[]>;

const DNS_TIMEOUT_MS = 2500;
const DNS_TRIES = 2;

/**
 * Asks the name servers, and no hosts file: a name is never completed by the search list of a cluster. Unlike the system's
 * own lookup it occupies no thread, so name servers that do not answer hold nothing else up.
 */
export async function resolvePublicName(
  hostname: string,
  signal: AbortSignal,
  servers?: readonly string[],
): Promise<string[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => {
    resolver.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (addresses.length === 0 && failed !== undefined) throw failed.reason;
    return addresses;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** As the system does it, for hosts that the operator has named. */
export async function resolveTrustedName(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}
