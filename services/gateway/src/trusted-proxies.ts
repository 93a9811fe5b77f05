import { isIP } from 'node:net';
import { z } from 'zod';

/** How many proxies are in front, or which: addresses, subnets, and the names that express has for some. */
export type TrustedProxies = number | string[];

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];
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
    if (list.length > 0 && list.every((entry) => NAMES.includes(entry) || isSubnet(entry))) return list;
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
