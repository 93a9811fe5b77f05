import { MongoNetworkTimeoutError } from 'mongodb';
import { OPERATION_MS } from './timing.ts';

/**
 * What `work` gives, or a rejection when that takes too long. The driver has no limit of its own for a whole
 * operation (`timeoutMS` is without effect in version 7), only for the steps, of which a failing operation may take
 * several. The work then goes on unheard until its step's limit.
 */
export async function withinTime<T>(work: Promise<T>, limitMs: number = OPERATION_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new MongoNetworkTimeoutError(`no answer within ${String(limitMs)} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
