/** What can be killed or stopped, and brought back. */
interface Stoppable {
  signal: (name: NodeJS.Signals) => Promise<void>;
  restart?: () => Promise<void>;
  start?: () => Promise<void>;
}

/** Dead, or silent on open connections. */
export const outages = ['SIGKILL', 'SIGSTOP'] as const;
export type Outage = (typeof outages)[number];

/** Does something while a server or a service is gone, and brings it back. */
export async function without(gone: Stoppable, outage: Outage, work: () => Promise<unknown>): Promise<void> {
  await gone.signal(outage);
  try {
    await work();
  } finally {
    if (outage === 'SIGSTOP') await gone.signal('SIGCONT');
    else await (gone.restart ?? gone.start)?.call(gone);
  }
}
