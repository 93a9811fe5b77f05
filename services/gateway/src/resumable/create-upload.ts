import { newId, type Principal } from '@clipscribe/contracts';
import type { Request, Response } from 'express';
import type { GatewayDeps } from '../gateway-deps.ts';
import { requireCallableOption } from '../webhooks/require-callable.ts';
import { Exchange } from './exchange.ts';
import { hasBytes, uploadLength } from './upload-headers.ts';
import { readMetadata } from './upload-metadata.ts';

/** `POST /uploads`: begins an upload, with its first bytes when there are any. @throws HttpProblem, ClientGoneError */
export async function createUpload(
  deps: GatewayDeps,
  principal: Principal,
  req: Request,
  res: Response,
): Promise<void> {
  const length = uploadLength(req, deps.limits.maxUploadBytes);
  const metadata = req.get('upload-metadata') ?? '';
  const creating = { id: newId(), length, metadata, ...readMetadata(metadata) };
  requireCallableOption(deps.webhookRules, creating.options);
  const request = { method: 'POST', id: creating.id, hasBytes: hasBytes(req), creating } as const;
  const exchange = new Exchange(deps, principal, request, { req, res });
  try {
    const { status, headers } = await exchange.run();
    const { body, store } = exchange;
    // Who did not get the address cannot go on.
    const cause = body?.end === 'gone' || body?.end === 'stalled' ? body.reason() : undefined;
    if (cause !== undefined && store.job === undefined) throw cause;
    res
      .status(status)
      .set({ ...headers, ...exchange.headers() })
      .end();
  } catch (error) {
    await discard(deps, exchange, creating.id);
    throw error;
  }
}

/** What cannot be removed now expires. */
async function discard({ log }: GatewayDeps, { store }: Exchange, id: string): Promise<void> {
  if (!store.hasCreated || store.job !== undefined) return;
  await store.discard(id).catch((error: unknown) => {
    log.warn({ uploadId: id, err: error }, 'refused upload left to expire');
  });
}
