import { UnavailableError } from '@clipscribe/runtime';
import type { Request } from 'express';
import type { AuthClient, ForwardedAnswer } from './auth-client.ts';
import { authUnavailable } from './authenticate.ts';

const PASSED_ON = ['authorization', 'content-type', 'accept'] as const;

/**
 * Has auth answer a request, with the headers that it came with. Auth has more routes, which are for the cluster alone:
 * `path` is never one that a client sent. @throws HttpProblem AUTH_UNAVAILABLE
 */
export async function askAuth(
  auth: AuthClient,
  req: Request,
  { method, path }: { method: string; path: string },
): Promise<ForwardedAnswer> {
  const headers: Record<string, string> = { 'x-forwarded-for': req.ip ?? '' };
  for (const name of PASSED_ON) {
    const value = req.get(name);
    if (value !== undefined) headers[name] = value;
  }
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  try {
    return await auth.forward({ method, path, headers, body });
  } catch (error) {
    throw error instanceof UnavailableError ? authUnavailable(error) : error;
  }
}
