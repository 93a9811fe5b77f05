import { UnavailableError } from '@clipscribe/runtime';

/** So long an answer of the broker may take, in ms: callers are promised an error within 2 s. */
export const REACH_MS = 1800;

/** What every failure of the broker, or on the way to it, means to the users of the port. */
export function unavailable(cause: unknown): UnavailableError {
  return cause instanceof UnavailableError ? cause : new UnavailableError('job queue', { cause });
}

/** The queues are not as they must be, and the operator has to see to it. */
export class QueueSetupError extends Error {
  override readonly name = 'QueueSetupError';
  readonly code = 'QUEUE_SETUP';
}

/** The broker took a message that no queue wanted: its queue does not exist. */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError';
  readonly code = 'UNROUTABLE';

  constructor(queue: string) {
    super(`there is no queue ${queue}`);
  }
}

/** The broker wants a subscription no more. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  readonly code = 'CANCELLED';
}

/** The broker is silent. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly code = 'NO_ANSWER';
}

/**
 * The outcome of `work`, if it comes in time. What comes later is ignored, a failure included.
 * @throws UnavailableError when it failed, or took longer than `ms`
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new NoAnswerError(`no answer within ${String(ms)} ms`));
  }, ms);
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw unavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The reply code with which the broker closed a channel (AMQP 0-9-1, 1.2), or null for any other error. */
export function replyCode(error: unknown): number | null {
  if (error instanceof UnavailableError) return replyCode(error.cause);
  // By its form, not by class: the driver gives plain errors their code.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'number' ? code : null;
}

export const NOT_FOUND = 404;
export const ACCESS_REFUSED = 403;
export const PRECONDITION_FAILED = 406;
