import type { QueueName } from '@clipscribe/contracts';

/** A value for each queue, by its name. */
export function eachQueue<T>(valueOf: (queue: QueueName) => T): Record<QueueName, T> {
  return {
    video: valueOf('video'),
    transcribe: valueOf('transcribe'),
    mp3: valueOf('mp3'),
    webhook: valueOf('webhook'),
  };
}
