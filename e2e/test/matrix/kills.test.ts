import { expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { storedThings } from '../../support/promises/stored-things.ts';
import { soon } from '../../support/soon.ts';

/** Leases that run out by themselves, and the sweeper that finds them: more than a minute, several times over. */
const LIMIT_MS = 400_000;

/** How far a conversion has come, as its owner sees it. On a fast machine it may be over before it was looked at. */
const stages = [
  ({ audio }: JobView) => audio.state !== 'pending',
  ({ audio }: JobView) => audio.state === 'done' || audio.progress > 0.3,
  ({ audio }: JobView) => audio.state === 'done' || audio.progress > 0.9,
];

describeWorldOnServers('kills from outside', (world) => {
  const withoutTranscript = { fields: { transcript: 'false' } };
  const stored = async (): Promise<number> =>
    (await storedThings(world().processes.surroundings.urls.FILES_URL)).size;

  it(
    'each service killed at each stage of a job: healed by time alone',
    async () => {
      const before = await stored();
      const broken = world().post(world().long, withoutTranscript);
      await soon(async () => (await stored()) > before);
      await world().restart('gateway');
      // It may have been quicker than the kill.
      const { status, body } = await broken;
      if (status === 202) world().promise(await world().client.job(idIn(body)), world().long);
      await world().upload();
      await world().restart('gateway');

      for (const stage of stages) {
        const { id } = await world().upload(world().long, withoutTranscript);
        await world().client.until(id, stage, { pollMs: 10 });
        await world().restart('converter');
      }
      const { id } = await world().upload();
      await world().client.until(id, ({ transcript }) => transcript.state !== 'pending', { pollMs: 10 });
      await world().restart('converter');

      const last = await world().upload();
      await world().restart('auth');
      await world().restart('notification');
      await world().client.ended(last.id, LIMIT_MS / 2);
      await world().restart('notification');
      // Twice notification was killed, and each time it may just have handed over a mail.
      await world().kept({ maxSecondCopies: 2 });
      expect(world().ledger.size).toBeGreaterThanOrEqual(6);
    },
    LIMIT_MS,
  );
});

function idIn(body: string): string {
  return (JSON.parse(body) as { jobs: { id: string }[] }).jobs[0]?.id ?? ''; // an answer with status 202
}
