import { Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';
import { Scraped } from './scraped.ts';

/** Messages of one queue. */
interface Counts {
  ready: number;
  delayed: number;
  dead: number;
}

const gauges = {
  ready: {
    name: 'clipscribe_queue_messages',
    help: 'Messages that wait for somebody to take them, by queue.',
  },
  delayed: {
    name: 'clipscribe_queue_delayed_messages',
    help: 'Messages that rest until another try, by queue.',
  },
  dead: { name: 'clipscribe_dead_letters', help: 'Messages that nobody could handle, by queue.' },
} as const;

/**
 * Has the queues counted whenever the metrics are scraped. While they cannot be counted there are no numbers of them,
 * rather than old ones.
 */
export function exposeQueues(
  { registry }: Pick<Metrics, 'registry'>,
  counts: () => Promise<Readonly<Record<string, Counts>>>,
  options: { limitMs?: number; keepMs?: number } = {},
): void {
  const scraped = new Scraped(counts, options);
  for (const kind of ['ready', 'delayed', 'dead'] as const) {
    new Gauge<'queue'>({
      ...gauges[kind],
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        const byQueue = Object.entries((await scraped.value()) ?? {});
        this.reset();
        for (const [queue, number] of byQueue) this.set({ queue }, number[kind]);
      },
    });
  }
}
