import { HttpProblem } from '@clipscribe/runtime';
import type { Request } from 'express';

/** The request's Idempotency-Key, if it has one. @throws HttpProblem INVALID_INPUT */
export function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new HttpProblem(
    'INVALID_INPUT',
    'An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.',
  );
}
