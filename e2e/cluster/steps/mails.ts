import { setTimeout as delay } from 'node:timers/promises';
import { PortForward } from '../port-forward.ts';
import type { Run } from '../run.ts';

const LIMIT_MS = 60_000;

/**
 * Each of these jobs was told to its owner, by Mailpit's own account of what it got.
 * @returns how many mails came more than once, which a killed pod may cause
 */
export async function checkMails({ cluster }: Run, ids: readonly string[]): Promise<string> {
  const mailpit = await PortForward.open(cluster, await cluster.service('mailpit'));
  try {
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const seen = await mailsFrom(mailpit.url).catch(() => []);
      const counts = ids.map((id) => seen.filter((messageId) => messageId.startsWith(`ready.${id}.`)).length);
      const missing = counts.filter((count) => count === 0).length;
      const doubled = counts.filter((count) => count > 1).length;
      if (missing === 0) return `${String(ids.length)} mails, ${String(doubled)} of them doubled`;
      if (performance.now() > deadline)
        throw new Error(`${String(missing)} of ${String(ids.length)} mails missing`);
      await delay(500);
    }
  } finally {
    await mailpit.close();
  }
}

async function mailsFrom(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/v1/messages?limit=1000`);
  const { messages } = (await answer.json()) as { messages: { MessageID: string }[] }; // Mailpit's documented form
  return messages.map(({ MessageID }) => MessageID.replace(/^</, ''));
}
