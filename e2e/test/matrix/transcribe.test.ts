import { beforeEach, expect, it } from '@jest/globals';
import { faults } from '@clipscribe/converter/testing';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { heard } from '../../support/matrix/samples.ts';
import { makeTalk } from '../../support/media.ts';
import { soon } from '../../support/soon.ts';

const CHUNKS = 12;
const CHUNK_SECONDS = 10;
const MAX_ATTEMPTS = 8;

const env = { CHUNK_SECONDS: String(CHUNK_SECONDS), TRANSCRIBE_SLOTS: '1', OPENAI_TIMEOUT_SECONDS: '1' };

/** What the API answers, what the job says then, and how long it waits at least, in seconds. */
const kinds = [
  {
    fault: '429',
    behaviour: { kind: 'rate-limit', retryAfterSeconds: 90 },
    code: 'PROVIDER_RATE_LIMITED',
    waits: 89,
  },
  { fault: '500', behaviour: faults.serverError, code: 'PROVIDER_UNAVAILABLE', waits: 20 },
  { fault: 'timeout', behaviour: faults.hang, code: 'PROVIDER_UNAVAILABLE', waits: 20 },
  { fault: 'HTML with 200', behaviour: faults.html, code: 'PROVIDER_BAD_ANSWER', waits: 20 },
  { fault: 'cut JSON', behaviour: faults.cutJson, code: 'PROVIDER_BAD_ANSWER', waits: 20 },
  { fault: '100 MB answer', behaviour: faults.hugeJson, code: 'PROVIDER_BAD_ANSWER', waits: 20 },
] as const;

describeWorldOnServers(
  'transcripts',
  (world) => {
    beforeEach(async () => {
      await world().api.control.reset();
      await world().api.control.order({ always: heard });
    });

    const hasMp3 = async (id: string): Promise<boolean> => {
      const { status, body } = await world().client.fetch(`/jobs/${id}/audio`);
      await body?.cancel();
      return status === 200;
    };

    it.each([
      { stage: 'before the request', failAt: 'speech.transcribe:before#7', paidTwice: 0 },
      { stage: 'after the answer', failAt: 'speech.transcribe:after#7', paidTwice: 1 },
      { stage: 'after the checkpoint', failAt: 'queue.handle:after@transcribe#7', paidTwice: 0 },
    ])(
      'transcribe worker killed in chunk 7 of 12, $stage: chunks 1–6 are not paid for again',
      async ({ failAt, paidTwice }) => {
        await world().api.control.order({ always: { kind: 'words' } });
        const path = await makeTalk(world().folder, CHUNKS * CHUNK_SECONDS);
        const talk = { path, seconds: CHUNKS * CHUNK_SECONDS, words: [] };
        const promised = { longestPause: 1 };
        await world().dies('converter', failAt, () => world().upload(talk, { promised }));
        await world().kept();
        const { count, perFile } = await world().api.control.report();
        const chunks = Object.keys(perFile).length;
        expect(chunks).toBeGreaterThanOrEqual(CHUNKS);
        expect(count).toBe(chunks + paidTwice);
      },
    );

    it.each(kinds)('speech API $fault: retried', async ({ behaviour, code, waits }) => {
      await world().api.control.order({ always: behaviour });
      const { id } = await world().upload();
      const { transcript, chunks } = await world().storedUntil(id, (job) => job.chunks[0]?.attempts === 1);
      expect(transcript.error?.code).toBe(code);
      expect((chunks[0]?.retryAt ?? 0) - (await world().stores.jobs.now())).toBeGreaterThan(
        (waits - 5) * 1000,
      );
      expect(await hasMp3(id)).toBe(true);
      await world().api.control.order({ always: heard });
      await world().letTimePass();
      await world().kept();
    });

    it('speech API quota: parked with a reason', async () => {
      await world().api.control.order({ always: faults.quota });
      const { id } = await world().upload();
      const { transcript, chunks } = await world().storedUntil(
        id,
        (job) => job.chunks[0]?.parkedAt !== undefined,
      );
      expect(transcript.error).toMatchObject({
        code: 'PROVIDER_QUOTA',
        reason: expect.stringContaining('quota'),
      });
      expect(chunks[0]?.attempts).toBe(0);
      expect(await hasMp3(id)).toBe(true);
      await world().api.control.order({ always: heard });
      await world().letTimePass();
      await world().kept();
    });

    it('speech API 500 to the end: then the transcript failed, MP3 available', async () => {
      await world().api.control.order({ always: faults.serverError });
      const promised = { ends: ['partial'], codes: ['PROVIDER_UNAVAILABLE'] } as const;
      const { id } = await world().upload(world().short, { promised });
      for (let attempts = 1; attempts < MAX_ATTEMPTS; attempts += 1) {
        await world().storedUntil(id, ({ chunks }) => chunks[0]?.attempts === attempts);
        await world().letTimePass();
      }
      await soon(async () => (await world().client.job(id)).state === 'partial');
      expect((await world().stored(id)).transcript).toMatchObject({ state: 'failed' });
      await world().kept();
    });
  },
  env,
);
