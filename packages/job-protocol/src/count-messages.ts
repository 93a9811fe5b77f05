import type { Handler } from '@clipscribe/job-queue';
import type { Metrics } from '@clipscribe/runtime';

/** The same handler; what becomes of messages is counted. */
export function countMessages(metrics: Metrics, handler: Handler): Handler {
  return async (delivery) => {
    const outcome = await handler(delivery);
    metrics.messages.inc({ queue: delivery.queue, outcome: outcome.kind });
    return outcome;
  };
}
