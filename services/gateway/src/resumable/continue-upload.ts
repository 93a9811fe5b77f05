import type { Principal } from '@clipscribe/contracts';
import type { Request, Response } from 'express';
import type { GatewayDeps } from '../gateway-deps.ts';
import { Exchange } from './exchange.ts';
import { checkPatch } from './upload-headers.ts';

/**
 * `PATCH` adds bytes to an upload, `HEAD` tells where it stands, `DELETE` gives it up.
 * @throws HttpProblem; ClientGoneError, after what had arrived was kept
 */
export async function continueUpload(
  deps: GatewayDeps,
  principal: Principal,
  { id, method }: { id: string; method: 'HEAD' | 'PATCH' | 'DELETE' },
  { req, res }: { req: Request; res: Response },
): Promise<void> {
  if (method === 'PATCH') checkPatch(req);
  const request = { method, id, hasBytes: method === 'PATCH' };
  const exchange = new Exchange(deps, principal, request, { req, res });
  const { status, headers } = await exchange.run();
  const { body, store } = exchange;
  const cause = body?.reason();
  // A process that stops says how far it came, and so does a request whose last bytes came before its end.
  if (cause !== undefined && body?.end !== 'stopping' && store.job === undefined) throw cause;
  res
    .status(status)
    .set({ ...headers, ...exchange.headers() })
    .end();
}
