import { iso, type JobEvent, type JobView, type WebhookPayload } from '@clipscribe/contracts';

/**
 * What is sent of an event. Links are complete, since who gets this has not asked for it and does not know where we are.
 * @param baseUrl where the gateway is reached, without a slash at the end
 */
export function webhookBody({ type, at, view }: JobEvent, baseUrl: string): string {
  const job = JSON.parse(view) as JobView; // as it was written when the run ended
  const links = Object.entries(job.links).map(([name, path]) => [name, `${baseUrl}${path}`] as const);
  const payload: WebhookPayload = {
    type,
    timestamp: iso(at),
    data: { job: { ...job, links: Object.fromEntries(links) as unknown as JobView['links'] } }, // the same names
  };
  return JSON.stringify(payload);
}
