import { createHmac } from 'node:crypto';

export interface SignedContent {
  /** Stable over all attempts. */
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  body: string;
}

/** The headers of Standard Webhooks (https://www.standardwebhooks.com), signed with each of the secrets. */
export function signedHeaders(
  { id, timestamp, body }: SignedContent,
  secrets: readonly { value: string }[],
): Record<string, string> {
  const signatures = secrets.map(({ value }) => {
    const key = Buffer.from(value.replace(/^whsec_/, ''), 'base64');
    const content = `${id}.${String(timestamp)}.${body}`;
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
