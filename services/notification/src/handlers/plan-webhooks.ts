import { messageFields, parseMessage, type UploadOptions, type WebhookEvent } from '@clipscribe/contracts';
import { planWebhooks, transition, type ProtocolPorts, type WebhookTarget } from '@clipscribe/job-protocol';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import type { OwnerSettings, OwnerStore } from '@clipscribe/owner-store';
import { inContext } from '@clipscribe/runtime';

export interface PlanWebhooksDeps extends ProtocolPorts {
  owners: Pick<OwnerStore, 'get'>;
}

/** How long a message rests when a database cannot be asked. */
const OUTAGE_DELAY_MS = 10_000;

/** A run has ended: finds out whom to tell, by the settings that its owner has now. */
export function planWebhooksHandler(deps: PlanWebhooksDeps): Handler {
  return async ({ body }) => {
    const message = parseMessage('webhook', body);
    if (message === null) return { kind: 'dead-letter', reason: 'the message cannot be read' };
    return inContext(messageFields(body), () => tryToPlan(deps, message.jobId));
  };
}

async function tryToPlan(deps: PlanWebhooksDeps, jobId: string): Promise<Outcome> {
  try {
    const isThere = await plan(deps, jobId);
    return isThere ? { kind: 'done' } : { kind: 'dead-letter', reason: `there is no job ${jobId}` };
  } catch (error) {
    deps.log.error({ jobId, queue: 'webhook', err: error }, 'message put back');
    return { kind: 'retry', delayMs: OUTAGE_DELAY_MS };
  }
}

/** @returns false when there is no such job */
async function plan(deps: PlanWebhooksDeps, jobId: string): Promise<boolean> {
  const reading = await deps.jobs.get(jobId);
  if (reading === null) return false;
  const { ownerId, options } = reading.job;
  const settings = await deps.owners.get(ownerId);
  // A plan to tell nobody may be made once more; one of deliveries not, since they would get other ids.
  const redoable = settings.webhooks.length === 0 && options.webhook === undefined;
  await transition(deps, jobId, planWebhooks(targetsOf(settings, options)), { redoable });
  return true;
}

function targetsOf(
  { webhooks }: OwnerSettings,
  { webhook }: UploadOptions,
): (event: WebhookEvent) => WebhookTarget[] {
  const own: WebhookTarget[] = webhook === undefined ? [] : [{ endpointId: null, url: webhook }];
  return (event) => [
    ...webhooks
      .filter(({ enabled, events }) => enabled && events.includes(event))
      .map(({ id, url }) => ({ endpointId: id, url })),
    ...own,
  ];
}
