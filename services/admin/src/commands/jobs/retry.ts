import type { Job } from '@clipscribe/contracts';
import { retry, transition, type ProtocolPorts } from '@clipscribe/job-protocol';
import { silentLog } from '@clipscribe/runtime';
import { z } from 'zod';
import { ids } from '../../arguments.ts';
import { defineCommand } from '../../command.ts';
import { actOnEach, type Outcome } from '../../each-id.ts';
import { findJob } from '../../find-job.ts';

export const retryJobs = defineCommand({
  syntax: 'retry <ids...>',
  summary: 'run failed, partial or cancelled ones once more',
  args: z.object({ ids }),
  run: async (ports, args, out) => {
    // A message that cannot be published is told below.
    const protocol = { jobs: await ports.jobs(), queue: await ports.queue(), log: silentLog };
    await actOnEach(args.ids, { verb: 'retried', out, act: (id) => retryJob(protocol, id) });
  },
});

async function retryJob(ports: ProtocolPorts, id: string): Promise<Outcome> {
  const job = await findJob(ports.jobs, id);
  if (job === undefined) return { refused: 'there is no such job' };
  const retried = await transition(ports, id, retry);
  if (retried === null)
    return { refused: `it is ${job.state}; only failed, partial or cancelled jobs can be retried` };
  const waits = await waitsForPublishing(ports, retried);
  return { done: ` (run ${retried.run})${waits ? ', to begin when the queue can be reached again' : ''}` };
}

/** True when the message that starts the run is still in the job: a worker's sweep will publish it. */
async function waitsForPublishing({ jobs }: ProtocolPorts, retried: Job): Promise<boolean> {
  const started = new Set(retried.outbox.map(({ id }) => id));
  const outbox = (await jobs.get(retried.id))?.job.outbox ?? [];
  return outbox.some(({ id }) => started.has(id));
}
