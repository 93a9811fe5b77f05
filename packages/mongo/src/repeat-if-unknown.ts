import { MongoServerSelectionError } from 'mongodb';
import { isUnavailable } from './as-mongo-error.ts';

/**
 * Runs a write whose repetition does no harm, and runs it a second time when the first left its outcome unknown (the
 * connection broke before the answer). The driver does that only on replica sets. The second call is told that it is
 * one: "nothing matched" can then mean that the first has matched.
 */
export async function repeatIfUnknown<T>(write: (isRepeated: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(false);
  } catch (error) {
    if (!isUnavailable(error) || error instanceof MongoServerSelectionError) throw error;
    return write(true);
  }
}
