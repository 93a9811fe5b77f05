import { clientNetwork } from '@clipscribe/runtime';
import type { Request } from 'express';

/**
 * Where a request comes from, as `clientNetwork` gives it. Only the gateway can reach this service, and it says in
 * `X-Forwarded-For` who asks it; proxies in between may have added themselves behind.
 */
export function requestNetwork(req: Request): string {
  const [client = ''] = (req.get('x-forwarded-for') ?? '').split(',');
  return clientNetwork(client.trim()) ?? clientNetwork(req.socket.remoteAddress ?? '') ?? 'unknown';
}
